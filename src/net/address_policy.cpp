#include "net/address_policy.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>

#include <boost/asio/ip/address_v4.hpp>
#include <boost/asio/ip/address_v6.hpp>

namespace allclear::net {
namespace {

using boost::asio::ip::address;
using boost::asio::ip::address_v4;
using boost::asio::ip::address_v6;
using Bytes = address_v6::bytes_type;

struct RangeV4 {
  std::uint32_t first;
  unsigned bits;
  AddressScope scope;
};

// IANA's special-purpose registry; the first that fits decides.
constexpr std::array<RangeV4, 16> special_v4{{
    {0x00000000, 8, AddressScope::never_allowed},   // this network, unspecified
    {0xA9FE0000, 16, AddressScope::never_allowed},  // link-local, 169.254.169.254 among them
    {0x646464C8, 32, AddressScope::never_allowed},  // 100.100.100.200: metadata (Alibaba)
    {0xC00000C0, 32, AddressScope::never_allowed},  // 192.0.0.192: metadata (Oracle)
    {0xA83F8110, 32, AddressScope::never_allowed},  // 168.63.129.16: the platform's channel (Azure)
    {0xE0000000, 4, AddressScope::never_allowed},   // multicast
    {0xF0000000, 4, AddressScope::never_allowed},   // reserved, broadcast
    {0x7F000000, 8, AddressScope::internal},        // loopback
    {0x0A000000, 8, AddressScope::internal},
    {0xAC100000, 12, AddressScope::internal},
    {0xC0A80000, 16, AddressScope::internal},
    {0x64400000, 10, AddressScope::internal},       // CGNAT
    {0xC0000000, 24, AddressScope::internal},       // IETF assignments
    {0xC6120000, 15, AddressScope::internal},       // benchmarking
    {0xC0586300, 24, AddressScope::never_allowed},  // 6to4 relay anycast, withdrawn
    {0x00000000, 0, AddressScope::open},
}};

AddressScope scope_of_v4(std::uint32_t value) {
  const auto fits = [&](const RangeV4& range) {
    return range.bits == 0 || (value >> (32 - range.bits)) == (range.first >> (32 - range.bits));
  };
  return std::find_if(special_v4.begin(), special_v4.end(), fits)->scope;
}

std::uint32_t v4_at(const Bytes& bytes, std::size_t offset) {
  return (static_cast<std::uint32_t>(bytes[offset]) << 24) | (static_cast<std::uint32_t>(bytes[offset + 1]) << 16) |
         (static_cast<std::uint32_t>(bytes[offset + 2]) << 8) | static_cast<std::uint32_t>(bytes[offset + 3]);
}

bool same_bits(const Bytes& a, const Bytes& b, unsigned bits) {
  const std::size_t whole = bits / 8;
  if (std::memcmp(a.data(), b.data(), whole) != 0) return false;
  const unsigned rest = bits % 8;
  return rest == 0 || (a[whole] >> (8 - rest)) == (b[whole] >> (8 - rest));
}

struct RangeV6 {
  Bytes first;
  unsigned bits;
  AddressScope scope;
};

constexpr std::array<RangeV6, 8> special_v6{{
    {{0xFD, 0x00, 0x0E, 0xC2}, 32, AddressScope::never_allowed},  // fd00:ec2::: metadata (AWS)
    {{0xFD, 0x20, 0x00, 0xCE}, 32, AddressScope::never_allowed},  // fd20:ce::: metadata (Google)
    {{0xFE, 0x80}, 10, AddressScope::never_allowed},              // link-local
    {{0xFE, 0xC0}, 10, AddressScope::never_allowed},              // site-local, withdrawn
    {{0xFF}, 8, AddressScope::never_allowed},                     // multicast
    {{0x20, 0x01, 0x00, 0x00}, 32, AddressScope::never_allowed},  // Teredo wraps any IPv4 address
    {{0x01, 0x00}, 64, AddressScope::never_allowed},              // discard
    {{0xFC}, 7, AddressScope::internal},                          // ULA
}};

AddressScope scope_of_v6(const Bytes& bytes) {
  constexpr Bytes nat64{0x00, 0x64, 0xFF, 0x9B};
  constexpr Bytes local_nat64{0x00, 0x64, 0xFF, 0x9B, 0x00, 0x01};
  constexpr Bytes six_to_four{0x20, 0x02};
  constexpr Bytes mapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
  constexpr Bytes zero{};
  Bytes loopback{};
  loopback[15] = 1;
  if (bytes == zero) return AddressScope::never_allowed;
  if (bytes == loopback) return AddressScope::internal;
  if (same_bits(bytes, mapped, 96) || same_bits(bytes, zero, 96) || same_bits(bytes, nat64, 96)) {
    return scope_of_v4(v4_at(bytes, 12));
  }
  if (same_bits(bytes, six_to_four, 16)) return scope_of_v4(v4_at(bytes, 2));
  if (same_bits(bytes, local_nat64, 48)) {
    const bool denied = scope_of_v4(v4_at(bytes, 12)) == AddressScope::never_allowed;
    return denied ? AddressScope::never_allowed : AddressScope::internal;
  }
  for (const RangeV6& range : special_v6) {
    if (same_bits(bytes, range.first, range.bits)) return range.scope;
  }
  return AddressScope::open;
}

Bytes as_v6(const address& any) {
  if (any.is_v6()) return any.to_v6().to_bytes();
  return boost::asio::ip::make_address_v6(boost::asio::ip::v4_mapped, any.to_v4()).to_bytes();
}

}  // namespace

AddressScope scope_of(const address& any) {
  return any.is_v4() ? scope_of_v4(any.to_v4().to_uint()) : scope_of_v6(any.to_v6().to_bytes());
}

Result<AddressRange> AddressRange::parse(std::string_view text) {
  const std::size_t slash = text.find('/');
  boost::system::error_code error;
  const address first = boost::asio::ip::make_address(std::string(text.substr(0, slash)), error);
  if (error) return failure("expected an address range such as 10.0.0.0/8, not \"" + std::string(text) + "\"");
  const unsigned most = first.is_v4() ? 32 : 128;
  unsigned bits = most;
  if (slash != std::string_view::npos) {
    const std::string_view length = text.substr(slash + 1);
    const auto [end, problem] = std::from_chars(length.data(), length.data() + length.size(), bits);
    if (problem != std::errc{} || end != length.data() + length.size() || bits > most) {
      return failure("expected a prefix length of 0 to " + std::to_string(most) + " in \"" + std::string(text) + "\"");
    }
  }
  return AddressRange(first, first.is_v4() ? bits + 96 : bits);
}

bool AddressRange::contains(const address& any) const { return same_bits(as_v6(any), as_v6(first_), bits_); }

bool AddressPolicy::permits(const address& any, NamedBy named_by) const {
  switch (scope_of_(any)) {
    case AddressScope::open: return true;
    case AddressScope::never_allowed: return false;
    case AddressScope::internal:
      return (internal_ == InternalAddresses::allowed && named_by == NamedBy::check) || is_listed(any);
  }
  return false;
}

NamedBy AddressPolicy::after_first_hop(const address& answered) const {
  const bool is_ours = scope_of_(answered) == AddressScope::internal || is_listed(answered);
  return is_ours ? NamedBy::check : NamedBy::redirect_from_internet;
}

bool AddressPolicy::is_listed(const address& any) const {
  return std::any_of(listed_.begin(), listed_.end(), [&](const AddressRange& range) { return range.contains(any); });
}

}  // namespace allclear::net
