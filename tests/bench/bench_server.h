// BenchServer: the peer of the probe's benches, in a process of its own, so that only the client's CPU is counted.
#pragma once

#include <sys/types.h>

#include <cstdint>

#include "tests/support/test_certificates.h"

namespace allclear::bench {

class BenchServer {
 public:
  // Plain HTTP on every loopback address, one epoll loop; each connection gets one answer and is closed.
  static BenchServer plain();
  // The same over TLS, one connection after the other.
  static BenchServer tls(const test::Identity& identity);
  BenchServer(BenchServer&& other) noexcept;
  BenchServer& operator=(BenchServer&&) = delete;
  ~BenchServer();

  std::uint16_t port() const { return port_; }

 private:
  BenchServer(pid_t child, std::uint16_t port) : child_(child), port_(port) {}
  template <class Serve>
  static BenchServer start(Serve serve);

  pid_t child_;
  std::uint16_t port_;
};

}  // namespace allclear::bench
