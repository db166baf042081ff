#include "runtime/system_clock.h"

#include <ctime>

namespace allclear::runtime {
namespace {

nanoseconds read(clockid_t id) {
  timespec value{};
  ALLCLEAR_INVARIANT(clock_gettime(id, &value) == 0);
  return seconds(value.tv_sec) + nanoseconds(value.tv_nsec);
}

}  // namespace

Instant SystemClock::now() const {
  return {WallTime(std::chrono::floor<milliseconds>(read(CLOCK_REALTIME))), MonotonicTime(read(CLOCK_MONOTONIC))};
}

nanoseconds SystemClock::suspended() const {
  for (;;) {
    const nanoseconds before = read(CLOCK_MONOTONIC), awake_and_asleep = read(CLOCK_BOOTTIME);
    // A process that stood still between two readings did not sleep.
    if (read(CLOCK_MONOTONIC) - before < milliseconds(100)) return awake_and_asleep - before;
  }
}

}  // namespace allclear::runtime
