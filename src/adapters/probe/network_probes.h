// TcpProbe, TlsProbe, DnsProbe, IcmpProbe: everything that is not HTTP. One of each per event loop.
#pragma once

#include "adapters/probe/environment.h"
#include "core/model/observation.h"
#include "core/ports/task.h"

namespace allclear::probe {

// Connects, sends, looks for the expected text in the first 64 KiB.
class TcpProbe {
 public:
  explicit TcpProbe(ProbeEnvironment& environment) : environment_(environment) {}
  Task<Observation> observe(const TcpTarget& target, MonotonicTime deadline);

 private:
  ProbeEnvironment& environment_;
};

// Connects, asks for TLS in the protocol's own words where it has any, and shakes hands.
class TlsProbe {
 public:
  explicit TlsProbe(ProbeEnvironment& environment) : environment_(environment) {}
  Task<Observation> observe(const TlsTarget& target, MonotonicTime deadline);

 private:
  ProbeEnvironment& environment_;
};

// One query, asked as given; addresses are asked for by name only, never from the cache.
class DnsProbe {
 public:
  explicit DnsProbe(ProbeEnvironment& environment) : environment_(environment) {}
  Task<Observation> observe(const DnsTarget& target, MonotonicTime deadline);

 private:
  ProbeEnvironment& environment_;
};

class IcmpProbe {
 public:
  explicit IcmpProbe(ProbeEnvironment& environment) : environment_(environment) {}
  Task<Observation> observe(const IcmpTarget& target, MonotonicTime deadline);

 private:
  ProbeEnvironment& environment_;
};

}  // namespace allclear::probe
