// ProbeOptions: what all probes are told at start. Value.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "net/network_loop.h"

namespace allclear::probe {

struct ProbeOptions {
  std::string user_agent = "allclear";
  std::vector<net::AddressRange> api_targets;  // internal ranges that checks made over the API may name (S6)
  std::shared_ptr<net::TlsContexts> tls_contexts = std::make_shared<net::TlsContexts>();  // share it between loops
  net::ChainCaching chain_caching = net::ChainCaching::on;
  std::string system_resolvers;  // "ip:port,…" in place of /etc/resolv.conf's; their silence is our own fault (R12)
};

}  // namespace allclear::probe
