#include "tests/sim/world.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/rules/blindness.h"
#include "core/rules/local_time.h"
#include "core/rules/maintenance.h"
#include "tests/support/builders.h"
#include "tests/support/zones.h"

namespace allclear::sim {
namespace {

using std::chrono::minutes;

template <class Spells>
const auto& spell_at(const Spells& spells, milliseconds since_start) {
  const auto after = std::upper_bound(spells.begin(), spells.end(), since_start,
                                      [](milliseconds at, const auto& spell) { return at < spell.from; });
  return *std::prev(after);
}

bool any_holds(const std::vector<Span>& spans, milliseconds at) {
  return std::any_of(spans.begin(), spans.end(), [&](const Span& span) { return span.holds(at); });
}

CronSchedule each_day_at(milliseconds time_of_day) {
  const auto minute = std::chrono::floor<minutes>(time_of_day).count();
  CronSchedule schedule;
  schedule.minutes = std::uint64_t{1} << (minute % 60);
  schedule.hours = std::uint32_t{1} << (minute / 60);
  schedule.days_of_month = 0xffff'fffe;
  schedule.months = 0x1ffe;
  schedule.weekdays = 0x7f;
  return schedule;
}

}  // namespace

World::World(Random& random, const Scale& scale)
    : scale_(scale), begins_at_(test::wall(random.between(0, 86'400'000))) {
  const bool storms = random.one_in(3);
  has_anchors_ = random.one_in(2);
  const auto count = static_cast<int>(storms ? random.between(6, 9) : random.between(3, 6));
  for (int number = 0; number < count; ++number) add_service(random, number);
  const auto jobs = static_cast<int>(random.between(0, 2));
  for (int number = 0; number < jobs; ++number) add_job(random, number);
  draw_dependencies(random);
  draw_channels(random);
  if (has_anchors_) add_anchors(random);
  draw_outages(random, storms);
  for (std::int64_t i = random.between(0, 3); i > 0; --i) add_maintenance(random);
  if (random.one_in(4)) add_daily_window(random);
  if (random.one_in(2)) reason_when_calm_ = Reason::timeout;
}

void World::draw_outages(Random& random, bool storms) {
  const auto draw = [&](std::vector<Span>& spans) {
    for (std::int64_t i = random.between(1, 3); i > 0; --i) {
      const milliseconds from = random.time_between(scale_.chaos / 10, scale_.chaos);
      spans.push_back({from, from + scale_.times(random.time_between(seconds(20), minutes(4)))});
    }
  };
  if (storms) draw(storms_);
  if (has_anchors_ && random.one_in(2)) draw(uplink_outages_);
}

std::vector<ServiceId> World::some_services(Random& random) const {
  std::vector<ServiceId> some;
  for (const Service& service : services_) {
    if (service.id != monitor_service() && random.one_in(2)) some.push_back(service.id);
  }
  return some;
}

// Repeated since ever, since the wall clock may be set to any time.
void World::add_maintenance(Random& random) {
  Maintenance maintenance;
  maintenance.id = MaintenanceId(fmt::format("maintenance-{}", maintenances_.size()));
  maintenance.title = "Work";
  maintenance.zone = std::make_shared<const ZoneRules>();
  maintenance.start = LocalTime(seconds(random.between(0, 3'600)));
  maintenance.lasts = scale_.times(random.time_between(seconds(20), seconds(240)));
  maintenance.repeats = scale_.times(random.time_between(seconds(300), seconds(900)));
  maintenance.services = some_services(random);
  maintenances_.push_back(std::make_shared<const Maintenance>(std::move(maintenance)));
}

// The simulation begins shortly before a window that lies behind the change of the clocks. It begins after the time that
// the clocks show twice, so that there is one answer to when it is.
void World::add_daily_window(Random& random) {
  const auto zone = std::make_shared<const ZoneRules>(
      random.pick<ZoneRules>({test::berlin(), test::new_york(), test::lord_howe(), test::santiago(), test::sydney()}));
  const auto index = static_cast<std::size_t>(random.between(0, static_cast<std::int64_t>(zone->changes.size()) - 1));
  const seconds before = index == 0 ? zone->first_offset : zone->changes[index - 1].offset;
  const seconds after = zone->changes[index].offset;
  DailyWindow window;
  window.change = zone->changes[index].at;
  window.shift = after - before;
  window.into = std::max(milliseconds(0), -window.shift) + minutes(random.between(1, 20));
  Maintenance maintenance;
  maintenance.id = MaintenanceId("each-day");
  maintenance.title = "Work each day";
  maintenance.zone = zone;
  maintenance.lasts = scale_.times(random.time_between(minutes(3), minutes(6)));
  const milliseconds local = (window.change + window.into).time_since_epoch() + after;
  maintenance.repeats = each_day_at(local % std::chrono::days(1));
  for (const Service& service : services_) {
    if (service.id != monitor_service()) maintenance.services.push_back(service.id);
  }
  window.maintenance = std::make_shared<const Maintenance>(std::move(maintenance));
  begins_at_ = window.change + window.into - scale_.times(random.time_between(seconds(10), minutes(8)));
  maintenances_ = {window.maintenance};
  daily_window_ = std::move(window);
}

std::optional<bool> DailyWindow::under_way(WallTime at) const {
  constexpr std::chrono::days day(1);
  const WallTime first = change + into;  // on the day of the change, after it
  if (at < first - 30 * day || at > first + 30 * day) return std::nullopt;
  const auto days = std::chrono::floor<std::chrono::days>(at - first).count();
  for (auto each = days - 1; each <= days + 1; ++each) {
    const WallTime start = first + each * day + (each < 0 ? shift : milliseconds(0));
    if (start <= at && at < start + maintenance->lasts) return true;
  }
  return false;
}

void World::end_maintenance() {
  maintenances_.clear();
  daily_window_.reset();
}

bool World::under_maintenance(const ServiceId& service, WallTime at) const {
  return std::any_of(maintenances_.begin(), maintenances_.end(), [&](const auto& maintenance) {
    const auto& services = maintenance->services;
    if (std::find(services.begin(), services.end(), service) == services.end()) return false;
    if (daily_window_ && maintenance == daily_window_->maintenance) {
      if (const auto known = daily_window_->under_way(at)) return *known;
    }
    const auto window = window_at_or_after(*maintenance, at);
    return window && under_way(*window, at);
  });
}

bool World::uplink_is_out(milliseconds since_start) const { return !calm_ && any_holds(uplink_outages_, since_start); }

Seen World::see(const CheckKey& key, milliseconds since_start) const {
  if (calm_) return down_when_calm_.contains(key.service) ? Seen{Verdict::down, reason_when_calm_} : Seen{};
  const Service& asked = service(key.service);
  const auto check =
      std::find_if(asked.checks.begin(), asked.checks.end(), [&](const auto& one) { return one->id == key.check; });
  if (uplink_is_out(since_start) && !stays_inside((*check)->target)) return {Verdict::down, Reason::timeout};
  const bool spared = key.service == steady() || key.service == monitor_service();
  if (!spared && any_holds(storms_, since_start)) return {Verdict::down, Reason::refused};
  return spell_at(spells_.at(key), since_start).seen;
}

JobMood World::mood(const ServiceId& job, milliseconds since_start) const {
  return calm_ ? JobMood::punctual : spell_at(moods_.at(job), since_start).mood;
}

bool World::was_well(const ServiceId& id, const Span& span) const {
  if (std::any_of(storms_.begin(), storms_.end(),
                  [&](const Span& storm) { return storm.from < span.to && span.from < storm.to; }))
    return false;
  for (const auto& check : service(id).checks) {
    const auto found = spells_.find({id, check->id, local_location()});
    if (found == spells_.end()) return false;  // a job
    const milliseconds from = std::max(span.from, milliseconds(0));
    for (const Spell& spell : found->second) {
      if (spell.from < span.to && spell.from >= from && spell.seen.verdict != Verdict::up) return false;
    }
    if (spell_at(found->second, from).seen.verdict != Verdict::up) return false;
  }
  return true;
}

void World::calm(std::set<ServiceId> down) {
  calm_ = true;
  down_when_calm_ = std::move(down);
}

const Service& World::service(const ServiceId& id) const {
  return *std::find_if(services_.begin(), services_.end(), [&](const Service& service) { return service.id == id; });
}

const ChannelPolicy& World::policy(const ChannelId& channel) const {
  static const ChannelPolicy everything;
  const auto found = channels_.find(channel);
  return found == channels_.end() ? everything : found->second;
}

std::vector<ServiceId> World::family() const {
  for (const Service& child : services_) {
    const auto& parents = *child.depends_on;
    const bool polled = !std::holds_alternative<HeartbeatTarget>(child.checks[0]->target);
    if (!polled || parents.size() != 1 || parents[0] == steady()) continue;
    if (service(parents[0]).depends_on->empty()) return {parents[0], child.id};
  }
  return {services_[1].id};
}

milliseconds World::longest_interval() const {
  milliseconds longest{0};
  for (const Service& service : services_) {
    if (service.id == monitor_service()) continue;  // asked when there is need
    for (const auto& check : service.checks) longest = std::max(longest, check->interval);
  }
  return longest;
}

std::shared_ptr<const Catalogue> World::catalogue(const std::set<ServiceId>& missing,
                                                  const std::set<ServiceId>& off) const {
  std::vector<Service> named;
  for (const Service& service : services_) {
    if (missing.contains(service.id)) continue;
    named.push_back(service);
    named.back().enabled = !off.contains(service.id);
  }
  auto catalogue = std::make_shared<Catalogue>(*test::make_catalogue(std::move(named), channels_));
  catalogue->grouping = grouping_;
  catalogue->maintenances = maintenances_;
  return catalogue;
}

}  // namespace allclear::sim
