#include "apps/allclear/status_table.h"

#include <algorithm>

#include <fmt/format.h>

namespace allclear::app {
namespace {

std::string text_of(const Json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? printable(found->get<std::string>()) : std::string();
}

Verdict verdict_of(const std::string& state) { return parse_verdict(state).value_or(Verdict::unknown); }

std::string_view mark_of(const std::string& state) {
  if (state == "up") return "●";
  if (state == "degraded") return "▲";
  if (state == "down") return "✖";
  if (state == "maintenance") return "■";
  return "○";
}

std::string age_of(const Json& object, const char* key, WallTime now) {
  const auto time = parse_rfc3339(text_of(object, key));
  return time ? describe_duration(now - *time) : std::string();
}

std::size_t columns_of(const std::string& text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](unsigned char c) { return (c & 0xC0) != 0x80; }));
}

std::string padded(std::string text, std::size_t columns) {
  const std::size_t have = columns_of(text);
  if (have < columns) text.append(columns - have, ' ');
  return text;
}

std::string service_row(const Json& service, std::size_t name_columns, WallTime now, const Terminal& terminal) {
  const std::string state = text_of(service, "state");
  const std::string reason = text_of(service, "reason");
  const std::string word = fmt::format("{} {:<11}", mark_of(state), state);
  std::string row = fmt::format("  {}  {}", terminal.paint(verdict_of(state), word), padded(text_of(service, "name"), name_columns));
  const auto latency = service.find("latency_ms");
  row += latency != service.end() && latency->is_number() ? fmt::format("  {:>9.1f} ms", latency->get<double>()) : std::string(14, ' ');
  if (state != "up" && !reason.empty()) {
    const auto known = parse_reason(reason);
    row += fmt::format("  {}", known ? std::string(describe(*known)) : reason);
    if (const std::string age = age_of(service, "since", now); !age.empty() && state != "unknown") row += fmt::format(", for {}", age);
  }
  return row + "\n";
}

std::string incident_row(const Json& incident, WallTime now) {
  return fmt::format("  {} · {} · {}\n", text_of(incident, "title"), text_of(incident, "state"), age_of(incident, "started_at", now));
}

}  // namespace

Result<std::string> draw_status(const Json& status, WallTime now, const Terminal& terminal) {
  const bool shaped = status.is_object() && status.contains("page") && status.contains("status") && status["status"].is_object() &&
                      status.contains("services") && status["services"].is_array();
  if (!shaped) return failure("the server's answer is not a /status document");
  const std::string age = age_of(status, "updated_at", now);
  std::string out = fmt::format("\n  {}: {}{}\n\n", terminal.bold(text_of(status["page"], "name")),
                                text_of(status["status"], "description"), age.empty() ? "" : terminal.dim(", data " + age + " old"));
  std::size_t name_columns = 12;
  for (const Json& service : status["services"]) name_columns = std::max(name_columns, columns_of(text_of(service, "name")));
  for (const Json& service : status["services"]) out += service_row(service, std::min<std::size_t>(name_columns, 40), now, terminal);
  if (status["services"].empty()) out += "  No services published yet\n";
  if (const auto incidents = status.find("incidents"); incidents != status.end() && incidents->is_array() && !incidents->empty()) {
    out += "\n  Open incidents\n";
    for (const Json& incident : *incidents) out += incident_row(incident, now);
  }
  return out + "\n";
}

}  // namespace allclear::app
