#include "adapters/config/read_maintenance.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "adapters/config/read_parts.h"
#include "base/hash.h"
#include "core/rules/cron.h"

namespace allclear::config {
namespace {

using std::chrono::hours;

constexpr auto shortest_period = hours(1);
constexpr auto how_it_recurs =
    "expected day, week, month, a list of weekdays such as [mon, thu], a duration of at least 1h, or "
    "the five fields of cron such as \"0 2 * * sun\"";
constexpr auto local_form = "expected a local time such as 2026-12-01T02:00";
constexpr std::array<std::string_view, 7> weekday_names{"sun", "mon", "tue", "wed", "thu", "fri", "sat"};

// "2026-12-01T02:00", seconds if wanted. An offset is refused: the zone says it.
std::optional<LocalTime> parse_local(const std::string& text) {
  auto parsed = parse_rfc3339(text + ":00Z");
  if (!parsed) parsed = parse_rfc3339(text + "Z");
  if (!parsed) return std::nullopt;
  return LocalTime(std::chrono::floor<seconds>(*parsed).time_since_epoch());
}

std::optional<LocalTime> read_local(const Section& one, std::string_view key) {
  const auto text = one.text(key);
  if (!text) return std::nullopt;
  const auto local = parse_local(*text);
  if (!local) one.misfit(key, local_form);
  return local;
}

// The same clock time as the start's.
CronSchedule at_the_time_of(LocalTime start, std::string_view days) {
  const auto time = start - std::chrono::floor<std::chrono::days>(start);
  const auto hour = std::chrono::floor<hours>(time);
  return parse_cron(fmt::format("{} {} {}", (time - hour) / std::chrono::minutes(1), hour.count(), days)).value();
}

CronSchedule on_weekdays(LocalTime start, std::string_view weekdays) {
  return at_the_time_of(start, fmt::format("* * {}", weekdays));
}

// The days of "[mon, thu]", joined; empty: one is no weekday.
std::string join_weekdays(const std::vector<std::string>& days) {
  const bool right = std::all_of(days.begin(), days.end(), [](const std::string& day) {
    return std::find(weekday_names.begin(), weekday_names.end(), day) != weekday_names.end();
  });
  return right ? fmt::format("{}", fmt::join(days, ",")) : std::string();
}

void read_every(const Section& one, Maintenance& maintenance) {
  const auto words = one.texts("every");
  if (!words || words->empty()) return;
  const std::chrono::year_month_day date(std::chrono::floor<std::chrono::days>(maintenance.start));
  const std::chrono::weekday weekday(std::chrono::floor<std::chrono::days>(maintenance.start));
  const std::string& word = words->front();
  if (const std::string days = join_weekdays(*words); !days.empty()) {
    maintenance.repeats = on_weekdays(maintenance.start, days);
  } else if (words->size() > 1) {
    one.misfit("every", how_it_recurs);
  } else if (word == "day") {
    maintenance.repeats = on_weekdays(maintenance.start, "*");
  } else if (word == "week") {
    maintenance.repeats = on_weekdays(maintenance.start, weekday_names[weekday.c_encoding()]);
  } else if (word == "month") {
    maintenance.repeats = at_the_time_of(maintenance.start, fmt::format("{} * *", unsigned(date.day())));
  } else if (const auto period = parse_duration(word); period && *period >= shortest_period) {
    maintenance.repeats = *period;
  } else if (word.find(' ') != std::string::npos || word.starts_with('@')) {
    const auto cron = parse_cron(word);
    if (cron)
      maintenance.repeats = *cron;
    else
      one.error("every", cron.error().message);
  } else {
    one.misfit("every", how_it_recurs);
  }
}

std::vector<ServiceId> read_services_of(const Section& one, const ServiceIds& ids,
                                        const std::vector<std::shared_ptr<const Service>>& all) {
  refer(one, "services", ids);
  if (one.has("services") && (one.find("services")->is_null() || one.find("services")->is_list()) &&
      one.items("services").empty())
    one.error("services", "expected at least one service: leave the key out when all are meant");
  std::vector<ServiceId> services;
  for (const Node* item : one.items("services")) {
    if (item->is_scalar()) services.emplace_back(item->text);
  }
  if (one.has("services")) return services;
  for (const auto& service : all) services.push_back(service->id);
  return services;
}

// The same words give the same id, also when the file is sorted anew.
MaintenanceId id_for(const Maintenance& maintenance, const std::vector<std::shared_ptr<const Maintenance>>& before) {
  const std::string start = std::to_string(maintenance.start.time_since_epoch().count());
  for (int copy = 0;; ++copy) {
    const MaintenanceId id(stable_key({maintenance.title, start, std::to_string(copy)}).substr(0, 12));
    if (std::none_of(before.begin(), before.end(), [&](const auto& other) { return other->id == id; })) return id;
  }
}

}  // namespace

std::vector<std::shared_ptr<const Maintenance>> read_maintenances(
    const Section& root, const std::vector<std::shared_ptr<const Service>>& services) {
  std::vector<std::shared_ptr<const Maintenance>> all;
  const auto items = root.items("maintenance");
  const auto ids = items.empty() ? ServiceIds{} : service_ids(root);
  for (std::size_t i = 0; i < items.size(); ++i) {
    const Section one(root.reading(), *items[i], Object::maintenance, fmt::format("maintenance[{}]", i), &root);
    require(one, "title", "expected what is done");
    require(one, "start", local_form);
    require(one, "lasts", "expected a duration such as 1h");
    Maintenance maintenance;
    maintenance.title = one.name("title").value_or("");
    maintenance.services = read_services_of(one, ids, services);
    const auto start = read_local(one, "start");
    maintenance.start = start.value_or(LocalTime{});
    maintenance.zone = read_zone(one);
    maintenance.lasts = one.duration("lasts", seconds(1), std::chrono::days(366)).value_or(milliseconds(0));
    if (start || !one.has("start")) read_every(one, maintenance);
    maintenance.until = read_local(one, "until");
    if (maintenance.until && start && *maintenance.until < *start)
      one.misfit("until", "expected a time not before the start");
    maintenance.id = id_for(maintenance, all);
    all.push_back(std::make_shared<const Maintenance>(std::move(maintenance)));
  }
  return all;
}

}  // namespace allclear::config
