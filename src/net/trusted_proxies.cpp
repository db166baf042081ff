#include "net/trusted_proxies.h"

#include <charconv>
#include <optional>

#include <boost/asio/ip/address.hpp>

namespace allclear::net {
namespace {

namespace ip = boost::asio::ip;

std::optional<ip::address> parse_address(std::string_view text) {
  boost::system::error_code error;
  const ip::address address = ip::make_address(std::string(text), error);
  if (error) return std::nullopt;
  return address;
}

ip::address_v6 widened(const ip::address& address) {
  return address.is_v4() ? ip::make_address_v6(ip::v4_mapped, address.to_v4()) : address.to_v6();
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

bool same_prefix(const ip::address_v6::bytes_type& a, const ip::address_v6::bytes_type& b, unsigned bits) {
  for (std::size_t i = 0; i < a.size() && bits > 0; ++i) {
    const unsigned here = bits < 8 ? bits : 8;
    const unsigned mask = (0xFFU << (8 - here)) & 0xFFU;
    if ((a[i] & mask) != (b[i] & mask)) return false;
    bits -= here;
  }
  return true;
}

}  // namespace

Result<TrustedProxies> TrustedProxies::parse(const std::vector<std::string>& ranges) {
  TrustedProxies proxies;
  for (const std::string& text : ranges) {
    const auto slash = text.find('/');
    const auto address = parse_address(std::string_view(text).substr(0, slash));
    if (!address) return failure("\"" + text + "\" is not an address or a range such as 10.0.0.0/8");
    const unsigned width = address->is_v4() ? 32 : 128;
    unsigned bits = width;
    if (slash != std::string::npos) {
      const char* end = text.data() + text.size();
      const auto [used, error] = std::from_chars(text.data() + slash + 1, end, bits);
      if (error != std::errc{} || used != end || bits > width)
        return failure("\"" + text + "\" has a bad prefix length");
    }
    proxies.ranges_.push_back({widened(*address).to_bytes(), bits + 128 - width});
  }
  return proxies;
}

bool TrustedProxies::contains(std::string_view address) const {
  if (ranges_.empty()) return false;
  const auto parsed = parse_address(address);
  if (!parsed) return false;
  const auto bytes = widened(*parsed).to_bytes();
  for (const Range& range : ranges_) {
    if (same_prefix(range.network, bytes, range.bits)) return true;
  }
  return false;
}

std::string TrustedProxies::client_address(const std::string& peer, std::string_view forwarded_for) const {
  if (!contains(peer)) return peer;
  std::string client = peer;
  while (!forwarded_for.empty()) {
    const auto comma = forwarded_for.rfind(',');
    const std::string_view last =
        trimmed(comma == std::string_view::npos ? forwarded_for : forwarded_for.substr(comma + 1));
    const auto address = parse_address(last);
    if (!address) return client;  // nothing behind an unreadable entry can be believed
    client = address->to_string();
    if (!contains(client)) return client;
    forwarded_for = comma == std::string_view::npos ? std::string_view{} : forwarded_for.substr(0, comma);
  }
  return client;
}

}  // namespace allclear::net
