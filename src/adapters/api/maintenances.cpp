#include "adapters/api/maintenances.h"

#include <algorithm>
#include <tuple>
#include <vector>

#include "adapters/api/body_reader.h"
#include "adapters/api/json_writer.h"
#include "adapters/api/parameters.h"
#include "core/rules/maintenance.h"

namespace allclear::api {
namespace {

constexpr auto longest_window = std::chrono::hours(24 * 366);
constexpr milliseconds late_request{60'000};  // a start that was "now" when it was written

// nullopt: it is not there, or wrong.
std::optional<WallTime> read_time(BodyReader& reader, const Json& body, std::string_view member) {
  if (!reader.has(member)) return std::nullopt;
  const Json& value = *body.find(member);
  const auto time = parse_rfc3339(value.is_string() ? value.get_ref<const std::string&>() : std::string());
  if (time) return *time;
  reader.wrong(member, "expected a time such as 2027-11-20T08:40:00Z");
  return std::nullopt;
}

// Its present or next window, or its last one when it is over and known.
struct Standing {
  const Maintenance* maintenance = nullptr;
  MaintenanceWindow window;
  std::string_view state;
};

std::optional<Standing> standing_of(const Maintenance& maintenance, WallTime now) {
  if (const auto window = window_at_or_after(maintenance, now))
    return Standing{&maintenance, *window, under_way(*window, now) ? "in_progress" : "scheduled"};
  if (maintenance.planned_by.empty()) return std::nullopt;
  const WallTime start(std::chrono::duration_cast<milliseconds>(maintenance.start.time_since_epoch()));
  return Standing{&maintenance, {start, start + maintenance.lasts}, "completed"};
}

auto order_of(const Standing& standing) {
  return std::tuple(standing.window.starts_at, standing.maintenance->id.value());
}

std::vector<Standing> all_of(const Snapshot& snapshot, WallTime now) {
  std::vector<Standing> all;
  for (const auto& maintenance : snapshot.maintenances) {
    if (auto standing = standing_of(*maintenance, now)) all.push_back(std::move(*standing));
  }
  std::sort(all.begin(), all.end(),
            [](const Standing& left, const Standing& right) { return order_of(left) < order_of(right); });
  return all;
}

void write(JsonWriter& json, const Standing& standing) {
  const Maintenance& maintenance = *standing.maintenance;
  json.begin_object().key("id").text(maintenance.id.value()).key("title").text(maintenance.title);
  json.key("services").begin_array();
  for (const ServiceId& service : maintenance.services) json.text(service.value());
  json.end_array().key("state").text(standing.state);
  json.key("starts_at").time(standing.window.starts_at).key("ends_at").time(standing.window.ends_at);
  json.key("repeats").boolean(!std::holds_alternative<Once>(maintenance.repeats)).key("planned_by");
  maintenance.planned_by.empty() ? json.null() : json.text(maintenance.planned_by);
  json.end_object();
}

}  // namespace

Result<PlanMaintenance, Problem> read_new_maintenance(const Json& body, WallTime now) {
  if (!body.is_object()) {
    return tl::unexpected(Problem{422, "expected an object with title, services and ends_at", {}, {}});
  }
  BodyReader reader(body, {"title", "services", "starts_at", "ends_at"});
  PlanMaintenance plan{reader.title("title"), reader.services("services"), {}, {}};
  const auto start = read_time(reader, body, "starts_at");
  const auto end = read_time(reader, body, "ends_at");
  const bool start_is_wrong = reader.has("starts_at") && !start;
  plan.starts_at = start.value_or(now);
  plan.ends_at = end.value_or(now);
  if (!reader.has("ends_at")) reader.wrong("ends_at", "expected a time such as 2027-11-20T08:40:00Z");
  const bool is_over = plan.starts_at < now - late_request;
  if (is_over) reader.wrong("starts_at", "expected a time to come");
  if (end && !start_is_wrong && !is_over && (*end <= plan.starts_at || *end <= now))
    reader.wrong("ends_at", "expected a time to come that is later than starts_at");
  if (end && *end > plan.starts_at + longest_window) reader.wrong("ends_at", "expected at most 366 days after starts_at");
  if (auto problem = reader.problem("the maintenance cannot be planned so")) return tl::unexpected(std::move(*problem));
  return plan;
}

Result<std::string, Problem> answer_maintenances(const net::HttpRequest& request, const Snapshot& snapshot,
                                                 WallTime now) {
  ParameterReader reader(request);
  const std::size_t limit = reader.limit();
  const std::string cursor = reader.cursor();
  const std::vector<Standing> all = all_of(snapshot, now);
  auto from = all.begin();
  if (!cursor.empty()) {
    from = std::find_if(all.begin(), all.end(), [&](const auto& one) { return one.maintenance->id.value() == cursor; });
    if (from == all.end()) reader.wrong("cursor", std::string(expected_cursor));
  }
  std::vector<FieldError> errors = reader.take_errors();
  if (!errors.empty()) return tl::unexpected(Problem{400, "a parameter is not as expected", {}, std::move(errors)});
  JsonWriter json;
  json.begin_object().key("maintenances").begin_array();
  for (std::size_t shown = 0; from != all.end() && shown < limit; ++from, ++shown) write(json, *from);
  json.end_array().key("next");
  from == all.end() ? json.null() : json.text(from->maintenance->id.value());
  json.end_object();
  return json.take();
}

Result<std::string, Problem> answer_maintenance(const MaintenanceId& id, const Snapshot& snapshot, WallTime now) {
  for (const auto& maintenance : snapshot.maintenances) {
    if (maintenance->id == id && standing_of(*maintenance, now)) return render_maintenance(*maintenance, now);
  }
  return tl::unexpected(Problem{404, "there is no such maintenance", {}, {}});
}

std::string render_maintenance(const Maintenance& maintenance, WallTime now) {
  JsonWriter json;
  if (const auto standing = standing_of(maintenance, now)) write(json, *standing);
  return json.take();
}

}  // namespace allclear::api
