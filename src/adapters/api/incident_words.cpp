#include "adapters/api/incident_words.h"

#include <array>
#include <optional>

namespace allclear::api {
namespace {

// What core/rules/incident_lifecycle calls a service in trouble, and how the page says it.
struct Trouble {
  std::string_view stored;  // after the service's name
  Word is;
  Word was;
  Word state;
};

constexpr std::array<Trouble, 3> troubles{{{" is down", "title_down", "title_was_down", "state_down"},
                                           {" is degraded", "title_degraded", "title_was_degraded", "state_degraded"},
                                           {" is flapping", "title_flapping", "title_was_flapping", "state_flapping"}}};

// Takes it from the front of the text.
bool take(std::string_view& text, std::string_view part) {
  if (!text.starts_with(part)) return false;
  text.remove_prefix(part.size());
  return true;
}

const Trouble* take_trouble(std::string_view& text) {
  for (const Trouble& trouble : troubles) {
    if (take(text, trouble.stored)) return &trouble;
  }
  return nullptr;
}

std::optional<Reason> find_reason(std::string_view described) {
  for (std::size_t i = 0; i < reason_count; ++i) {
    if (describe(static_cast<Reason>(i)) == described) return static_cast<Reason>(i);
  }
  return std::nullopt;
}

std::string_view reason_text(const Words& words, std::string_view described) {
  const auto reason = find_reason(described);
  return reason ? words.reason(*reason) : described;
}

// The length as it was written then, in the language's units.
std::string span_text(const Words& words, std::string_view stored) {
  const std::array<std::pair<std::string_view, Word>, 4> units{
      {{"s", Word("unit_s")}, {"min", Word("unit_min")}, {"h", Word("unit_h")}, {"d", Word("unit_d")}}};
  std::string text;
  while (!stored.empty()) {
    const std::string_view part = stored.substr(0, stored.find(' '));
    stored.remove_prefix(std::min(stored.size(), part.size() + 1));
    std::string_view said = part;
    for (const auto& [unit, word] : units) {
      if (part == unit) said = words[word];
    }
    text += (text.empty() ? "" : " ") + std::string(said);
  }
  return text;
}

// "Shop is down again: …", "Shop is flapping: its state changes again and again".
std::optional<std::string> trouble_text(const Words& words, std::string_view text) {
  const Trouble* trouble = take_trouble(text);
  if (trouble == nullptr) return std::nullopt;
  const std::string_view state = words[trouble->state];
  if (text == ": its state changes again and again") return words.fill("flaps", {{"state", state}});
  if (take(text, " again: ")) return words.fill("again", {{"state", state}, {"reason", reason_text(words, text)}});
  if (take(text, ": ")) return words.fill("because", {{"state", state}, {"reason", reason_text(words, text)}});
  return std::nullopt;
}

std::optional<std::string> end_text(const Words& words, std::string_view text) {
  if (take(text, " is up again after ")) return words.fill("up_again", {{"span", span_text(words, text)}});
  if (take(text, " is stable and up again after ")) {
    return words.fill("stable_again", {{"span", span_text(words, text)}});
  }
  return std::nullopt;
}

std::optional<std::string> calm_text(const Words& words, std::string_view text, std::string_view name) {
  if (!take(text, "No longer flapping: ") || !take(text, name)) return std::nullopt;
  const Trouble* trouble = take_trouble(text);
  if (trouble == nullptr || !take(text, ": ")) return std::nullopt;
  return words.fill("no_longer_flapping", {{"state", words[trouble->state]}, {"reason", reason_text(words, text)}});
}

}  // namespace

std::string shown_title(const Words& words, const Incident& incident, std::string_view service_name) {
  std::string_view text = incident.title;
  if (!take(text, service_name)) return incident.title;
  for (const Trouble& trouble : troubles) {
    if (text == trouble.stored) {
      return words.fill(incident.open() ? trouble.is : trouble.was, {{"name", service_name}});
    }
  }
  return incident.title;
}

std::string shown_update(const Words& words, const TimelineEntry& entry, std::string_view service_name) {
  std::string_view text = entry.body;
  if (!entry.author.empty()) return entry.body;
  std::optional<std::string> said = calm_text(words, text, service_name);
  if (!said && take(text, service_name)) {
    said = trouble_text(words, text);
    if (!said) said = end_text(words, text);
  }
  return said.value_or(entry.body);
}

std::string_view state_text(const Words& words, IncidentState state) {
  switch (state) {
    case IncidentState::investigating: return words["investigating"];
    case IncidentState::identified: return words["identified"];
    case IncidentState::monitoring: return words["monitoring"];
    case IncidentState::resolved: return words["resolved"];
  }
  return {};
}

std::string_view severity_text(const Words& words, Severity severity) {
  switch (severity) {
    case Severity::minor: return words["severity_minor"];
    case Severity::major: return words["severity_major"];
    case Severity::critical: return words["severity_critical"];
  }
  return {};
}

}  // namespace allclear::api
