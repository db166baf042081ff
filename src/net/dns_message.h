// DnsAnswer: the records of a DNS answer as canonical text (RFC 1035, 3596, 2782, 8659). Values; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace allclear::net {

enum class DnsType : std::uint16_t {
  a = 1,
  ns = 2,
  cname = 5,
  soa = 6,
  ptr = 12,
  mx = 15,
  txt = 16,
  aaaa = 28,
  srv = 33,
  caa = 257
};
std::optional<DnsType> parse_dns_type(std::string_view text);

// "192.0.2.1" -> "1.2.0.192.in-addr.arpa"; what is no address stays as it is.
std::string reverse_name(std::string_view address_or_name);

struct DnsAnswer {
  std::vector<std::string> records;  // of the asked type, at most 256: "192.0.2.1", "10 mx.example.com"
  seconds least_ttl{0};
};

// A whole message as it came from a name server. Names are written in lower case without the final dot.
Result<DnsAnswer> parse_dns_answer(std::span<const unsigned char> message, DnsType type);

}  // namespace allclear::net
