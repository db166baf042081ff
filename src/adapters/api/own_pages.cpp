#include "adapters/api/own_pages.h"

namespace allclear::api {

bool is_loopback(std::string_view address) { return address.substr(0, 4) == "127." || address == "::1"; }

// A proxy on this host speaks for others: what it forwards is not local, also when it is not in trusted_proxies.
bool is_local(const net::HttpRequest& request) {
  return is_loopback(request.client_address) && request.header("X-Forwarded-For").empty() &&
         request.header("Forwarded").empty() && request.header("X-Real-IP").empty() && request.header("Via").empty();
}

bool is_from_own_page(const net::HttpRequest& request) {
  const std::string_view origin = request.header("Origin");
  if (origin.empty()) return request.header("Sec-Fetch-Site") == "same-origin";
  const auto scheme_end = origin.find("://");
  if (scheme_end == std::string_view::npos) return false;
  const std::string_view site = origin.substr(scheme_end + 3);
  // The scheme is not compared: a proxy may have ended the TLS. Browsers leave its usual port out, some proxies put it in.
  const std::string_view usual_port = origin.starts_with("https:") ? ":443" : ":80";
  std::string_view host = request.header("Host");
  if (host.size() == site.size() + usual_port.size() && host.ends_with(usual_port))
    host.remove_suffix(usual_port.size());
  return !host.empty() && net::equal_without_case(site, host);
}

bool is_from_this_host(const net::HttpRequest& request) {
  std::string_view host = request.header("Host");
  if (host.starts_with('[')) {
    host = host.substr(1, host.find(']') == std::string_view::npos ? 0 : host.find(']') - 1);
    return host == "::1" && is_local(request);
  }
  host = host.substr(0, host.find(':'));
  // Only an address: "127.0.0.1.example.com" is somebody's name.
  const bool is_address = host.starts_with("127.") && host.find_first_not_of("0123456789.") == std::string_view::npos;
  return (is_address || net::equal_without_case(host, "localhost")) && is_local(request);
}

}  // namespace allclear::api
