// ProbeEnvironment: what every probe of one loop works with. One loop only.
#pragma once

#include "adapters/probe/options.h"
#include "core/model/target.h"
#include "net/network_loop.h"

namespace allclear::probe {

struct ProbeEnvironment {
  ProbeEnvironment(boost::asio::io_context& loop, ProbeOptions options);

  const net::AddressPolicy& policy_for(TargetOrigin origin) const;

  std::string user_agent;
  std::string system_resolvers;  // in place of /etc/resolv.conf's; empty: those
  net::NetworkLoop network;
  net::AddressPolicy config_policy;
  net::AddressPolicy api_policy;
};

}  // namespace allclear::probe
