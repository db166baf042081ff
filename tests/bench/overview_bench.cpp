// What operators' overview of many services costs: rendering it, compressing it, and telling what changed, against
// rendering /status of the same services. Processor time of this thread, the least of several rounds.
// Usage: overview_bench [services]
#include <algorithm>
#include <cstdlib>
#include <functional>
#include <iostream>

#include <fmt/format.h>
#include <time.h>

#include "adapters/api/document.h"
#include "adapters/api/overview.h"
#include "adapters/api/status_json.h"
#include "tests/support/sample_world.h"

namespace allclear {
namespace {

constexpr double most_ms = 50;
constexpr double most_kb = 250;
constexpr int rounds = 9;

double processor_ms_of(const std::function<void()>& work) {
  const auto now = [] {
    timespec time{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_nsec) * 1e-6;
  };
  double least = 1e9;
  for (int round = 0; round < rounds; ++round) {
    const double began = now();
    work();
    least = std::min(least, now() - began);
  }
  return least;
}

// Latencies and times as a fleet has them, which compress less than those of the sample.
void scatter(Snapshot& snapshot) {
  std::uint64_t random = 4711;
  const auto next = [&](std::uint64_t below) {
    random = random * 6364136223846793005ULL + 1442695040888963407ULL;
    return (random >> 33) % below;
  };
  for (std::size_t i = 0; i < snapshot.services.size(); ++i) {
    CheckStanding& state = snapshot.services.edit(i).checks[0].state;
    state.last_latency = BriefTime(static_cast<std::uint32_t>(5'000 + next(400'000)));
    state.last_at = snapshot.at - milliseconds(next(60'000));
    snapshot.services.edit(i).state.since = snapshot.at - seconds(next(90 * 86'400));
  }
}

int run(std::size_t count) {
  const test::SampleWorld world = test::make_world(count);
  auto before = std::make_shared<Snapshot>(world.snapshot);
  scatter(*before);
  auto after = std::make_shared<Snapshot>(*before);
  for (std::size_t i = 0; i < count; i += 60) after->services.edit(i).checks[0].state.last_at += seconds(60);
  const auto uptimes = api::uptimes_of(world.days);
  const api::OverviewView was{before, uptimes, "Example"};
  const api::OverviewView is{after, uptimes, "Example"};
  const api::PublicView view = api::make_public_view(*before, world.days, {}, {}, 1, world.now);

  std::string text;
  std::string gzip;
  std::string brotli;
  const double status = processor_ms_of([&] { text = api::render_status(view, 0); });
  const double whole = processor_ms_of([&] { text = api::render_overview(was, 1); });
  const double zipping = processor_ms_of([&] { gzip = api::compress(api::Encoding::gzip, text, api::Effort::quick); });
  const double brotlying =
      processor_ms_of([&] { brotli = api::compress(api::Encoding::brotli, text, api::Effort::quick); });
  api::OverviewChange change;
  const double comparing = processor_ms_of([&] { change = api::compare_overviews(was, is, 2); });

  const double kb = static_cast<double>(gzip.size()) / 1000;
  fmt::print("services              {}\n", count);
  fmt::print("overview              {:.1f} ms, {:.0f} KB; of /status {:.2f}\n", whole,
             static_cast<double>(text.size()) / 1000, whole / status);
  fmt::print("gzip                  {:.1f} ms, {:.0f} KB; of the rendering {:.2f}\n", zipping, kb, zipping / whole);
  fmt::print("brotli                {:.1f} ms, {:.0f} KB\n", brotlying, static_cast<double>(brotli.size()) / 1000);
  fmt::print("a second's change     {:.2f} ms, {:.1f} KB; of the overview {:.3f}\n", comparing,
             static_cast<double>(change.text.size()) / 1000, comparing / whole);
  const bool met = whole + zipping < most_ms && kb <= most_kb;
  fmt::print("limits                {:.0f} ms with gzip, {:.0f} KB: {}\n", most_ms, most_kb, met ? "met" : "missed");
  return met ? 0 : 1;
}

}  // namespace
}  // namespace allclear

int main(int count, char** arguments) {
  return allclear::run(count > 1 ? std::strtoul(arguments[1], nullptr, 10) : 10'000);
}
