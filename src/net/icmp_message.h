// Echo requests and replies as bytes (RFC 792, RFC 4443). Pure.
#pragma once

#include <array>
#include <cstdint>
#include <span>

namespace allclear::net {

enum class IcmpVersion : std::uint8_t { v4, v6 };

struct Echo {
  std::uint16_t identifier = 0;
  std::uint16_t sequence = 0;
  std::uint64_t cookie = 0;  // tells our requests from any other's
};

inline constexpr std::size_t echo_size = 8 + 8;
using EchoBytes = std::array<unsigned char, echo_size>;

EchoBytes echo_request(IcmpVersion version, const Echo& echo);

enum class EchoFraming : std::uint8_t { message, with_ip_header };  // raw IPv4 sockets deliver the IP header too
// Whether `packet` answers `echo`. The identifier is not compared: ping sockets replace it.
bool is_reply_to(std::span<const unsigned char> packet, IcmpVersion version, EchoFraming framing, const Echo& echo);

}  // namespace allclear::net
