#include "core/engine/flights.h"

#include <utility>

namespace allclear {
namespace {

// A probe returns by its deadline; whoever is this late has been lost with its loop.
constexpr milliseconds lost_grace{30'000};

}  // namespace

Admission Flights::request(Departure departure, MonotonicTime now, Priority priority) {
  const auto found = flights_.find(departure.key);
  if (found != flights_.end()) {
    if (found->second.cancelled) {  // wanted again: its place in the queue stands
      found->second.cancelled = false;
      --cancelled_;
      return Admission::deferred;
    }
    if (!found->second.flying || now < found->second.lost_at) return Admission::busy;
    finish(departure.key);
  }
  const CheckKey key = departure.key;
  Flight& flight = flights_[key];
  flight.departure = std::move(departure);
  if (priority == Priority::first) {
    take_off(flight, now);
    return Admission::started;
  }
  if (in_flight_ >= total_limit_) {
    waiting_.push_back(key);
    return Admission::deferred;
  }
  if (host_is_full(flight.departure.host)) {
    hosts_[flight.departure.host].waiting.push_back(key);
    return Admission::deferred;
  }
  take_off(flight, now);
  return Admission::started;
}

Landing Flights::finish(const CheckKey& key, std::uint64_t number) {
  const auto found = flights_.find(key);
  const bool flies = found != flights_.end() && found->second.flying;
  if (number != 0 && (!flies || found->second.departure.number != number)) return Landing::straggler;
  if (!flies) return Landing::none;
  const Landing landing = found->second.across_suspend ? Landing::across_suspend : Landing::regular;
  land(found->second);
  flights_.erase(found);
  return landing;
}

std::optional<Flights::Departure> Flights::next_waiting(MonotonicTime now) {
  while (in_flight_ < total_limit_ && !waiting_.empty()) {
    const CheckKey key = std::move(waiting_.front());
    waiting_.pop_front();
    const auto found = flights_.find(key);
    Flight& flight = found->second;  // whoever waits is there, cancelled or not
    if (flight.cancelled) {
      release_one(flight.departure.host);
      flights_.erase(found);
      --cancelled_;
      continue;
    }
    if (host_is_full(flight.departure.host)) {
      hosts_[flight.departure.host].waiting.push_back(key);
      continue;
    }
    take_off(flight, now);
    return flight.departure;
  }
  return std::nullopt;
}

void Flights::cancel_waiting(const CheckKey& key) {
  const auto found = flights_.find(key);
  if (found == flights_.end() || found->second.flying || found->second.cancelled) return;
  found->second.cancelled = true;
  ++cancelled_;
}

void Flights::mark_across_suspend() {
  for (auto& [key, flight] : flights_) flight.across_suspend = flight.flying;
}

bool Flights::host_is_full(const std::string& host) const {
  if (host_limit_ == 0) return false;
  const auto found = hosts_.find(host);
  return found != hosts_.end() && found->second.flying >= host_limit_;
}

void Flights::take_off(Flight& flight, MonotonicTime now) {
  flight.flying = true;
  flight.departure.number = ++last_number_;
  flight.lost_at = now + flight.departure.timeout + lost_grace;
  ++in_flight_;
  if (host_limit_ != 0) ++hosts_[flight.departure.host].flying;
}

void Flights::land(const Flight& flight) {
  --in_flight_;
  if (host_limit_ == 0) return;
  --hosts_[flight.departure.host].flying;
  release_one(flight.departure.host);
}

void Flights::release_one(const std::string& host) {
  const auto found = hosts_.find(host);
  if (found == hosts_.end()) return;
  if (!found->second.waiting.empty()) {
    waiting_.push_front(std::move(found->second.waiting.front()));
    found->second.waiting.pop_front();
  } else if (found->second.flying == 0) {
    hosts_.erase(found);
  }
}

}  // namespace allclear
