#include "net/network_loop.h"

namespace allclear::net {
namespace {

constexpr std::size_t usual_buffer = 16 * 1024;
constexpr std::size_t most_spare_buffers = 64;

// Whether the chosen resolver may be asked at all (S6: it is an address that a check names).
Outcome<void> judge_resolver(const Place& place) {
  if (place.resolver.empty()) return {};
  const auto server = parse_resolver(place.resolver);
  if (!server) return fault(FaultPhase::dns, FaultKind::local_fault, server.error().message);
  if (place.policy->permits(server->address)) return {};
  return fault(FaultPhase::dns, FaultKind::blocked_address, "this resolver is not allowed");
}

}  // namespace

NetworkLoop::NetworkLoop(boost::asio::io_context& io, std::shared_ptr<TlsContexts> contexts, ChainCaching caching,
                         std::string system_resolvers)
    : loop(io),
      deadlines(io),
      resolver(io, std::move(system_resolvers)),
      tls_contexts(std::move(contexts)),
      chain_caching(caching) {}

BorrowedBuffer::BorrowedBuffer(NetworkLoop& owner) : owner_(owner) {
  if (owner_.spare_buffers.empty()) {
    bytes_.resize(usual_buffer);
  } else {
    bytes_ = std::move(owner_.spare_buffers.back());
    owner_.spare_buffers.pop_back();
  }
}

BorrowedBuffer::~BorrowedBuffer() {
  // What a hostile header made large is not kept.
  if (bytes_.size() == usual_buffer && owner_.spare_buffers.size() < most_spare_buffers) {
    owner_.spare_buffers.push_back(std::move(bytes_));
  }
}

Task<Outcome<Addresses>> find_addresses(NetworkLoop& network, const Place& place, Deadline& deadline, Trace& trace) {
  const MonotonicTime start = monotonic_now();
  auto judged = judge_resolver(place);
  if (!judged) co_return tl::unexpected(std::move(judged.error()));
  auto addresses =
      co_await network.resolver.resolve(std::string(place.host), place.family, std::string(place.resolver), deadline);
  trace.times.dns = since(start);
  co_return addresses;
}

Task<Outcome<DnsAnswer>> ask_dns(NetworkLoop& network, const Place& place, DnsType type, Deadline& deadline,
                                 Trace& trace) {
  auto judged = judge_resolver(place);
  if (!judged) co_return tl::unexpected(std::move(judged.error()));
  const MonotonicTime start = monotonic_now();
  std::string name = type == DnsType::ptr ? reverse_name(place.host) : std::string(place.host);
  auto answer = co_await network.resolver.query(std::move(name), type, std::string(place.resolver), deadline);
  trace.times.dns = since(start);
  co_return answer;
}

Task<Outcome<Stream>> dial(NetworkLoop& network, const Place& place, Deadline& deadline, Trace& trace) {
  MonotonicTime start = monotonic_now();
  std::optional<Outcome<Addresses>> known = network.resolver.known(place.host, place.family, place.resolver);
  if (known) {
    trace.times.dns = since(start);
  } else {
    known = co_await find_addresses(network, place, deadline, trace);
  }
  const Outcome<Addresses> addresses = *std::move(known);
  if (!addresses) co_return tl::unexpected(addresses.error());
  start = monotonic_now();
  auto connected = co_await connect(*addresses, place.port, *place.policy, place.named_by, deadline, trace.address);
  trace.times.connect = since(start);
  if (!connected) co_return tl::unexpected(std::move(connected.error()));
  trace.address = std::move(connected->address);
  trace.peer = connected->peer;
  co_return Stream(std::move(connected->socket));
}

Task<Outcome<void>> secure(NetworkLoop& network, Stream& stream, const TlsWish& wish, Deadline& deadline,
                           Trace& trace) {
  auto context = network.tls_contexts->get(wish.files);
  if (!context) co_return tl::unexpected(std::move(context.error()));
  const MonotonicTime start = monotonic_now();
  ChainCache* cache = network.chain_caching == ChainCaching::on ? &network.chains : nullptr;
  auto session = TlsSession::make(std::move(*context), wish.server_name, wish.verification, cache);
  if (!session) co_return tl::unexpected(std::move(session.error()));
  auto shaken = co_await stream.handshake(std::move(*session), deadline);
  trace.times.tls = since(start);
  trace.certificate = stream.tls()->certificate();
  co_return shaken;
}

}  // namespace allclear::net
