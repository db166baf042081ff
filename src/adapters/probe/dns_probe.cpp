#include "adapters/probe/network_probes.h"
#include "adapters/probe/translate.h"

namespace allclear::probe {

Task<Observation> DnsProbe::observe(const DnsTarget& target, MonotonicTime at) {
  Observation observation;
  net::Trace trace;
  net::Deadline deadline(environment_.network.deadlines, at);
  const auto type = net::parse_dns_type(target.type);
  if (!type) {
    observation.error = ProbeError{Phase::local, Reason::unsupported, net::clean_text("record type " + target.type)};
    co_return observation;
  }
  const net::Place place = to_place(environment_, target.name, 0, *target.network);
  auto answer = co_await net::ask_dns(environment_.network, place, *type, deadline, trace);
  if (answer) {
    observation.facts = DnsFacts{std::move(answer->records), answer->least_ttl};
  } else {
    observation.error = to_error(std::move(answer.error()));
  }
  put_trace(observation, std::move(trace));
  co_return observation;
}

}  // namespace allclear::probe
