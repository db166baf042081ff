#include "adapters/api/series.h"

#include <algorithm>
#include <array>

#include "adapters/api/json_writer.h"
#include "adapters/api/parameters.h"
#include "adapters/api/services.h"

namespace allclear::api {
namespace {

struct Range {
  std::string_view name;
  SeriesSource source;
  seconds step;
  std::size_t count;
};
constexpr std::array<Range, 4> ranges{{{"1h", SeriesSource::results, seconds(60), 60},
                                       {"24h", SeriesSource::results, seconds(300), 288},
                                       {"7d", SeriesSource::hours, std::chrono::hours(1), 168},
                                       {"90d", SeriesSource::days, std::chrono::days(1), 90}}};
constexpr std::string_view usual_range = "24h";

struct PhaseName {
  std::string_view name;
  std::optional<microseconds> PhaseTimings::*time;
};
constexpr std::array<PhaseName, 5> phase_names{{{"dns", &PhaseTimings::dns},
                                                {"connect", &PhaseTimings::connect},
                                                {"tls", &PhaseTimings::tls},
                                                {"first_byte", &PhaseTimings::first_byte},
                                                {"transfer", &PhaseTimings::transfer}}};

Result<const Range*, Problem> read_range(const net::HttpRequest& request) {
  ParameterReader reader(request);
  const std::string* name = reader.once("range");
  const std::string_view wanted = name == nullptr ? usual_range : std::string_view(*name);
  const auto found =
      std::find_if(ranges.begin(), ranges.end(), [&](const Range& range) { return range.name == wanted; });
  if (found == ranges.end()) reader.wrong("range", "expected 1h, 24h, 7d or 90d");
  std::vector<FieldError> errors = reader.take_errors();
  if (errors.empty()) return &*found;
  return tl::unexpected(Problem{400, "a parameter is not as expected", {}, std::move(errors)});
}

// Of a service with one check in one place, which is what its counts are of.
std::optional<CheckKey> only_check(const ServiceSnapshot& service) {
  return service.checks.size() == 1 ? std::optional(service.checks.front().key) : std::nullopt;
}

void write_threshold(JsonWriter& json, const Service& service, const std::optional<CheckKey>& key) {
  std::optional<milliseconds> threshold;
  for (const auto& check : service.checks) {
    if (key && check->id == key->check && check->expect) threshold = check->expect->latency;
  }
  json.key("threshold_ms");
  threshold ? json.integer(threshold->count()) : json.null();
}

// One entry for each step; null where there were no results, or `write` finds nothing to write.
template <class Write>
void write_steps(JsonWriter& json, std::string_view name, const std::vector<SeriesStep>& steps, const Write& write) {
  json.key(name).begin_array();
  for (const SeriesStep& step : steps) {
    if (step.count == 0 || !write(step)) json.null();
  }
  json.end_array();
}

void write_times(JsonWriter& json, std::string_view name, const std::vector<SeriesStep>& steps,
                 const std::function<std::optional<microseconds>(const SeriesStep&)>& time_of) {
  write_steps(json, name, steps, [&](const SeriesStep& step) {
    const auto time = time_of(step);
    if (time) json.number(to_milliseconds(*time), 3);
    return time.has_value();
  });
}

void write_phases(JsonWriter& json, const std::vector<SeriesStep>& steps) {
  json.key("phases_ms");
  const bool any =
      std::any_of(steps.begin(), steps.end(), [](const SeriesStep& step) { return step.phases != PhaseTimings{}; });
  if (!any) {
    json.null();
    return;
  }
  json.begin_object();
  for (const PhaseName& phase : phase_names)
    write_times(json, phase.name, steps, [&](const SeriesStep& step) { return step.phases.*phase.time; });
  json.end_object();
}

void write_series(JsonWriter& json, const ServiceSnapshot& service, const Series& series, const SeriesQuery& query) {
  const std::optional<CheckKey> key = series.key ? series.key : only_check(service);
  json.begin_object().key("check");
  key ? json.text(key->check.value()) : json.null();
  json.key("location");
  key ? json.text(key->location.value()) : json.null();
  write_threshold(json, *service.service, key);
  json.key("t").begin_array();
  for (std::size_t i = 0; i < series.steps.size(); ++i) {
    const WallTime at = query.from + query.length() * static_cast<std::int64_t>(i);
    json.integer(std::chrono::floor<seconds>(at).time_since_epoch().count());
  }
  json.end_array();
  write_steps(json, "count", series.steps, [&](const SeriesStep& step) { return json.integer(step.count), true; });
  write_steps(json, "failed", series.steps, [&](const SeriesStep& step) { return json.integer(step.failed), true; });
  write_times(json, "p50_ms", series.steps, [](const SeriesStep& step) { return step.p50; });
  write_times(json, "p95_ms", series.steps, [](const SeriesStep& step) { return step.p95; });
  write_times(json, "p99_ms", series.steps, [](const SeriesStep& step) { return step.p99; });
  write_phases(json, series.steps);
  json.end_object();
}

}  // namespace

Result<std::string, Problem> answer_series(const net::HttpRequest& request, const ServiceId& id,
                                           const Snapshot& snapshot, Queries& queries, WallTime now) {
  const auto range = read_range(request);
  if (!range) return tl::unexpected(range.error());
  const ServiceSnapshot* service = find_service(snapshot, id);
  if (service == nullptr) return tl::unexpected(Problem{404, "there is no such service", {}, {}});
  const milliseconds step = (*range)->step;
  const auto whole = now.time_since_epoch() / step + 1 - static_cast<std::int64_t>((*range)->count);
  const SeriesQuery query{id, (*range)->source, WallTime(step * whole), step, (*range)->count};
  const auto found = queries.series(query);
  if (!found) return tl::unexpected(Problem{503, "results cannot be read at the moment", {}, {}});
  JsonWriter json;
  json.begin_object().key("service").text(id.value()).key("range").text((*range)->name);
  json.key("step_s").integer((*range)->step.count()).key("checks").begin_array();
  for (const Series& series : *found) write_series(json, *service, series, query);
  json.end_array().end_object();
  return json.take();
}

}  // namespace allclear::api
