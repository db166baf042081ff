// AddressPolicy: which socket addresses a check may talk to (S6), judged on the actual address at connect.
// Values; any thread. Knows nothing of names: a name is judged by what it resolves to.
#pragma once

#include <string_view>
#include <vector>

#include <boost/asio/ip/address.hpp>

#include "base/result.h"

namespace allclear::net {

enum class AddressScope : std::uint8_t {
  open,          // anywhere on the Internet
  internal,      // loopback, RFC 1918, ULA, CGNAT, NAT64's local prefix
  never_allowed  // link-local, cloud metadata, unspecified, multicast, broadcast, reserved
};

// After unwrapping IPv4-mapped and -compatible, NAT64 (64:ff9b::/96) and 6to4 (2002::/16) addresses. NAT64's local
// prefix (64:ff9b:1::/48) is internal, but never allowed when the IPv4 address in its last four bytes is not.
AddressScope scope_of(const boost::asio::ip::address& address);

// A CIDR range such as "10.0.0.0/8" or "fd00::/8"; a bare address is a range of one.
class AddressRange {
 public:
  static Result<AddressRange> parse(std::string_view text);
  // IPv4-mapped addresses are compared as IPv4.
  bool contains(const boost::asio::ip::address& address) const;

 private:
  AddressRange(boost::asio::ip::address first, unsigned bits) : first_(first), bits_(bits) {}

  boost::asio::ip::address first_;
  unsigned bits_;
};

enum class InternalAddresses : std::uint8_t { allowed, only_listed };

// Who says where to connect. A redirect counts as the check's own word as long as the check's first hop was answered
// by an internal or a listed address.
enum class NamedBy : std::uint8_t { check, redirect_from_internet };

using Classification = AddressScope (*)(const boost::asio::ip::address&);

class AddressPolicy {
 public:
  explicit AddressPolicy(InternalAddresses internal, std::vector<AddressRange> listed = {},
                         Classification scope = scope_of)
      : internal_(internal), listed_(std::move(listed)), scope_of_(scope) {}

  // What the Internet names lies on the Internet or in a listed range, whatever the check itself may name.
  bool permits(const boost::asio::ip::address& address, NamedBy named_by = NamedBy::check) const;
  // Of the redirects that follow a first hop which this address really answered.
  NamedBy after_first_hop(const boost::asio::ip::address& answered) const;

 private:
  bool is_listed(const boost::asio::ip::address& address) const;

  InternalAddresses internal_;
  std::vector<AddressRange> listed_;
  Classification scope_of_;
};

}  // namespace allclear::net
