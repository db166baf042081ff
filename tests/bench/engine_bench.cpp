// What 100,000 waiting checks hold in memory: their configuration as values, and what the engine keeps of them (states,
// places in the schedule). Resident memory of this process, after free memory was given back.
// Usage: engine_bench [checks]
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <memory>
#include <string>

#include <fmt/format.h>
#include <malloc.h>

#include "core/engine/engine.h"

namespace allclear {
namespace {

constexpr double limit_mib = 100;

double resident_mib() {
  malloc_trim(0);
  std::ifstream statm("/proc/self/statm");
  double total = 0;
  double resident = 0;
  statm >> total >> resident;
  return resident * static_cast<double>(::sysconf(_SC_PAGESIZE)) / (1024.0 * 1024.0);
}

// As the config reader makes them: every service with one check of its own, what is the same is shared.
std::shared_ptr<const Catalogue> catalogue_of(int count) {
  const auto expect = CopyOnWrite(Expectations{});
  auto catalogue = std::make_shared<Catalogue>();
  catalogue->services.reserve(static_cast<std::size_t>(count));
  for (int i = 0; i < count; ++i) {
    auto service = std::make_shared<Service>();
    service->id = ServiceId(fmt::format("service-{}", i));
    service->name = service->id.value();
    HttpTarget target;
    target.url = {Scheme::http, 8080, "127.0.0.1", fmt::format("/{}", i)};
    auto check = std::make_shared<Check>();
    check->service = service->id;
    check->id = CheckId(service->id.text());
    check->target = std::move(target);
    check->expect = expect;
    check->interval = std::chrono::hours(24);
    service->checks.push_back(std::move(check));
    catalogue->services.push_back(std::move(service));
  }
  return catalogue;
}

int run(int count) {
  const double base = resident_mib();
  const auto catalogue = catalogue_of(count);
  const double with_catalogue = resident_mib();
  Engine engine({});
  Commands commands;
  const Instant now{WallTime(std::chrono::hours(490'000)), MonotonicTime(std::chrono::hours(1))};
  engine.on(Started{catalogue, {}, Pace::continuous}, now, commands);
  const double with_engine = resident_mib();
  fmt::print("{} waiting checks, MiB of resident memory\n", count);
  fmt::print("  their configuration          {:7.1f}\n", with_catalogue - base);
  fmt::print("  engine: states and schedule  {:7.1f}\n", with_engine - with_catalogue);
  const double both = with_engine - base;
  fmt::print("  both                         {:7.1f}  limit {:.0f}  {}\n", both, limit_mib,
             both <= limit_mib ? "met" : "MISSED");
  return engine.services().size() == static_cast<std::size_t>(count) && both <= limit_mib ? 0 : 1;
}

}  // namespace
}  // namespace allclear

int main(int argc, char** argv) {
  const int count = argc > 1 ? std::atoi(argv[1]) : 100'000;
  if (count > 0) return allclear::run(count);
  fmt::print(stderr, "engine_bench: expected a number of checks, such as 100000\n");
  return 64;
}
