// The long form of the simulation: many seeds, many hours, and what happened in them.
//   simulate --seeds 10000 --hours 100000 [--first 0] [--trace 0]
// Prints its figures; exits with 1 and the seed when a promise is broken, and with 64 for a wrong call. A seed that
// broke one is run again, alone and as long, by --seeds 1 --first SEED and its share of the hours; --trace 1 prints
// everything that happens in it.
#include <charconv>
#include <chrono>
#include <cstdio>
#include <string_view>

#include <fmt/format.h>

#include "tests/sim/simulation.h"

namespace allclear::sim {
namespace {

struct Task {
  std::uint64_t seeds = 10'000;
  std::uint64_t hours = 100'000;
  std::uint64_t first = 0;
  std::uint64_t trace = 0;
};

bool read_number(std::string_view text, std::uint64_t& number) {
  const auto end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, number);
  return read.ec == std::errc() && read.ptr == end;
}

bool read_task(int count, char** words, Task& task) {
  for (int i = 1; i < count; i += 2) {
    const std::string_view name = words[i];
    std::uint64_t* wanted = name == "--seeds"   ? &task.seeds
                            : name == "--hours" ? &task.hours
                            : name == "--first" ? &task.first
                            : name == "--trace" ? &task.trace
                                                : nullptr;
    if (wanted == nullptr || i + 1 >= count || !read_number(words[i + 1], *wanted)) {
      fmt::print(stderr, "simulate: expected --seeds N, --hours N, --first N or --trace 1, found \"{}\"\n", name);
      return false;
    }
  }
  return task.seeds > 0;
}

void add(Report& sum, const Report& one) {
  sum.length += one.length;
  sum.crashes += one.crashes;
  sum.alerts += one.alerts;
  sum.probes += one.probes;
  sum.results += one.results;
  sum.conflicts += one.conflicts;
  sum.faults += one.faults;
  sum.pings += one.pings;
  sum.missed += one.missed;
  sum.acknowledged += one.acknowledged;
  sum.uplink_outages += one.uplink_outages;
  sum.audit.incidents += one.audit.incidents;
  sum.audit.maintenances += one.audit.maintenances;
  sum.audit.held += one.audit.held;
  sum.audit.flapping += one.audit.flapping;
  sum.audit.reminders += one.audit.reminders;
  sum.audit.groups += one.audit.groups;
  sum.audit.blind += one.audit.blind;
  sum.deliveries.arrived += one.deliveries.arrived;
  sum.deliveries.again += one.deliveries.again;
  sum.deliveries.dead += one.deliveries.dead;
  sum.deliveries.in_stead += one.deliveries.in_stead;
  sum.deliveries.replayed += one.deliveries.replayed;
  sum.deliveries.left_out += one.deliveries.left_out;
}

void print_sum(std::uint64_t seeds, const Report& sum) {
  fmt::print("{} seeds, {:.1f} simulated hours\n", seeds, static_cast<double>(sum.length.count()) / 3'600'000.0);
  fmt::print("checks:     {} probes, {} results\n", sum.probes, sum.results);
  fmt::print("broke:      {} crashes, {} failed commits, {} conflicts, {} outages of the uplink\n", sum.crashes,
             sum.faults, sum.conflicts, sum.uplink_outages);
  fmt::print("jobs:       {} pings, {} missed\n", sum.pings, sum.missed);
  fmt::print(
      "incidents:  {} opened, {} acknowledged, {} held for a parent, {} flapping, {} times blind, {} windows of "
      "maintenance\n",
      sum.audit.incidents, sum.acknowledged, sum.audit.held, sum.audit.flapping, sum.audit.blind,
      sum.audit.maintenances);
  fmt::print(
      "alerts:     {} owed, {} arrived, {} of them again with the same key, {} by a fallback, {} refused, "
      "{} left out, {} replayed, {} reminders, {} groups\n",
      sum.alerts, sum.deliveries.arrived, sum.deliveries.again, sum.deliveries.in_stead, sum.deliveries.dead,
      sum.deliveries.left_out, sum.deliveries.replayed, sum.audit.reminders, sum.audit.groups);
}

int run(const Task& task) {
  using Clock = std::chrono::steady_clock;
  Options options;
  options.length =
      milliseconds(std::chrono::hours(static_cast<std::int64_t>(task.hours))) / static_cast<std::int64_t>(task.seeds);
  if (task.trace != 0) options.tell = [](const std::string& line) { fmt::print("{}\n", line); };
  Report sum;
  auto told_at = Clock::now();
  for (std::uint64_t i = 0; i < task.seeds; ++i) {
    const std::uint64_t seed = task.first + i;
    Simulation simulation(seed, options);
    const Report report = simulation.run();
    add(sum, report);
    if (!report.violations.empty()) {
      print_sum(i + 1, sum);
      fmt::print("BROKEN by seed {}:\n", seed);
      for (const std::string& violation : report.violations) fmt::print("  {}\n", violation);
      return 1;
    }
    if (Clock::now() - told_at < std::chrono::seconds(30)) continue;
    told_at = Clock::now();
    fmt::print(stderr, "{} of {} seeds\n", i + 1, task.seeds);
  }
  print_sum(task.seeds, sum);
  fmt::print("no promise was broken\n");
  return 0;
}

}  // namespace
}  // namespace allclear::sim

int main(int count, char** words) {
  allclear::sim::Task task;
  if (!allclear::sim::read_task(count, words, task)) return 64;
  return allclear::sim::run(task);
}
