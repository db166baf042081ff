// The floors that probes are measured against: HTTP by bare epoll, HTTPS by bare blocking OpenSSL.
#pragma once

#include <cstdint>
#include <string>

#include "base/time.h"

namespace allclear::bench {

// All loopback: checks are spread over 127.0.0.1 … 127.0.0.64, else the ports of one pair of addresses run out.
std::uint32_t loopback_address(int number);

// `count` exchanges, `in_flight` at a time, as fast as they go. Returns how many were answered with 200.
int raw_saturated(std::uint16_t port, int count, int in_flight);
// One exchange started every `each`, exactly then.
int raw_paced(std::uint16_t port, int count, microseconds each);
// One full handshake and GET after the other. `ca_file` is parsed once.
int raw_tls(std::uint16_t port, const std::string& ca_file, int count);

}  // namespace allclear::bench
