#include "net/own_network.h"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <iterator>

#include <fmt/format.h>

namespace allclear::net {
namespace {

constexpr std::string_view blanks = " \t";

std::vector<std::string_view> words_of(std::string_view line) {
  std::vector<std::string_view> words;
  for (auto at = line.find_first_not_of(blanks); at != std::string_view::npos;) {
    const auto end = std::min(line.find_first_of(blanks, at), line.size());
    words.push_back(line.substr(at, end - at));
    at = line.find_first_not_of(blanks, end);
  }
  return words;
}

template <class Take>
void each_line(std::string_view text, const Take& take) {
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    take(words_of(line));
  }
}

void add(std::vector<std::string>& found, std::string one) {
  if (std::find(found.begin(), found.end(), one) == found.end()) found.push_back(std::move(one));
}

std::string read_all(const char* path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

// Columns: interface, destination, gateway, flags …; addresses are hexadecimal in the machine's own byte order.
std::vector<std::string> parse_gateways(std::string_view route_table) {
  constexpr std::size_t digits = 8;
  std::vector<std::string> gateways;
  each_line(route_table, [&](const std::vector<std::string_view>& words) {
    if (words.size() < 4 || words[1] != "00000000" || words[2].size() != digits) return;
    std::uint32_t address = 0;
    const auto [end, error] = std::from_chars(words[2].data(), words[2].data() + digits, address, 16);
    if (error != std::errc{} || end != words[2].data() + digits || address == 0) return;
    add(gateways,
        fmt::format("{}.{}.{}.{}", address & 0xFFU, address >> 8 & 0xFFU, address >> 16 & 0xFFU, address >> 24));
  });
  return gateways;
}

std::vector<std::string> parse_name_servers(std::string_view resolv_conf) {
  std::vector<std::string> servers;
  each_line(resolv_conf, [&](const std::vector<std::string_view>& words) {
    if (words.size() < 2 || words[0] != "nameserver") return;
    add(servers, std::string(words[1].substr(0, words[1].find('%'))));
  });
  return servers;
}

std::vector<std::string> default_gateways() { return parse_gateways(read_all("/proc/net/route")); }
std::vector<std::string> system_name_servers() { return parse_name_servers(read_all("/etc/resolv.conf")); }

}  // namespace allclear::net
