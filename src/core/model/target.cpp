#include "core/model/target.h"

#include <algorithm>

#include <fmt/format.h>

namespace allclear {
namespace {

std::string bracketed(const std::string& host) { return host.find(':') == std::string::npos ? host : "[" + host + "]"; }

// Of a dns target: "192.0.2.53/" before the name when a name server was chosen.
std::string chosen_resolver(const std::string& resolver) {
  if (resolver.empty()) return {};
  const bool bare_ipv6 = !resolver.starts_with('[') && std::count(resolver.begin(), resolver.end(), ':') > 1;
  return (bare_ipv6 ? "[" + resolver + "]" : resolver) + "/";
}

template <class... Callables>
struct Overloaded : Callables... {
  using Callables::operator()...;
};
template <class... Callables>
Overloaded(Callables...) -> Overloaded<Callables...>;

}  // namespace

std::string to_string(const Url& url) {
  const bool secure = url.scheme == Scheme::https;
  const bool usual_port = url.port == (secure ? 443 : 80);
  return fmt::format("{}://{}{}{}", secure ? "https" : "http", bracketed(url.host), usual_port ? "" : fmt::format(":{}", url.port),
                     url.path);
}

std::string_view kind_of(const Target& target) {
  return std::visit(Overloaded{
                        [](const HttpTarget& http) -> std::string_view { return http.url.scheme == Scheme::https ? "https" : "http"; },
                        [](const TcpTarget&) -> std::string_view { return "tcp"; },
                        [](const TlsTarget& tls) -> std::string_view {
                          switch (tls.start_tls) {
                            case StartTls::none: return "tls";
                            case StartTls::smtp: return "smtp+starttls";
                            case StartTls::imap: return "imap+starttls";
                          }
                          return "tls";
                        },
                        [](const DnsTarget&) -> std::string_view { return "dns"; },
                        [](const IcmpTarget&) -> std::string_view { return "icmp"; },
                        [](const HeartbeatTarget&) -> std::string_view { return "heartbeat"; },
                        [](const UnsupportedTarget& other) -> std::string_view { return other.kind; },
                    },
                    target);
}

std::string_view host_of(const Target& target) {
  return std::visit(Overloaded{
                        [](const HttpTarget& http) -> std::string_view { return http.url.host; },
                        [](const TcpTarget& tcp) -> std::string_view { return tcp.host; },
                        [](const TlsTarget& tls) -> std::string_view { return tls.host; },
                        [](const DnsTarget& dns) -> std::string_view {
                          return dns.network->resolver.empty() ? dns.name : dns.network->resolver;
                        },
                        [](const IcmpTarget& icmp) -> std::string_view { return icmp.host; },
                        [](const HeartbeatTarget&) -> std::string_view { return {}; },
                        [](const UnsupportedTarget&) -> std::string_view { return {}; },
                    },
                    target);
}

std::string describe(const Target& target) {
  const auto authority = [&](const std::string& host, std::uint16_t port) {
    return fmt::format("{}://{}:{}", kind_of(target), bracketed(host), port);
  };
  return std::visit(Overloaded{
                        [](const HttpTarget& http) { return to_string(http.url); },
                        [&](const TcpTarget& tcp) { return authority(tcp.host, tcp.port); },
                        [&](const TlsTarget& tls) { return authority(tls.host, tls.port); },
                        [](const DnsTarget& dns) {
                          return fmt::format("dns://{}{}?type={}", chosen_resolver(dns.network->resolver), dns.name,
                                             dns.type);
                        },
                        [](const IcmpTarget& icmp) { return fmt::format("icmp://{}", bracketed(icmp.host)); },
                        [](const HeartbeatTarget&) { return std::string("heartbeat"); },
                        [](const UnsupportedTarget& other) { return other.kind; },
                    },
                    target);
}

}  // namespace allclear
