// connect: a TCP connection to one of a host's addresses, happy eyeballs (RFC 8305). One loop only.
// Judges every actual socket address by the policy just before it connects (S6).
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "net/address_policy.h"
#include "net/deadline.h"
#include "net/fault.h"
#include "net/stream.h"

namespace allclear::net {

enum class IpFamily : std::uint8_t { any, ipv4, ipv6 };

using Addresses = std::vector<boost::asio::ip::address>;

struct Connected {
  TcpSocket socket;
  std::string address;  // "ip:port", brackets around IPv6
  boost::asio::ip::address peer;
};

// The next address is tried when the one before failed or is silent for this long.
inline constexpr milliseconds eyeballs_stagger{250};

// Addresses in the order in which they are to be tried: the preferred family first, then alternating.
Addresses in_connect_order(Addresses addresses, IpFamily family);

// `last_tried` is set also when this fails, then to the fault's. The fault is that of the address that told most: a target's own fault
// wins over one of this machine (no IPv6 route, say).
Task<Outcome<Connected>> connect(const Addresses& addresses, std::uint16_t port, const AddressPolicy& policy,
                                 NamedBy named_by, Deadline& deadline, std::string& last_tried);

}  // namespace allclear::net
