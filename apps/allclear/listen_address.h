// HOST:PORT as flags and output write it. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace allclear::app {

struct ListenAddress {
  std::string host;  // without brackets
  std::uint16_t port = 0;
};

// "127.0.0.1:8080", "[::1]:8080", "localhost:0", ":8080" (all addresses).
Result<ListenAddress> parse_listen_address(std::string_view text);
// "http://127.0.0.1:8080/"; an address that means "all" is shown as localhost.
std::string page_address(const std::string& host, std::uint16_t port, bool secure);

}  // namespace allclear::app
