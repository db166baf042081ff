// Clock: the one seam through which time enters. Any thread.
#pragma once

#include "base/time.h"

namespace allclear {

class Clock {
 public:
  virtual ~Clock() = default;
  virtual Instant now() const = 0;
};

}  // namespace allclear
