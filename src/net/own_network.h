// This machine's way out: its default gateways and its name servers, as the system's files have them. Any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace allclear::net {

// Of /proc/net/route's text (Linux): IPv4 addresses, without repetition.
std::vector<std::string> parse_gateways(std::string_view route_table);
// Of resolv.conf's text: "ip" of each nameserver line, without repetition and without a scope.
std::vector<std::string> parse_name_servers(std::string_view resolv_conf);

// Empty when there are none or the file cannot be read.
std::vector<std::string> default_gateways();
std::vector<std::string> system_name_servers();

}  // namespace allclear::net
