// Services, jobs, anchors, channels: who is there, and how each fares by itself.
#include <algorithm>

#include <fmt/format.h>

#include "tests/sim/world.h"
#include "tests/support/builders.h"

namespace allclear::sim {
namespace {

using std::chrono::minutes;

constexpr milliseconds interval_limit = minutes(10);

Seen any_trouble(Random& random) {
  switch (random.between(0, 6)) {
    case 0: return {Verdict::degraded, Reason::slow};
    case 1: return {Verdict::unknown, Reason::local_fault};
    case 2:
    case 3: return {Verdict::down, Reason::timeout};
    default: return {Verdict::down, Reason::refused};
  }
}

// Good and bad spells by turns; some bad ones are shorter than it takes to confirm them.
std::vector<Spell> make_spells(Random& random, const Scale& scale, bool steady) {
  std::vector<Spell> spells{{milliseconds(0), random.one_in(4) && !steady ? any_trouble(random) : Seen{}}};
  for (milliseconds at(0); at < scale.chaos;) {
    const bool trouble = spells.back().seen.verdict == Verdict::up;
    at += scale.times(trouble ? random.time_between(seconds(20), seconds(240))
                              : random.time_between(seconds(1), seconds(120)));
    const bool stays_bad = !trouble && random.one_in(3);
    const Seen bad = steady ? Seen{Verdict::unknown, Reason::local_fault} : any_trouble(random);
    spells.push_back({at, trouble || stays_bad ? bad : Seen{}});
  }
  return spells;
}

std::vector<JobSpell> make_moods(Random& random, const Scale& scale, milliseconds interval) {
  const std::vector<JobMood> moods{JobMood::punctual, JobMood::punctual, JobMood::starting,
                                   JobMood::silent,   JobMood::failing,  JobMood::stuck};
  std::vector<JobSpell> spells{{milliseconds(0), JobMood::punctual}};
  for (milliseconds at(0); at < scale.chaos;) {
    at += random.time_between(interval * 2, interval * 8);
    spells.push_back({at, random.pick(moods)});
  }
  return spells;
}

Target far_away(const std::string& host) {
  TcpTarget target;
  target.host = host + ".example.com";
  target.port = 443;
  return target;
}

}  // namespace

void World::add_service(Random& random, int number) {
  const bool is_steady = number == 0;
  const std::string id = fmt::format("service-{}", number);
  std::vector<Check> checks;
  for (std::int64_t i = random.between(1, 3); i > 0; --i) {
    // What never fails lies on this machine, where an outage of the uplink does not reach.
    Check check = test::make_check(id, fmt::format("check-{}", i), test::http_target(is_steady ? "localhost" : id));
    const auto interval = random.pick<milliseconds>({seconds(2), seconds(5), seconds(10), seconds(30), seconds(60)});
    check.interval = std::min(scale_.times(interval), interval_limit);
    check.timeout = random.pick<milliseconds>({seconds(1), seconds(10)});
    check.confirm = {static_cast<std::uint8_t>(random.between(1, 3)), static_cast<std::uint8_t>(random.between(1, 2)),
                     random.time_between(milliseconds(500), seconds(5))};
    spells_[{check.service, check.id, local_location()}] = make_spells(random, scale_, is_steady);
    checks.push_back(std::move(check));
  }
  Service service = test::make_service(id, std::move(checks));
  if (random.one_in(2)) service.alerts.edit().push_back(ChannelId("pager"));
  service.alerts_on_first = random.one_in(2);
  service.reopen = random.pick<milliseconds>({milliseconds(0), seconds(30), seconds(600)});
  services_.push_back(std::move(service));
}

// As the config makes them: one missed ping is enough.
void World::add_job(Random& random, int number) {
  const std::string id = fmt::format("job-{}", number);
  HeartbeatTarget target;
  target.grace = random.pick<milliseconds>({seconds(5), seconds(20), minutes(1)});
  Check check = test::make_check(id, id, target);
  check.interval =
      std::min(scale_.times(random.pick<milliseconds>({seconds(20), seconds(60), seconds(120)})), interval_limit);
  check.confirm.down = check.confirm.up = 1;
  moods_[ServiceId(id)] = make_moods(random, scale_, check.interval);
  Service service = test::make_service(id, {std::move(check)});
  if (random.one_in(2)) service.alerts.edit().push_back(ChannelId("pager"));
  jobs_.push_back(service.id);
  services_.push_back(std::move(service));
}

// As the application makes them. The first is silent at times, which tells nothing by itself.
void World::add_anchors(Random& random) {
  std::vector<Check> checks;
  const std::int64_t count = random.between(3, 5);
  for (std::int64_t i = 0; i < count; ++i) {
    Check check =
        test::make_check(monitor_service().value(), fmt::format("anchor-{}", i), far_away(fmt::format("anchor-{}", i)));
    check.interval = minutes(5);
    check.timeout = seconds(2);
    check.confirm.down = check.confirm.up = 1;
    check.confirm.flapping.over = 0;
    std::vector<Spell> spells{{milliseconds(0), {}}};
    if (i == 0) {
      for (Spell& spell : spells = make_spells(random, scale_, false)) {
        if (spell.seen.verdict != Verdict::up) spell.seen = {Verdict::down, Reason::timeout};
      }
    }
    spells_[{check.service, check.id, local_location()}] = std::move(spells);
    checks.push_back(std::move(check));
  }
  services_.push_back(test::make_service(monitor_service().value(), std::move(checks)));
}

// A parent stands before its children: there is no circle.
void World::draw_dependencies(Random& random) {
  for (std::size_t child = 2; child < services_.size(); ++child) {
    if (!random.one_in(2)) continue;
    std::vector<ServiceId> parents;
    for (std::int64_t i = random.between(1, 2); i > 0; --i) {
      const auto parent = static_cast<std::size_t>(random.between(0, static_cast<std::int64_t>(child) - 1));
      if (std::find(parents.begin(), parents.end(), services_[parent].id) == parents.end())
        parents.push_back(services_[parent].id);
    }
    services_[child].depends_on = std::move(parents);
  }
}

// "ops" hears everything at once. Only one channel has a fallback, which nobody else tells anything: so the order in
// which it hears of an incident's steps is known.
void World::draw_channels(Random& random) {
  ChannelPolicy& ops = channels_[ChannelId("ops")];
  ChannelPolicy& pager = channels_[ChannelId("pager")];
  const auto reminds = random.pick<milliseconds>({milliseconds(0), minutes(1), minutes(5)});
  ops.remind = scale_.times(reminds);
  if (random.one_in(2)) pager.only_verdicts = {Verdict::down};
  if (random.one_in(3)) pager.only_severities = {Severity::major, Severity::critical};
  pager.after = scale_.times(random.pick<milliseconds>({milliseconds(0), seconds(30), minutes(2)}));
  pager.remind = scale_.times(random.pick<milliseconds>({milliseconds(0), minutes(2)}));
  if (random.one_in(2)) {
    channels_[ChannelId("chat")] = {};
    (random.one_in(2) ? ops : pager).fallback = ChannelId("chat");
  }
  if (random.one_in(3)) return;
  grouping_.threshold = static_cast<int>(random.between(2, 4));
  grouping_.within = random.time_between(seconds(20), seconds(60));
  grouping_.every = random.time_between(seconds(60), seconds(120));
}

}  // namespace allclear::sim
