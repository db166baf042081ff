// Clock: the one seam through which time enters. Any thread.
#pragma once

#include "base/time.h"

namespace allclear {

class Clock {
 public:
  virtual ~Clock() = default;
  virtual Instant now() const = 0;
  // Grows by exactly the time that the machine was suspended, in which the monotonic time stands still.
  virtual nanoseconds suspended() const { return nanoseconds(0); }
};

}  // namespace allclear
