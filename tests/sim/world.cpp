#include "tests/sim/world.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/rules/maintenance.h"
#include "tests/support/builders.h"

namespace allclear::sim {
namespace {

Verdict any_trouble(Random& random) {
  switch (random.between(0, 5)) {
    case 0: return Verdict::degraded;
    case 1: return Verdict::unknown;
    default: return Verdict::down;
  }
}

// Good and bad spells by turns; some bad ones are shorter than it takes to confirm them.
std::vector<Spell> make_spells(Random& random, milliseconds length, bool steady) {
  std::vector<Spell> spells{{milliseconds(0), random.one_in(4) && !steady ? any_trouble(random) : Verdict::up}};
  for (milliseconds at(0); at < length;) {
    const bool trouble = spells.back().verdict == Verdict::up;
    at += trouble ? random.time_between(seconds(20), seconds(240)) : random.time_between(seconds(1), seconds(120));
    const bool stays_bad = !trouble && random.one_in(3);
    const Verdict bad = steady ? Verdict::unknown : any_trouble(random);
    spells.push_back({at, trouble || stays_bad ? bad : Verdict::up});
  }
  return spells;
}

}  // namespace

World::World(Random& random, milliseconds length) {
  const auto count = static_cast<int>(random.between(3, 6));
  for (int number = 0; number < count; ++number) add_service(random, number, length);
  for (std::int64_t i = random.between(0, 3); i > 0; --i) add_maintenance(random);
}

// Repeated since ever, since the wall clock may be set to any time.
void World::add_maintenance(Random& random) {
  Maintenance maintenance;
  maintenance.id = MaintenanceId(fmt::format("maintenance-{}", maintenances_.size()));
  maintenance.title = "Work";
  maintenance.zone = std::make_shared<const ZoneRules>();
  maintenance.start = LocalTime(seconds(random.between(0, 3'600)));
  maintenance.lasts = random.time_between(seconds(20), seconds(240));
  maintenance.repeats = random.time_between(seconds(300), seconds(900));
  for (const Service& service : services_) {
    if (random.one_in(2)) maintenance.services.push_back(service.id);
  }
  maintenances_.push_back(std::make_shared<const Maintenance>(std::move(maintenance)));
}

bool World::under_maintenance(const ServiceId& service, WallTime at) const {
  return std::any_of(maintenances_.begin(), maintenances_.end(), [&](const auto& maintenance) {
    const auto& services = maintenance->services;
    const auto window = window_at_or_after(*maintenance, at);
    return std::find(services.begin(), services.end(), service) != services.end() && window && under_way(*window, at);
  });
}

void World::add_service(Random& random, int number, milliseconds length) {
  const std::string id = fmt::format("service-{}", number);
  std::vector<Check> checks;
  for (std::int64_t i = random.between(1, 3); i > 0; --i) {
    Check check = test::make_check(id, fmt::format("check-{}", i));
    check.interval = random.pick<milliseconds>({seconds(2), seconds(5), seconds(10), seconds(30), seconds(60)});
    check.timeout = random.pick<milliseconds>({seconds(1), seconds(10)});
    check.confirm = {static_cast<std::uint8_t>(random.between(1, 3)), static_cast<std::uint8_t>(random.between(1, 2)),
                     random.time_between(milliseconds(500), seconds(5))};
    spells_[{check.service, check.id, local_location()}] = make_spells(random, length, number == 0);
    checks.push_back(std::move(check));
  }
  Service service = test::make_service(id, std::move(checks));
  if (random.one_in(2)) service.alerts.edit().push_back(ChannelId("pager"));
  service.alerts_on_first = random.one_in(2);
  service.reopen = random.pick<milliseconds>({milliseconds(0), seconds(30), seconds(600)});
  services_.push_back(std::move(service));
}

Verdict World::behaviour(const CheckKey& key, milliseconds since_start) const {
  if (calm_) return key.service == down_when_calm_ ? Verdict::down : Verdict::up;
  const auto& spells = spells_.at(key);
  const auto after = std::upper_bound(spells.begin(), spells.end(), since_start,
                                      [](milliseconds at, const Spell& spell) { return at < spell.from; });
  return std::prev(after)->verdict;
}

void World::calm(const ServiceId& down) {
  calm_ = true;
  down_when_calm_ = down;
}

const Service& World::service(const ServiceId& id) const {
  return *std::find_if(services_.begin(), services_.end(), [&](const Service& service) { return service.id == id; });
}

std::shared_ptr<const Catalogue> World::catalogue(const std::set<ServiceId>& missing,
                                                  const std::set<ServiceId>& off) const {
  std::vector<Service> named;
  for (const Service& service : services_) {
    if (missing.contains(service.id)) continue;
    named.push_back(service);
    named.back().enabled = !off.contains(service.id);
  }
  auto catalogue = std::make_shared<Catalogue>(*test::make_catalogue(std::move(named)));
  catalogue->maintenances = maintenances_;
  return catalogue;
}

}  // namespace allclear::sim
