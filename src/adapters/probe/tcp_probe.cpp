#include <array>

#include "adapters/probe/network_probes.h"
#include "adapters/probe/translate.h"

namespace allclear::probe {
namespace {

constexpr std::size_t most_received = 64 * 1024;

// Reads until the text has come, the target has ended or sent too much: whether the text is there is judged later.
Task<std::optional<ProbeError>> receive(net::Stream& stream, const std::string& expected, net::Deadline& deadline,
                                        TcpFacts& facts, net::PhaseTimes& times) {
  const MonotonicTime sent_at = net::monotonic_now();
  MonotonicTime first_at = sent_at;
  std::array<char, 4096> bytes{};
  for (;;) {
    const auto waits_in = facts.received.empty() ? net::FaultPhase::first_byte : net::FaultPhase::transfer;
    const std::size_t room = std::min(bytes.size(), most_received - facts.received.size());
    const auto count = co_await stream.read_some({bytes.data(), room}, waits_in, deadline);
    if (!count) co_return to_error(count.error());
    if (*count == 0) {
      if (!facts.received.empty()) co_return std::nullopt;
      co_return ProbeError{Phase::first_byte, Reason::reset, "the connection was closed without an answer"};
    }
    if (facts.received.empty()) {
      first_at = net::monotonic_now();
      times.first_byte = std::chrono::duration_cast<microseconds>(first_at - sent_at);
    }
    // Only where the text may end: a long answer is not searched again and again.
    const std::size_t from = facts.received.size() - std::min(facts.received.size(), expected.size());
    facts.received.append(bytes.data(), *count);
    times.transfer = net::since(first_at);
    if (facts.received.find(expected, from) != std::string::npos) co_return std::nullopt;
    if (facts.received.size() >= most_received) co_return std::nullopt;
  }
}

}  // namespace

Task<Observation> TcpProbe::observe(const TcpTarget& target, MonotonicTime at) {
  Observation observation;
  net::Trace trace;
  net::Deadline deadline(environment_.network.deadlines, at);
  const net::Place place = to_place(environment_, target.host, target.port, *target.network);
  auto stream = co_await net::dial(environment_.network, place, deadline, trace);
  if (stream) {
    TcpFacts facts;
    const auto written = co_await stream->write(target.send, net::FaultPhase::first_byte, deadline);
    if (!written) {
      observation.error = to_error(written.error());
    } else if (!target.expect.empty()) {
      observation.error = co_await receive(*stream, target.expect, deadline, facts, trace.times);
    }
    observation.facts = std::move(facts);
  } else {
    observation.error = to_error(std::move(stream.error()));
  }
  put_trace(observation, std::move(trace));
  co_return observation;
}

}  // namespace allclear::probe
