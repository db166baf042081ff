#include "adapters/probe/translate.h"

namespace allclear::probe {

Phase to_phase(net::FaultPhase phase) {
  switch (phase) {
    case net::FaultPhase::local: return Phase::local;
    case net::FaultPhase::dns: return Phase::dns;
    case net::FaultPhase::connect: return Phase::connect;
    case net::FaultPhase::tls: return Phase::tls;
    case net::FaultPhase::first_byte: return Phase::first_byte;
    case net::FaultPhase::transfer: return Phase::transfer;
  }
  return Phase::local;
}

Reason to_reason(net::FaultKind kind) {
  switch (kind) {
    case net::FaultKind::timeout: return Reason::timeout;
    case net::FaultKind::refused: return Reason::refused;
    case net::FaultKind::reset: return Reason::reset;
    case net::FaultKind::truncated: return Reason::truncated;
    case net::FaultKind::protocol_error: return Reason::protocol_error;
    case net::FaultKind::too_large: return Reason::too_large;
    case net::FaultKind::redirect_limit: return Reason::redirect_limit;
    case net::FaultKind::blocked_address: return Reason::blocked_address;
    case net::FaultKind::dns_failure: return Reason::dns_failure;
    case net::FaultKind::nxdomain: return Reason::nxdomain;
    case net::FaultKind::servfail: return Reason::servfail;
    case net::FaultKind::tls_expired: return Reason::tls_expired;
    case net::FaultKind::tls_self_signed: return Reason::tls_self_signed;
    case net::FaultKind::tls_untrusted: return Reason::tls_untrusted;
    case net::FaultKind::tls_wrong_host: return Reason::tls_wrong_host;
    case net::FaultKind::tls_failure: return Reason::tls_failure;
    case net::FaultKind::local_fault: return Reason::local_fault;
  }
  return Reason::local_fault;
}

ProbeError to_error(net::Fault fault) {
  return {to_phase(fault.phase), to_reason(fault.kind), std::move(fault.detail)};
}

PhaseTimings to_timings(const net::PhaseTimes& times) {
  return {times.dns, times.connect, times.tls, times.first_byte, times.transfer};
}

std::optional<CertificateFacts> to_facts(const std::shared_ptr<const net::PeerCertificate>& certificate) {
  if (!certificate) return std::nullopt;
  return CertificateFacts{certificate->earliest_expiry, certificate->subject,      certificate->issuer,
                          certificate->names,           certificate->chain_length, certificate->fingerprint};
}

void put_trace(Observation& observation, net::Trace trace) {
  observation.timings = to_timings(trace.times);
  observation.address = std::move(trace.address);
  observation.certificate = to_facts(trace.certificate);
}

net::IpFamily to_family(AddressFamily family) {
  switch (family) {
    case AddressFamily::any: return net::IpFamily::any;
    case AddressFamily::ipv4: return net::IpFamily::ipv4;
    case AddressFamily::ipv6: return net::IpFamily::ipv6;
  }
  return net::IpFamily::any;
}

net::HttpUrl to_url(const Url& url) {
  return {url.scheme == Scheme::https ? net::HttpScheme::https : net::HttpScheme::http, url.host, url.port, url.path};
}

net::TlsWish to_wish(const TlsOptions& options, const std::string& host) {
  return {{options.ca_file, options.client_cert_file, options.client_key_file},
          options.server_name.empty() ? host : options.server_name,
          options.verify ? net::Verification::required : net::Verification::skipped};
}

net::Place to_place(const ProbeEnvironment& environment, const std::string& host, std::uint16_t port,
                    const NetworkOptions& options) {
  return {host, port, to_family(options.family), options.resolver, &environment.policy_for(options.origin)};
}

}  // namespace allclear::probe
