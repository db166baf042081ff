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

nanoseconds time_suspended() { return read(CLOCK_BOOTTIME) - read(CLOCK_MONOTONIC); }

}  // namespace allclear::runtime
