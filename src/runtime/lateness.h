// LatenessMeter: how late starts were over the last one to two minutes, in log-linear buckets (error <= 12.5 %).
// One thread.
#pragma once

#include <array>
#include <cstdint>

#include "base/time.h"

namespace allclear::runtime {

class LatenessMeter {
 public:
  void add(nanoseconds lateness, MonotonicTime now);
  // The least bucket bound that `share` (0 to 1) of the starts did not exceed; 0 without starts.
  microseconds quantile(double share) const;
  microseconds maximum() const;

 private:
  static constexpr std::size_t steps_per_octave = 8;
  static constexpr std::size_t bucket_count = 40 * steps_per_octave;
  struct Window {
    std::array<std::uint32_t, bucket_count> buckets{};
    std::uint64_t count = 0;
    microseconds maximum{0};
  };

  static std::size_t bucket_of(microseconds value);
  static microseconds upper_bound(std::size_t bucket);

  std::array<Window, 2> windows_;
  MonotonicTime window_start_{};
};

}  // namespace allclear::runtime
