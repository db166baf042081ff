// The demo's own services on loopback: what a newcomer watches go up, degraded, down and back. One event loop.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include <boost/asio/io_context.hpp>

#include "base/log.h"
#include "base/result.h"
#include "base/time.h"

namespace allclear::app {

struct DemoPorts {
  std::uint16_t healthy = 0;
  std::uint16_t slow = 0;      // answers after 600 ms
  std::uint16_t flapping = 0;  // 503 for 10 s out of every 25 s, first after 8 s
  std::uint16_t failing = 0;   // always 500
  std::uint16_t secure = 0;    // TLS with a certificate that ends in three days
  std::uint16_t resolver = 0;  // DNS over UDP: knows no name
};

class DemoTargets {
 public:
  virtual ~DemoTargets() = default;
  virtual const DemoPorts& ports() const = 0;
  virtual const std::filesystem::path& ca_file() const = 0;
};

// Certificates are made anew in `folder`.
Result<std::unique_ptr<DemoTargets>> start_demo_targets(boost::asio::io_context& loop, const std::filesystem::path& folder, Log& log);

}  // namespace allclear::app
