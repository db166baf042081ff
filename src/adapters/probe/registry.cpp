#include "adapters/probe/registry.h"

#include <exception>
#include <new>

#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>

#include "adapters/probe/environment.h"
#include "adapters/probe/evidence_probe.h"
#include "adapters/probe/http_probe.h"
#include "adapters/probe/network_probes.h"
#include "adapters/probe/translate.h"

namespace allclear::probe {
namespace {

Observation failed(Reason reason, std::string_view detail) {
  Observation observation;
  observation.error = ProbeError{Phase::local, reason, net::clean_text(detail)};
  return observation;
}

net::AddressScope nowhere_open(const boost::asio::ip::address& address) {
  const net::AddressScope scope = net::scope_of(address);
  return scope == net::AddressScope::open ? net::AddressScope::internal : scope;
}

net::AddressPolicy policy_of(const ProbeOptions& options, net::InternalAddresses internal) {
  if (options.reach == ProbeOptions::Reach::usual) return net::AddressPolicy(internal, options.api_targets);
  return net::AddressPolicy(net::InternalAddresses::only_listed, options.api_targets, nowhere_open);
}

Task<Observation> not_supported(std::string kind) {
  co_return failed(Reason::unsupported, kind + " checks are not supported yet");
}

}  // namespace

ProbeEnvironment::ProbeEnvironment(boost::asio::io_context& loop, ProbeOptions options)
    : user_agent(std::move(options.user_agent)),
      system_resolvers(options.system_resolvers),
      network(loop, std::move(options.tls_contexts), options.chain_caching, std::move(options.system_resolvers)),
      config_policy(policy_of(options, net::InternalAddresses::allowed)),
      api_policy(policy_of(options, net::InternalAddresses::only_listed)) {}

const net::AddressPolicy& ProbeEnvironment::policy_for(TargetOrigin origin) const {
  switch (origin) {
    case TargetOrigin::config: return config_policy;
    case TargetOrigin::api: return api_policy;
  }
  return api_policy;
}

struct ProbeRegistry::Probes {
  Probes(boost::asio::io_context& loop, ProbeOptions options)
      : environment(loop, std::move(options)),
        http(environment),
        tcp(environment),
        tls(environment),
        dns(environment),
        icmp(environment),
        evidence(environment) {}

  // Exactly one of these fits each kind of target; a new kind is one line here and one member below.
  Task<Observation> observe(const HttpTarget& target, MonotonicTime deadline) { return http.observe(target, deadline); }
  Task<Observation> observe(const UnsupportedTarget& target, MonotonicTime) { return not_supported(target.kind); }
  Task<Observation> observe(const HeartbeatTarget&, MonotonicTime) { return not_supported("heartbeat"); }  // it is told
  Task<Observation> observe(const TcpTarget& target, MonotonicTime deadline) { return tcp.observe(target, deadline); }
  Task<Observation> observe(const TlsTarget& target, MonotonicTime deadline) { return tls.observe(target, deadline); }
  Task<Observation> observe(const DnsTarget& target, MonotonicTime deadline) { return dns.observe(target, deadline); }
  Task<Observation> observe(const IcmpTarget& target, MonotonicTime deadline) { return icmp.observe(target, deadline); }

  // Parsing a trust store takes tens of milliseconds that are not the target's: returns how long it took.
  nanoseconds prepare(const Target& target) noexcept {
    const auto* asked = std::get_if<HttpTarget>(&target);
    const auto* shaken = std::get_if<TlsTarget>(&target);
    if (shaken == nullptr && (asked == nullptr || asked->url.scheme != Scheme::https)) return nanoseconds(0);
    const MonotonicTime start = net::monotonic_now();
    try {
      (void)environment.network.tls_contexts->get(to_wish(shaken != nullptr ? *shaken->tls : *asked->tls, {}).files);
    } catch (const std::exception&) {  // the probe will meet it again, and tell
    }
    return net::monotonic_now() - start;
  }

  ProbeEnvironment environment;
  HttpProbe http;
  TcpProbe tcp;
  TlsProbe tls;
  DnsProbe dns;
  IcmpProbe icmp;
  EvidenceProbe evidence;
};

namespace {

// A standstill is no time of the target's. It began up to a pulse before it was noticed.
void leave_out(nanoseconds stood_still, Observation& observation) {
  if (stood_still <= nanoseconds(0)) return;
  const auto whole = std::chrono::duration_cast<microseconds>(stood_still + net::Deadlines::pulse);
  observation.stood_still = std::min(whole, observation.total);
  observation.total -= observation.stood_still;
  PhaseTimings& timings = observation.timings;
  for (auto* phase : {&timings.dns, &timings.connect, &timings.tls, &timings.first_byte, &timings.transfer}) {
    if (*phase) *phase = std::min(**phase, observation.total);
  }
}

nanoseconds in_all(const net::Deadlines::Standstills& standstills) { return standstills.stopped + standstills.busy; }

}  // namespace

ProbeRegistry::ProbeRegistry(boost::asio::io_context& loop, const Clock& clock, ProbeOptions options)
    : clock_(clock), probes_(std::make_unique<Probes>(loop, std::move(options))) {}
ProbeRegistry::~ProbeRegistry() = default;

Task<Observation> ProbeRegistry::dispatch(const Target& target, MonotonicTime deadline) {
  return std::visit([&](const auto& kind) { return probes_->observe(kind, deadline); }, target);
}

Task<Observation> ProbeRegistry::observe(const Check& check, MonotonicTime deadline) {
  deadline += probes_->prepare(check.target);
  net::Deadlines& deadlines = probes_->environment.network.deadlines;
  const nanoseconds before = in_all(deadlines.standstills());
  const Instant start = clock_.now();
  Observation observation;
  try {
    observation = co_await dispatch(check.target, deadline);
  } catch (const std::bad_alloc&) {
    observation = failed(Reason::local_fault, "out of memory");
  } catch (const boost::system::system_error& error) {
    if (error.code() == boost::asio::error::operation_aborted) throw;  // cancelled: no result
    observation = failed(Reason::local_fault, error.what());
  } catch (const std::exception& error) {  // one check's trouble must not end the others
    observation = failed(Reason::local_fault, error.what());
  }
  probes_->evidence.remember(check, observation);
  observation.started_at = start.wall;
  observation.total = std::chrono::duration_cast<microseconds>(clock_.now().monotonic - start.monotonic);
  const net::Deadlines::Standstills& standstills = deadlines.standstills();
  leave_out(in_all(standstills) - before, observation);
  if (standstills.last_long_end > start.monotonic)
    observation.longest_stop = std::chrono::duration_cast<microseconds>(standstills.last_long);
  co_return observation;
}

Task<Evidence> ProbeRegistry::gather(const Check& check, MonotonicTime deadline) {
  return probes_->evidence.gather(check, deadline);
}

std::unique_ptr<Probe> make_probe(boost::asio::io_context& loop, const Clock& clock, ProbeOptions options) {
  return std::make_unique<ProbeRegistry>(loop, clock, std::move(options));
}

}  // namespace allclear::probe
