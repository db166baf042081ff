#include "adapters/api/maintenances.h"

#include <algorithm>
#include <tuple>
#include <vector>

#include "adapters/api/json_writer.h"
#include "adapters/api/parameters.h"
#include "core/rules/evidence.h"
#include "core/rules/maintenance.h"

namespace allclear::api {
namespace {

constexpr std::size_t longest_title = 128;  // bytes
constexpr std::size_t most_services = 1'000;
constexpr std::size_t longest_id = 64;
constexpr auto longest_window = std::chrono::hours(24 * 366);
constexpr milliseconds late_request{60'000};  // a start that was "now" when it was written

bool is_id(const Json& value) {
  if (!value.is_string()) return false;
  const auto& text = value.get_ref<const std::string&>();
  return !text.empty() && text.size() <= longest_id &&
         text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == std::string::npos;
}

// What the body says, and everything that is wrong with it.
class PlanReader {
 public:
  explicit PlanReader(const Json& body) : body_(body) {
    for (const auto& [member, value] : body_.items()) {
      if (member != "title" && member != "services" && member != "starts_at" && member != "ends_at")
        wrong(member, "there is no such member");
    }
  }

  std::string title() {
    const auto value = body_.find("title");
    const bool is_text = value != body_.end() && value->is_string();
    std::string title = is_text ? value->get<std::string>() : std::string();
    if (title.empty() || clip_evidence(title, longest_title) != title)
      wrong("title", "expected 1 to 128 bytes of text without control characters");
    return title;
  }
  std::vector<ServiceId> services() {
    std::vector<ServiceId> services;
    const auto list = body_.find("services");
    const bool fits = list != body_.end() && list->is_array() && !list->empty() && list->size() <= most_services &&
                      std::all_of(list->begin(), list->end(), is_id);
    if (!fits) {
      wrong("services", "expected a list of 1 to 1000 ids of services");
      return services;
    }
    for (const Json& id : *list) {
      ServiceId service(id.get<std::string>());
      if (std::find(services.begin(), services.end(), service) == services.end()) services.push_back(std::move(service));
    }
    return services;
  }
  // nullopt: it is not there.
  std::optional<WallTime> time(std::string_view member) {
    const auto value = body_.find(member);
    if (value == body_.end() || value->is_null()) return std::nullopt;
    const auto time = parse_rfc3339(value->is_string() ? value->get_ref<const std::string&>() : std::string());
    if (time) return *time;
    wrong(member, "expected a time such as 2027-11-20T08:40:00Z");
    return std::nullopt;
  }

  bool is_wrong(std::string_view member) const {
    return std::any_of(errors_.begin(), errors_.end(), [&](const auto& error) { return error.parameter == member; });
  }
  void wrong(std::string_view member, std::string detail) { errors_.push_back({std::string(member), std::move(detail)}); }
  std::vector<FieldError> take_errors() { return std::move(errors_); }

 private:
  const Json& body_;
  std::vector<FieldError> errors_;
};

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
  Problem problem{422, "the maintenance cannot be planned so", {}, {}};
  if (!body.is_object()) {
    problem.detail = "expected an object with title, services and ends_at";
    return tl::unexpected(problem);
  }
  PlanReader reader(body);
  PlanMaintenance plan{reader.title(), reader.services(), {}, {}};
  plan.starts_at = reader.time("starts_at").value_or(now);
  const auto end = reader.time("ends_at");
  if (!end && !reader.is_wrong("ends_at")) reader.wrong("ends_at", "expected a time such as 2027-11-20T08:40:00Z");
  plan.ends_at = end.value_or(now);
  if (plan.starts_at < now - late_request) reader.wrong("starts_at", "expected a time to come");
  if (end && !reader.is_wrong("starts_at") && (*end <= plan.starts_at || *end <= now))
    reader.wrong("ends_at", "expected a time to come that is later than starts_at");
  if (end && *end > plan.starts_at + longest_window) reader.wrong("ends_at", "expected at most 366 days after starts_at");
  problem.errors = reader.take_errors();
  if (!problem.errors.empty()) return tl::unexpected(std::move(problem));
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
