#include "adapters/notify/message.h"

#include <algorithm>

#include <fmt/format.h>

#include "adapters/notify/text.h"

namespace allclear::notify {
namespace {

constexpr std::size_t subject_limit = 200;
constexpr std::size_t value_limit = 200;
constexpr std::size_t body_limit = 1'200;
constexpr std::size_t diagnosis_limit = 800;
constexpr std::size_t headline_limit = 1'000;

// How a step is told. A new step gets its line here, and every channel can tell it.
struct Telling {
  std::string_view prefix;  // of the subject
  Standing standing = Standing::failing;
};
Telling telling_of(const Notice& notice) {
  switch (notice.alert.step) {
    case IncidentStep::opened: return {"", Standing::failing};
    case IncidentStep::acknowledged: return {"Acknowledged: ", Standing::acknowledged};
    case IncidentStep::escalated: return {"Worse: ", Standing::failing};
    case IncidentStep::updated: return {"Update: ", Standing::failing};
    case IncidentStep::reminder: return {"Reminder: ", Standing::failing};
    case IncidentStep::resolved:
      if (notice.incident.unwatched) return {"No longer watched: ", Standing::unwatched};
      return {"Resolved: ", Standing::over};
    case IncidentStep::reopened: return {"Again: ", Standing::failing};
    case IncidentStep::flapping_started: return {"", Standing::failing};
    case IncidentStep::flapping_stopped: return {"Stable: ", Standing::failing};
  }
  return {"", Standing::failing};
}

std::string title_of(const Notice& notice) {
  std::string title = title_line(notice.incident.title, subject_limit);
  return title.empty() ? fmt::format("Incident of {}", notice.alert.service.value()) : title;
}

std::string reason_of(const Notice& notice) {
  const Incident& incident = notice.incident;
  return notice.service ? describe_failure(*notice.service, incident.cause, incident.reason)
                        : std::string(describe(incident.reason));
}

std::string service_name(const Notice& notice) {
  return one_line(notice.service ? notice.service->name.value() : notice.alert.service.value(), value_limit);
}

std::string who_acknowledged(const Incident& incident) {
  const std::string who = one_line(incident.acknowledged_by, value_limit);
  return who.empty() ? "Somebody" : who;
}

// For steps whose entry has no public text.
std::string own_words(const Notice& notice) {
  const Incident& incident = notice.incident;
  const std::string reason = reason_of(notice);
  // What a person opened without a word of why has no reason.
  const std::string plain = incident.reason == Reason::ok ? title_of(notice) : title_of(notice) + ": " + reason;
  const std::string span = describe_duration(lasted(incident, time_of(notice)));
  switch (notice.alert.step) {
    case IncidentStep::acknowledged: return who_acknowledged(incident) + " looks after it";
    case IncidentStep::reminder:
      return fmt::format("{}: {}. It has lasted {} and nobody has acknowledged it", title_of(notice), reason, span);
    case IncidentStep::resolved:
      if (incident.unwatched) return title_of(notice) + ": no longer watched";
      return fmt::format("{} is over after {}", title_of(notice), span);
    case IncidentStep::updated:
      if (!incident.diagnosis.empty()) return title_of(notice) + ": more is known about its cause";
      return plain;
    case IncidentStep::opened:
    case IncidentStep::escalated:
    case IncidentStep::flapping_started:
    case IncidentStep::flapping_stopped:
    case IncidentStep::reopened: return plain;
  }
  return title_of(notice);
}

bool ends_well(const Notice& notice) {
  const TimelineEntry* entry = entry_of(notice);
  return entry != nullptr && entry->state == IncidentState::resolved;
}

// Flapping that ends well leaves a title that is no longer so.
std::string subject_of(const Notice& notice, const Telling& telling) {
  const std::size_t room = subject_limit - telling.prefix.size();
  const bool settled = notice.alert.step == IncidentStep::flapping_stopped && ends_well(notice);
  const std::string title = settled ? service_name(notice) + " is up again" : title_of(notice);
  return std::string(telling.prefix) + title_line(title, room);
}

// Texts of steps begin with the title, or tell of the end.
std::string headline_of(const Message& message, const Telling& telling, const std::string& title) {
  const std::string text = one_line(message.body, body_limit);
  if (!is_end(telling.standing) && message.standing == Standing::over) return one_line(text, headline_limit);
  const bool says_it = text.starts_with(title) || is_end(telling.standing);
  return one_line(
      says_it ? fmt::format("{}{}", telling.prefix, text) : fmt::format("{}{}: {}", telling.prefix, title, text),
      headline_limit);
}

class Facts {
 public:
  void add(std::string_view label, std::string_view value) {
    std::string shown = one_line(value, value_limit);
    if (!shown.empty()) facts_.push_back({label, std::move(shown)});
  }
  std::vector<Fact> take() { return std::move(facts_); }

