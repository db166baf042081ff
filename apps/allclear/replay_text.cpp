#include "apps/allclear/replay_text.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "apps/allclear/terminal.h"
#include "base/json.h"

namespace allclear::app {
namespace {

using runtime::ReplayReport;

constexpr std::chrono::minutes noticeable{1};
constexpr std::size_t names_listed = 20;
constexpr std::size_t differences_shown = 200;

WallTime to_seconds(WallTime time) { return std::chrono::floor<seconds>(time); }

std::string number_of(std::uint64_t number, std::string_view one, std::string_view many) {
  return fmt::format("{} {}", number, number == 1 ? one : many);
}

std::string list_names(const std::vector<std::string>& names) {
  std::string text;
  for (std::size_t i = 0; i < std::min(names.size(), names_listed); ++i) text += (i == 0 ? "" : ", ") + names[i];
  if (names.size() > names_listed) text += fmt::format(" and {} more", names.size() - names_listed);
  return printable(text);
}

std::set<ChannelId> channels_of(const ReplayReport& report) {
  std::set<ChannelId> channels;
  for (const Paging* paging : {&report.did, &report.would}) {
    for (const auto& [channel, steps] : paging->alerts) channels.insert(channel);
  }
  return channels;
}

std::size_t alerts_of(const Paging& paging, const ChannelId& channel) {
  const auto found = paging.alerts.find(channel);
  return found == paging.alerts.end() ? 0 : sum_of(found->second);
}

std::string count_row(std::string_view what, std::size_t did, std::size_t would) {
  return fmt::format("  {:<28}{:>8}{:>8}\n", what, did, would);
}

std::string draw_counts(const ReplayReport& report) {
  std::string text = fmt::format("  {:<28}{:>8}{:>8}\n", "", "did", "would");
  text += count_row("incidents", report.did.incidents.size(), report.would.incidents.size());
  text += count_row("services paged for", report.did.services_told(), report.would.services_told());
  text += count_row("alerts", report.did.alert_count(), report.would.alert_count());
  for (const ChannelId& channel : channels_of(report))
    text +=
        count_row("  " + printable(channel.value()), alerts_of(report.did, channel), alerts_of(report.would, channel));
  return text;
}

// Of one that ended.
milliseconds time_in_trouble(const PagedIncident& incident) {
  return std::max(*incident.ended - incident.began - incident.calm, milliseconds(0));
}

std::string lasts(const PagedIncident& incident) {
  return incident.ended ? describe_duration(time_in_trouble(incident)) : "goes on";
}

std::string channels_told(const PagedIncident& incident) {
  std::vector<std::string> names;
  for (const ChannelId& channel : incident.told) names.push_back(channel.value());
  return names.empty() ? "nobody" : list_names(names);
}

std::string_view cause_of(const PagedIncident& incident) {
  return incident.flapped && incident.reason == Reason::ok ? "flapping" : to_string(incident.reason);
}

std::string describe_incident(const PagedIncident& incident) {
  return fmt::format("{}, {}, {}, {}, tells {}", format_rfc3339(to_seconds(incident.began)), lasts(incident),
                     to_string(incident.severity), cause_of(incident), channels_told(incident));
}

std::string draw_difference(const PagingDifference& difference) {
  const std::string service = printable((difference.did ? difference.did : difference.would)->service.value());
  if (!difference.would) return fmt::format("  - {}: {}\n", service, describe_incident(*difference.did));
  if (!difference.did) return fmt::format("  + {}: {}\n", service, describe_incident(*difference.would));
  std::string aspects;
  for (const PagingAspect aspect : difference.aspects)
    aspects.append(aspects.empty() ? "" : ", ").append(to_string(aspect));
  return fmt::format("  ~ {}: other {}\n      did    {}\n      would  {}\n", service, aspects,
                     describe_incident(*difference.did), describe_incident(*difference.would));
}

std::string draw_differences(const PagingComparison& comparison) {
  if (comparison.differences.empty())
    return comparison.same == 0 ? "  No incidents, with either.\n"
                                : fmt::format("  No incident differs: {} the same.\n", comparison.same);
  std::string text = fmt::format("  {} the same, {} (- did only, + would only, ~ both):\n\n",
                                 number_of(comparison.same, "incident is", "incidents are"),
                                 number_of(comparison.differences.size(), "differs", "differ"));
  const std::size_t shown = std::min(comparison.differences.size(), differences_shown);
  for (std::size_t i = 0; i < shown; ++i) text += draw_difference(comparison.differences[i]);
  if (shown < comparison.differences.size())
    text += fmt::format("  … and {} more, which --json prints\n", comparison.differences.size() - shown);
  return text;
}

bool has_heartbeats(const Catalogue& catalogue) {
  return std::any_of(catalogue.services.begin(), catalogue.services.end(), [](const auto& service) {
    return std::any_of(service->checks.begin(), service->checks.end(),
                       [](const auto& check) { return std::holds_alternative<HeartbeatTarget>(check->target); });
  });
}

OrderedJson json_of(const std::optional<PagedIncident>& incident) {
  if (!incident) return nullptr;
  OrderedJson json;
  json["started_at"] = format_rfc3339(incident->began);
  json["ended_at"] = incident->ended ? OrderedJson(format_rfc3339(*incident->ended)) : OrderedJson(nullptr);
  json["duration_s"] = incident->ended ? OrderedJson(std::chrono::floor<seconds>(time_in_trouble(*incident)).count())
                                       : OrderedJson(nullptr);
  json["state"] = to_string(incident->worst);
  json["severity"] = to_string(incident->severity);
  json["reason"] = to_string(incident->reason);
  json["flapping"] = incident->flapped;
  json["channels"] = OrderedJson::array();
  for (const ChannelId& channel : incident->told) json["channels"].push_back(channel.value());
  return json;
}

OrderedJson json_of(const Paging& paging) {
  OrderedJson json;
  json["incidents"] = paging.incidents.size();
  json["services_paged"] = paging.services_told();
  json["alerts"] = paging.alert_count();
  json["channels"] = OrderedJson::object();
  for (const auto& [channel, steps] : paging.alerts) {
    OrderedJson& counts = json["channels"][channel.value()];
    for (const auto& [step, count] : steps) counts[std::string(to_string(step))] = count;
  }
  return json;
}

OrderedJson json_of(const PagingDifference& difference) {
  OrderedJson json;
  json["service"] = (difference.did ? difference.did : difference.would)->service.value();
  json["kind"] = !difference.would ? "did_only" : !difference.did ? "would_only" : "both";
  json["differs_in"] = OrderedJson::array();
  for (const PagingAspect aspect : difference.aspects) json["differs_in"].push_back(to_string(aspect));
  json["did"] = json_of(difference.did);
  json["would"] = json_of(difference.would);
  return json;
}

}  // namespace

std::vector<std::string> notes_on(const ReplayReport& report, const ReplayWords& words, const Catalogue& catalogue) {
  std::vector<std::string> notes;
  if (!report.results_from) return {"There are no stored results of that time."};
  if (report.from > words.asked_from + noticeable)
    notes.push_back(fmt::format("Stored results reach back to {}: what was before is not compared.",
                                format_rfc3339(to_seconds(report.from))));
  std::vector<std::string> fresh;
  for (const CheckKey& key : report.facts.without_results)
    fresh.push_back(key.check.value() == key.service.value() ? key.service.value()
                                                             : key.service.value() + "/" + key.check.value());
  if (!fresh.empty()) notes.push_back("Without stored results, so never failing here: " + list_names(fresh) + ".");
  std::vector<std::string> gone;
  for (const ServiceId& service : report.facts.unnamed) {
    if (service != monitor_service()) gone.push_back(service.value());
  }
  if (!gone.empty()) notes.push_back("Not in this config, so nobody would be paged for: " + list_names(gone) + ".");
  if (report.facts.missing_retries > 0)
    notes.push_back(
        fmt::format("{} this config would have made {} no stored result: with them incidents are confirmed "
                    "sooner, and short ones at all.",
                    number_of(report.facts.missing_retries, "quick retry that", "quick retries that"),
                    report.facts.missing_retries == 1 ? "has" : "have"));
  if (report.facts.slower_than_timeout > 0)
    notes.push_back(fmt::format("{} longer than this config's timeout; judged as the answers that they were.",
                                number_of(report.facts.slower_than_timeout, "answer took", "answers took")));
  if (has_heartbeats(catalogue))
    notes.emplace_back("Pings of heartbeats stay as they were judged, missed ones too: another period is not applied.");
  if (report.undelivered > 0)
    notes.push_back(fmt::format("Of the alerts that were owed {} not been delivered.",
                                number_of(report.undelivered, "has", "have")));
  if (words.one_service) notes.emplace_back("Alerts that told of many services at once are not counted.");
  return notes;
}

std::string draw_replay(const ReplayReport& report, const ReplayWords& words, const Catalogue& catalogue) {
  std::string text =
      fmt::format("\n  {} from {} on, judged by {}; {} otherwise than then\n\n",
                  number_of(report.facts.results, "stored result", "stored results"),
                  format_rfc3339(to_seconds(report.from)), printable(words.config), report.facts.judged_otherwise);
  text += draw_counts(report) + "\n" + draw_differences(report.comparison);
  const auto notes = notes_on(report, words, catalogue);
  if (!notes.empty()) text += "\n";
  for (const std::string& note : notes) text += "  " + note + "\n";
  return text + "\n";
}

std::string render_replay(const ReplayReport& report, const ReplayWords& words, const Catalogue& catalogue) {
  OrderedJson json;
  json["config"] = words.config;
  json["since"] = format_rfc3339(words.asked_from);
  json["results_from"] = report.results_from ? OrderedJson(format_rfc3339(report.from)) : OrderedJson(nullptr);
  json["results"] = report.facts.results;
  json["judged_otherwise"] = report.facts.judged_otherwise;
  json["missing_retries"] = report.facts.missing_retries;
  json["slower_than_timeout"] = report.facts.slower_than_timeout;
  json["did"] = json_of(report.did);
  json["would"] = json_of(report.would);
  json["same"] = report.comparison.same;
  json["differences"] = OrderedJson::array();
  for (const PagingDifference& difference : report.comparison.differences)
    json["differences"].push_back(json_of(difference));
  json["notes"] = notes_on(report, words, catalogue);
  return json.dump(2, ' ', false, OrderedJson::error_handler_t::replace);
}

}  // namespace allclear::app
