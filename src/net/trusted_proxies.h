// TrustedProxies: whose X-Forwarded-For is believed, and the client address that follows from it. Immutable; any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/ip/address_v6.hpp>

#include "base/result.h"

namespace allclear::net {

class TrustedProxies {
 public:
  TrustedProxies() = default;
  // Addresses or CIDR ranges, IPv4 or IPv6. Error: the entry that is neither.
  static Result<TrustedProxies> parse(const std::vector<std::string>& ranges);

  bool contains(std::string_view address) const;
  // The rightmost address of the list that is not a trusted proxy; the peer's when the peer is not trusted or the list
  // says nothing usable.
  std::string client_address(const std::string& peer, std::string_view forwarded_for) const;

 private:
  struct Range {
    boost::asio::ip::address_v6::bytes_type network;  // IPv4 as v4-mapped
    unsigned bits = 128;
  };
  std::vector<Range> ranges_;
};

}  // namespace allclear::net
