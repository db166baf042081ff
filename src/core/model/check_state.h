// CheckState: what is confirmed about one check from one location, and how close it is to changing. Value; stored.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>

#include "base/time.h"
#include "core/model/check_result.h"
#include "core/model/ids.h"

namespace allclear {

// Results in a row that satisfy one condition. In one word: every check has five.
struct Streak {
  static constexpr int most = 255;  // counted

  Streak() = default;
  Streak(WallTime first_at, int counted, Reason reason)
      : first_ms(static_cast<std::uint64_t>(first_at.time_since_epoch().count()) & 0xffff'ffff'ffff),
        count(static_cast<std::uint8_t>(counted)),
        first_reason(reason) {}

  WallTime first_at() const { return WallTime(milliseconds(static_cast<std::int64_t>(first_ms << 16) >> 16)); }

  std::uint64_t first_ms : 48 = 0;  // Unix time: its low bits, enough for 4,000 years both ways
  std::uint8_t count = 0;
  Reason first_reason = Reason::ok;

  friend bool operator==(const Streak&, const Streak&) = default;
};
static_assert(sizeof(Streak) == 8);

// PhaseTimings in a quarter of the room: kept for every check, wanted only by /metrics.
class LastPhases {
 public:
  LastPhases() { us_.fill(absent); }
  explicit LastPhases(const PhaseTimings& timings)
      : us_{packed(timings.dns), packed(timings.connect), packed(timings.tls), packed(timings.first_byte),
            packed(timings.transfer)} {}

  PhaseTimings timings() const {
    return {unpacked(us_[0]), unpacked(us_[1]), unpacked(us_[2]), unpacked(us_[3]), unpacked(us_[4])};
  }

 private:
  static constexpr std::uint32_t absent = 0xffff'ffff;
  // No phase is longer than an hour (a check's timeout), which fits.
  static std::uint32_t packed(const std::optional<microseconds>& time) {
    return time ? static_cast<std::uint32_t>(std::clamp<std::int64_t>(time->count(), 0, absent - 1)) : absent;
  }
  static std::optional<microseconds> unpacked(std::uint32_t us) {
    return us == absent ? std::nullopt : std::optional(microseconds(us));
  }

  std::array<std::uint32_t, 5> us_;
};

// A time within one check, to 71 minutes: no timeout is longer than an hour.
using BriefTime = std::chrono::duration<std::uint32_t, std::micro>;

constexpr BriefTime brief(microseconds time) {
  constexpr microseconds most = BriefTime::max();
  return time < microseconds(0) ? BriefTime(0) : BriefTime(std::min(time, most));
}

// std::optional<WallTime> in half the room.
class OptionalTime {
 public:
  OptionalTime() = default;
  // Implicit, both ways: it is one.
  OptionalTime(std::optional<WallTime> time) : time_(time.value_or(none)) {}  // NOLINT(google-explicit-constructor)
  OptionalTime(WallTime time) : time_(time) {}                                // NOLINT(google-explicit-constructor)
  operator std::optional<WallTime>() const {                                  // NOLINT(google-explicit-constructor)
    return *this ? std::optional(time_) : std::nullopt;
  }

  explicit operator bool() const { return time_ != none; }
  WallTime operator*() const { return time_; }

  friend bool operator==(const OptionalTime&, const OptionalTime&) = default;

 private:
  static constexpr WallTime none = WallTime::min();

  WallTime time_ = none;
};

struct FlapHistory {
  static constexpr std::uint64_t room = (std::uint64_t{1} << 63) - 1;  // more than a policy may look at

  // Bit 0: the last result's verdict was another than the one before it; bit 1: that one's … Those looked at only, so
  // that a steady state is one unchanging row.
  std::uint64_t changes : 63 = 0;
  bool flapping : 1 = false;  // both in one word: there is one for every check

  friend bool operator==(const FlapHistory&, const FlapHistory&) = default;
};

// What is known about a check, for whoever shows it.
struct CheckStanding {
  Verdict verdict = Verdict::unknown;
  Reason reason = Reason::no_data;
  // Of the last result, in brief; the log has the whole.
  Verdict last_verdict = Verdict::unknown;
  Reason last_reason = Reason::no_data;
  int last_status_code = 0;
  FlapHistory flaps;
  WallTime last_at{};
  BriefTime last_latency{0};
  LastPhases last_phases;  // since the start of the process; not stored
  OptionalTime certificate_expiry;
  WallTime since{};  // of the verdict: back-dated to the first result of the streak that confirmed it
};

// How close it is to changing: for the rules alone.
struct CheckProgress {
  // Counted toward a worse state (results at least this bad) and toward a better one (at most this bad).
  // Unknown results leave these four alone and count only in `unknown`. Counts are capped at the policy's need.
  Streak at_least_degraded;
  Streak at_least_down;
  Streak at_most_degraded;
  Streak at_most_up;
  Streak unknown;

  OptionalTime started_at;    // of a heartbeat's run that has not ended
  std::uint64_t version = 0;  // of the stored row; 0: never stored
};

struct CheckState : CheckStanding, CheckProgress {};

enum class Change : std::uint8_t { unchanged, pending, changed };

struct CheckStep {
  CheckState state;  // the next one
  Change change = Change::unchanged;
};

// A confirmed change of a service.
struct Transition {
  ServiceId service;
  Verdict from = Verdict::unknown;
  Verdict to = Verdict::unknown;
  WallTime at;            // back-dated to the first failing result
  WallTime confirmed_at;  // when it was decided
  Reason reason = Reason::ok;
  CheckId cause;             // the check that moved it; empty: archived, paused, maintenance or by hand
  bool maintenance = false;  // of the new state
  int status_code = 0;       // of the cause's last result; not stored
};

// What is confirmed about a service: the aggregate of its checks. Stored with every transition.
struct ServiceState {
  ServiceId service;
  Verdict verdict = Verdict::unknown;
  Reason reason = Reason::no_data;
  bool maintenance = false;  // then unknown, and the reason is what its checks say
  WallTime since{};

  friend bool operator==(const ServiceState&, const ServiceState&) = default;
};

}  // namespace allclear
