// SystemClock: the kernel's clocks behind the Clock port. Any thread.
#pragma once

#include "core/ports/clock.h"

namespace allclear::runtime {

class SystemClock final : public Clock {
 public:
  Instant now() const override;
  nanoseconds suspended() const override;
};

}  // namespace allclear::runtime
