#include "adapters/probe/network_probes.h"
#include "adapters/probe/start_tls.h"
#include "adapters/probe/translate.h"

namespace allclear::probe {

Task<Observation> TlsProbe::observe(const TlsTarget& target, MonotonicTime at) {
  Observation observation;
  net::Trace trace;
  net::Deadline deadline(environment_.network.deadlines, at);
  const net::Place place = to_place(environment_, target.host, target.port, *target.network);
  auto stream = co_await net::dial(environment_.network, place, deadline, trace);
  net::Outcome<void> result;
  if (!stream) {
    result = tl::unexpected(std::move(stream.error()));
  } else {
    result = co_await start_tls(*stream, target.start_tls, deadline);
    const net::TlsWish wish = to_wish(*target.tls, target.host);
    if (result) result = co_await net::secure(environment_.network, *stream, wish, deadline, trace);
    stream->close();
  }
  if (!result) observation.error = to_error(std::move(result.error()));
  put_trace(observation, std::move(trace));
  co_return observation;
}

}  // namespace allclear::probe
