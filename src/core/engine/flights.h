// Flights: which probes are in flight, which wait for a free place, in all and per host. One thread (the engine's).
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <unordered_map>

#include "base/time.h"
#include "core/model/ids.h"

namespace allclear {

enum class Admission : std::uint8_t { started, deferred, busy };
// first: not held back by a limit: others' flights may all hang for the reason that it is to find out.
enum class Priority : std::uint8_t { usual, first };
// straggler: from a flight that was given up as lost, or the echo of one that has landed. none: nobody's flight.
enum class Landing : std::uint8_t { regular, across_suspend, straggler, none };

class Flights {
 public:
  // per_host 0: no limit per host.
  Flights(std::size_t total, std::size_t per_host) : total_limit_(total), host_limit_(per_host) {}

  struct Departure {
    CheckKey key;
    std::string host;
    MonotonicTime due;
    milliseconds timeout{0};
    bool quick_retry = false;
    std::uint64_t number = 0;  // given at the start: rises with every flight
  };
  // busy: the same check is in flight or waiting already. A flight that should have ended long ago counts as lost.
  Admission request(Departure departure, MonotonicTime now, Priority priority = Priority::usual);
  // The flight ended and its place is free. Number 0: whichever flies for this check.
  Landing finish(const CheckKey& key, std::uint64_t number = 0);
  // Of the one that took off last.
  std::uint64_t last_number() const { return last_number_; }
  // The next one that waited and may start now (it is in flight from here on).
  std::optional<Departure> next_waiting(MonotonicTime now);
  // A waiting one is not wanted any more; one in flight stays until it lands.
  void cancel_waiting(const CheckKey& key);
  // The machine slept: what is in flight now cannot be trusted.
  void mark_across_suspend();

  std::size_t in_flight() const { return in_flight_; }
  std::size_t waiting() const { return flights_.size() - in_flight_ - cancelled_; }

 private:
  struct Flight {
    Departure departure;
    MonotonicTime lost_at;
    bool flying = false;
    bool across_suspend = false;
    bool cancelled = false;  // keeps its place in a queue until its turn
  };
  struct HostQueue {
    std::size_t flying = 0;
    std::deque<CheckKey> waiting;
  };

  bool host_is_full(const std::string& host) const;
  void take_off(Flight& flight, MonotonicTime now);
  void land(const Flight& flight);
  void release_one(const std::string& host);  // the one that has waited longest for this host

  std::size_t total_limit_;
  std::size_t host_limit_;
  std::size_t in_flight_ = 0;
  std::uint64_t last_number_ = 0;
  std::unordered_map<CheckKey, Flight> flights_;  // flying and waiting ones
  std::size_t cancelled_ = 0;
  std::deque<CheckKey> waiting_;
  std::unordered_map<std::string, HostQueue> hosts_;  // empty without a limit per host
};

}  // namespace allclear
