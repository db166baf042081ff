// Between the domain's words and those of net/. Pure.
#pragma once

#include <optional>

#include "adapters/probe/environment.h"
#include "core/model/observation.h"
#include "core/model/target.h"
#include "net/fault.h"
#include "net/http_client.h"

namespace allclear::probe {

Phase to_phase(net::FaultPhase phase);
Reason to_reason(net::FaultKind kind);
ProbeError to_error(net::Fault fault);
PhaseTimings to_timings(const net::PhaseTimes& times);
std::optional<CertificateFacts> to_facts(const std::shared_ptr<const net::PeerCertificate>& certificate);
// Timings, address, certificate.
void put_trace(Observation& observation, net::Trace trace);

net::IpFamily to_family(AddressFamily family);
net::HttpUrl to_url(const Url& url);
// `host` is verified unless the options name another server.
net::TlsWish to_wish(const TlsOptions& options, const std::string& host);
net::Place to_place(const ProbeEnvironment& environment, const std::string& host, std::uint16_t port,
                    const NetworkOptions& options);

}  // namespace allclear::probe
