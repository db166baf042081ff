// Publisher: decides when pages are rendered and under which sequence number. A value; reads no clock.
#pragma once

#include <cstdint>
#include <optional>

#include "base/time.h"

namespace allclear::api {

class Publisher {
 public:
  // `stored_seq`: of the last page that any run of this monitor rendered (StoredState::page_seq).
  Publisher(milliseconds publish_interval, std::uint64_t stored_seq) : interval_(publish_interval), seq_(stored_seq) {}

  // Something that visitors can see has changed since the last rendering.
  void note_change() { changed_ = true; }
  bool should_render(MonotonicTime now) const;
  // When should_render() may next become true, for a timer.
  MonotonicTime next_look(MonotonicTime now) const;
  // A rendering begins: the sequence number of it, max(previous + 1, Unix ms).
  std::uint64_t begin(const Instant& now);

 private:
  milliseconds interval_;
  std::uint64_t seq_;
  bool changed_ = true;
  std::optional<MonotonicTime> last_;
};

}  // namespace allclear::api
