// ProbeOptions: what all probes are told at start. Value.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "net/network_loop.h"

namespace allclear::probe {

struct ProbeOptions {
  std::string user_agent = "allclear";
  // Internal ranges that checks made over the API may name, and that the Internet may redirect any check to (S6).
  std::vector<net::AddressRange> api_targets;
  // only_listed: whoever names it, an address outside api_targets is not asked, those of the Internet neither.
  enum class Reach : std::uint8_t { usual, only_listed } reach = Reach::usual;
  std::shared_ptr<net::TlsContexts> tls_contexts = std::make_shared<net::TlsContexts>();  // share it between loops
  net::ChainCaching chain_caching = net::ChainCaching::on;
  std::string system_resolvers;  // "ip:port,…" in place of /etc/resolv.conf's; their silence is our own fault (R12)
};

}  // namespace allclear::probe