 private:
  std::vector<Fact> facts_;
};

std::vector<Fact> facts_of(const Notice& notice) {
  const Incident& incident = notice.incident;
  Facts facts;
  facts.add("Service", service_name(notice));
  if (notice.service) facts.add("Group", notice.service->group);
  facts.add("State", to_string(state_of(incident)));
  facts.add("Severity", to_string(incident.severity));
  if (incident.reason != Reason::ok && incident.group.empty()) facts.add("Reason", reason_of(notice));
  facts.add("Since", people_time(incident.opened_at));
  if (incident.resolved_at) {
    facts.add(incident.unwatched ? "Watched until" : "Until",
              fmt::format("{} ({})", people_time(*incident.resolved_at),
                          describe_duration(lasted(incident, *incident.resolved_at))));
  }
  if (incident.acknowledged_at) {
    facts.add("Acknowledged",
              fmt::format("{} by {}", people_time(*incident.acknowledged_at), who_acknowledged(incident)));
  }
  facts.add("Incident", incident.id.value());
  return facts.take();
}

}  // namespace

std::string body_of(const Notice& notice) {
  const TimelineEntry* entry = entry_of(notice);
  std::string body = entry == nullptr ? std::string() : several_lines(entry->body, body_limit);
  return body.empty() ? several_lines(own_words(notice), body_limit) : body;
}

// Only what the public page shows has a page: no group, no channel, nothing of the monitor itself or internal.
std::string incident_link(const Notice& notice) {
  const Incident& incident = notice.incident;
  const bool shown = notice.service && notice.service->visibility == Visibility::open;
  const bool own = !incident.group.empty() || !incident.refusing.empty() || incident.service == monitor_service();
  if (notice.page_url.empty() || !shown || own) return {};
  return safe_link(fmt::format("{}/incidents/{}.html", notice.page_url, incident.id.value()));
}

Verdict state_of(const Incident& incident) {
  if (incident.open()) return incident.worst;
  return incident.unwatched ? Verdict::unknown : Verdict::up;
}

const TimelineEntry* entry_of(const Notice& notice) {
  const auto& timeline = notice.incident.timeline;
  const auto found = std::find_if(timeline.begin(), timeline.end(),
                                  [&](const TimelineEntry& entry) { return entry.ordinal == notice.alert.ordinal; });
  return found == timeline.end() ? nullptr : &*found;
}

WallTime time_of(const Notice& notice) {
  const TimelineEntry* entry = entry_of(notice);
  return entry != nullptr ? entry->at : notice.alert.created_at;
}

Message make_message(const Notice& notice) {
  const Telling telling = telling_of(notice);
  Message message;
  message.standing = telling.standing;
  if (ends_well(notice) && !is_end(telling.standing)) message.standing = Standing::over;
  message.severity = notice.incident.severity;
  message.at = time_of(notice);
  message.subject = subject_of(notice, telling);
  message.body = body_of(notice);
  message.headline = headline_of(message, telling, title_of(notice));
  message.diagnosis = several_lines(notice.incident.diagnosis, diagnosis_limit);
  message.facts = facts_of(notice);
  if (!notice.page_url.empty()) message.page_link = safe_link(notice.page_url + "/");
  message.incident_link = incident_link(notice);
  return message;
}

std::uint32_t colour_of(const Message& message) {
  constexpr std::uint32_t red = 0xD32F2F, amber = 0xE08600, blue = 0x1976D2, green = 0x2E8B45, grey = 0x667085;
  switch (message.standing) {
    case Standing::over: return green;
    case Standing::unwatched: return grey;
    case Standing::acknowledged: return blue;
    case Standing::failing: break;
  }
  return message.severity == Severity::minor ? amber : red;
}

std::string people_time(WallTime time) {
  std::string text = format_rfc3339(std::chrono::floor<seconds>(time));
  text[text.find('T')] = ' ';
  text.back() = ' ';
  return text + "UTC";
}

std::string plain_text(const Message& message) {
  std::string text = message.body + "\n\n";
  for (const Fact& fact : message.facts) text += fmt::format("{}: {}\n", fact.label, fact.value);
  if (!message.diagnosis.empty()) text += fmt::format("\nDiagnosis:\n{}\n", message.diagnosis);
  if (!message.page_link.empty() || !message.incident_link.empty()) text += '\n';
  if (!message.incident_link.empty()) text += fmt::format("Incident: {}\n", message.incident_link);
  if (!message.page_link.empty()) text += fmt::format("Status page: {}\n", message.page_link);
  return text;
}

}  // namespace allclear::notify
