// ProbeRunner: one event loop with the production probes on it; runs a check to its end. One thread.
#pragma once

#include <memory>
#include <vector>

#include <boost/asio/io_context.hpp>

#include "adapters/probe/registry.h"
#include "core/model/check.h"

namespace allclear::test {

class SystemClock final : public Clock {
 public:
  Instant now() const override;
};

class ProbeRunner {
 public:
  explicit ProbeRunner(probe::ProbeOptions options = {});

  Observation observe(Target target, milliseconds timeout = milliseconds(5'000));
  Evidence gather(Target target, milliseconds timeout = milliseconds(8'000));
  // All at once.
  std::vector<Observation> observe_all(const std::vector<Target>& targets, milliseconds timeout);
  // Starts one, cancels it after `after`; true when it ended by operation_aborted and without a result.
  bool ends_when_cancelled(Target target, milliseconds after);

  boost::asio::io_context& loop() { return loop_; }
  Probe& probe() { return *probe_; }

 private:
  boost::asio::io_context loop_{1};
  SystemClock clock_;
  std::unique_ptr<Probe> probe_;
};

inline Reason reason_of(const Observation& seen) { return seen.error ? seen.error->reason : Reason::ok; }

// Of this process: what must not grow.
std::size_t open_descriptors();
std::size_t resident_bytes();

HttpTarget http_target(std::uint16_t port, const std::string& path = "/");
HttpTarget https_target(std::uint16_t port, const std::string& ca_file, const std::string& server_name = "localhost");

}  // namespace allclear::test
