#include "adapters/probe/evidence_probe.h"

#include <algorithm>
#include <optional>

#include "adapters/probe/start_tls.h"
#include "adapters/probe/translate.h"
#include "net/own_network.h"

namespace allclear::probe {
namespace {

constexpr milliseconds longest_lookup{2'500};
constexpr milliseconds longest_try{1'200};
constexpr milliseconds longest_handshake{2'000};
constexpr std::size_t addresses_of_a_family = 2;
constexpr std::size_t records_kept = 8;

std::string key_of(const Check& check) { return check.service.value() + "/" + check.id.value(); }

NameAnswer to_answer(std::string resolver, const net::Outcome<net::Addresses>& found) {
  NameAnswer answer{std::move(resolver), {}, std::nullopt};
  if (!found) {
    answer.error = to_error(found.error());
    return answer;
  }
  for (std::size_t i = 0; i < std::min(found->size(), records_kept); ++i)
    answer.records.push_back((*found)[i].to_string());
  return answer;
}

NameAnswer to_answer(std::string resolver, net::Outcome<net::DnsAnswer> found) {
  NameAnswer answer{std::move(resolver), {}, std::nullopt};
  if (!found) {
    answer.error = to_error(std::move(found.error()));
    return answer;
  }
  found->records.resize(std::min(found->records.size(), records_kept));
  answer.records = std::move(found->records);
  return answer;
}

// The first few of either family, in the order in which they would be tried.
net::Addresses few_of(const net::Addresses& addresses) {
  net::Addresses few;
  std::size_t four = 0;
  std::size_t six = 0;
  for (const auto& address : addresses) {
    std::size_t& count = address.is_v6() ? six : four;
    if (++count <= addresses_of_a_family) few.push_back(address);
  }
  return few;
}

// The second of "ip:port,ip:port"; empty: there is none.
std::string second_of(const std::string& servers) {
  const auto comma = servers.find(',');
  if (comma == std::string::npos) return {};
  const auto end = servers.find(',', comma + 1);
  return servers.substr(comma + 1, end == std::string::npos ? end : end - comma - 1);
}

}  // namespace

struct EvidenceProbe::Errand {
  std::string host;
  std::uint16_t port = 0;  // 0: nobody listens there
  const NetworkOptions* network = nullptr;
  const TlsOptions* tls = nullptr;  // null: nothing is encrypted
  StartTls start_tls = StartTls::none;
  MonotonicTime until{};
  net::Addresses addresses{};
  Evidence evidence{};
};

// nullopt: there is nothing around it to be looked at from here.
std::optional<EvidenceProbe::Errand> EvidenceProbe::errand_for(const Target& target) {
  Errand errand;
  if (const auto* http = std::get_if<HttpTarget>(&target)) {
    if (http->request->proxy) return std::nullopt;
    errand.host = http->url.host;
    errand.port = http->url.port;
    errand.network = &*http->network;
    if (http->url.scheme == Scheme::https) errand.tls = &*http->tls;
  } else if (const auto* tcp = std::get_if<TcpTarget>(&target)) {
    errand.host = tcp->host;
    errand.port = tcp->port;
    errand.network = &*tcp->network;
  } else if (const auto* tls = std::get_if<TlsTarget>(&target)) {
    errand.host = tls->host;
    errand.port = tls->port;
    errand.network = &*tls->network;
    errand.tls = &*tls->tls;
    errand.start_tls = tls->start_tls;
  } else if (const auto* icmp = std::get_if<IcmpTarget>(&target)) {
    errand.host = icmp->host;
    errand.network = &*icmp->network;
  } else if (const auto* dns = std::get_if<DnsTarget>(&target)) {
    errand.host = dns->name;
    errand.network = &*dns->network;
  } else {
    return std::nullopt;
  }
  return errand;
}

MonotonicTime EvidenceProbe::within(const Errand& errand, milliseconds time) const {
  return std::min<MonotonicTime>(errand.until, net::monotonic_now() + time);
}

Task<Evidence> EvidenceProbe::gather(const Check& check, MonotonicTime deadline) {
  std::optional<Errand> errand = errand_for(check.target);
  if (!errand) co_return Evidence{};
  errand->until = deadline;
  if (const auto* dns = std::get_if<DnsTarget>(&check.target))
    co_await ask_records(*dns, *errand);
  else
    co_await ask_names(*errand);
  if (errand->port != 0) co_await try_addresses(*errand);
  if (const auto usual = usual_.find(key_of(check)); usual != usual_.end())
    errand->evidence.usual_certificate = usual->second;
  co_return std::move(errand->evidence);
}

void EvidenceProbe::remember(const Check& check, const Observation& observation) {
  if (!observation.certificate || observation.error) return;
  CertificateFacts& usual = usual_[key_of(check)];
  if (usual.fingerprint != observation.certificate->fingerprint) usual = *observation.certificate;
}

// Empty: there is no other.
std::string EvidenceProbe::other_resolver(const Errand& errand) const {
  if (!errand.network->resolver.empty() || !environment_.system_resolvers.empty())
    return errand.network->resolver.empty() ? second_of(environment_.system_resolvers) : std::string();
  const auto servers = net::system_name_servers();
  return servers.size() < 2 ? std::string() : servers[1];
}

Task<void> EvidenceProbe::ask_names(Errand& errand) {
  net::Trace trace;
  net::Place place = to_place(environment_, errand.host, errand.port, *errand.network);
  place.family = net::IpFamily::any;
  const auto known = environment_.network.resolver.known(place.host, place.family, place.resolver);
  if (known && *known) {
    errand.addresses = **known;
    co_return;
  }
  net::Deadline first(environment_.network.deadlines, within(errand, longest_lookup));
  net::Outcome<net::Addresses> found = co_await net::find_addresses(environment_.network, place, first, trace);
  if (found) errand.addresses = *found;
  errand.evidence.names.push_back(to_answer(errand.network->resolver, found));
  const std::string other = other_resolver(errand);
  if (other.empty() && errand.network->resolver.empty()) co_return;
  net::Deadline second(environment_.network.deadlines, within(errand, longest_lookup));
  found = co_await environment_.network.resolver.resolve(errand.host, net::IpFamily::any, other, second);
  errand.evidence.names.push_back(to_answer(other, found));
}

Task<void> EvidenceProbe::ask_records(const DnsTarget& target, Errand& errand) {
  const auto type = net::parse_dns_type(target.type);
  if (!type) co_return;
  net::Trace trace;
  const net::Place place = to_place(environment_, errand.host, 0, *errand.network);
  net::Deadline first(environment_.network.deadlines, within(errand, longest_lookup));
  net::Outcome<net::DnsAnswer> found = co_await net::ask_dns(environment_.network, place, *type, first, trace);
  errand.evidence.names.push_back(to_answer(errand.network->resolver, std::move(found)));
  const std::string other = other_resolver(errand);
  if (other.empty() && errand.network->resolver.empty()) co_return;
  net::Deadline second(environment_.network.deadlines, within(errand, longest_lookup));
  std::string name = *type == net::DnsType::ptr ? net::reverse_name(errand.host) : errand.host;
  net::Outcome<net::DnsAnswer> told =
      co_await environment_.network.resolver.query(std::move(name), *type, other, second);
  errand.evidence.names.push_back(to_answer(other, std::move(told)));
}

Task<void> EvidenceProbe::try_addresses(Errand& errand) {
  const net::AddressPolicy& policy = environment_.policy_for(errand.network->origin);
  const net::Addresses few = few_of(errand.addresses);
  for (const auto& address : few) {
    const net::Addresses one{address};
    std::string tried;
    const MonotonicTime start = net::monotonic_now();
    net::Deadline deadline(environment_.network.deadlines, within(errand, longest_try));
    if (start >= errand.until) co_return;
    net::Outcome<net::Connected> connected =
        co_await net::connect(one, errand.port, policy, net::NamedBy::check, deadline, tried);
    AddressTry result{tried.empty() ? address.to_string() : tried,
                      address.is_v6() ? AddressFamily::ipv6 : AddressFamily::ipv4, std::nullopt, net::since(start)};
    if (!connected) result.error = to_error(connected.error());
    errand.evidence.tries.push_back(std::move(result));
    if (!connected || errand.tls == nullptr || errand.evidence.certificate) continue;
    net::Stream stream(std::move(connected->socket));
    co_await shake_hands(errand, stream);
    stream.close();
  }
}

Task<void> EvidenceProbe::shake_hands(Errand& errand, net::Stream& stream) {
  net::Trace trace;
  net::Deadline deadline(environment_.network.deadlines, within(errand, longest_handshake));
  net::Outcome<void> result = co_await start_tls(stream, errand.start_tls, deadline);
  const net::TlsWish wish = to_wish(*errand.tls, errand.host);
  if (result) result = co_await net::secure(environment_.network, stream, wish, deadline, trace);
  errand.evidence.shook_hands = result.has_value();
  if (!result) errand.evidence.handshake_error = to_error(std::move(result.error()));
  errand.evidence.certificate = to_facts(trace.certificate);
}

}  // namespace allclear::probe
