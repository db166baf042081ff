// SystemClock: the kernel's clocks behind the Clock port. Any thread.
#pragma once

#include "core/ports/clock.h"

namespace allclear::runtime {

class SystemClock final : public Clock {
 public:
  Instant now() const override;
};

// CLOCK_BOOTTIME minus CLOCK_MONOTONIC: grows by exactly the time that the machine was suspended.
nanoseconds time_suspended();

}  // namespace allclear::runtime
