#include <algorithm>

#include "adapters/probe/network_probes.h"
#include "adapters/probe/translate.h"
#include "net/icmp.h"

namespace allclear::probe {

Task<Observation> IcmpProbe::observe(const IcmpTarget& target, MonotonicTime at) {
  constexpr int most_requests = 100;
  Observation observation;
  net::Trace trace;
  net::Deadline deadline(environment_.network.deadlines, at);
  const net::Place place = to_place(environment_, target.host, 0, *target.network);
  const auto addresses = co_await net::find_addresses(environment_.network, place, deadline, trace);
  net::Outcome<void> result;
  net::PingReport report;
  if (!addresses) {
    result = tl::unexpected(addresses.error());
  } else if (!place.policy->permits(addresses->front())) {
    result = net::fault(net::FaultPhase::connect, net::FaultKind::blocked_address,
                        "pings to " + addresses->front().to_string() + " are not allowed");
  } else {
    trace.address = addresses->front().to_string();
    result = co_await net::ping(addresses->front(), std::clamp(target.count, 1, most_requests), deadline, report);
    trace.times.first_byte = report.round_trip;
  }
  if (!result) observation.error = to_error(std::move(result.error()));
  observation.facts = IcmpFacts{report.sent, report.received};
  put_trace(observation, std::move(trace));
  co_return observation;
}

}  // namespace allclear::probe
