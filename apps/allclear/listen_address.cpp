#include "apps/allclear/listen_address.h"

#include <charconv>

#include <fmt/format.h>

namespace allclear::app {

Result<ListenAddress> parse_listen_address(std::string_view text) {
  const auto expected = [&] { return failure(fmt::format("expected HOST:PORT such as 127.0.0.1:8080, got \"{}\"", text)); };
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return expected();
  std::string_view host = text.substr(0, colon);
  const std::string_view port_text = text.substr(colon + 1);
  if (host.size() >= 2 && host.front() == '[' && host.back() == ']') {
    host = host.substr(1, host.size() - 2);
  } else if (host.find(':') != std::string_view::npos) {
    return expected();
  }
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(port_text.data(), port_text.data() + port_text.size(), port);
  if (port_text.empty() || error != std::errc{} || end != port_text.data() + port_text.size()) return expected();
  return ListenAddress{host.empty() ? "0.0.0.0" : std::string(host), port};
}

std::string page_address(const std::string& host, std::uint16_t port, bool secure) {
  const bool everywhere = host == "0.0.0.0" || host == "::";
  const std::string shown = everywhere ? "localhost" : host.find(':') != std::string::npos ? "[" + host + "]" : host;
  return fmt::format("{}://{}:{}/", secure ? "https" : "http", shown, port);
}

}  // namespace allclear::app
