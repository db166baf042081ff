// What a check asks: one typed target per kind of probe. Values, made by the config.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "base/shared.h"
#include "base/strong_id.h"
#include "base/time.h"
#include "core/model/calendar.h"
#include "core/model/observation.h"

namespace allclear {

enum class AddressFamily : std::uint8_t { any, ipv4, ipv6 };
enum class Scheme : std::uint8_t { http, https };
enum class StartTls : std::uint8_t { none, smtp, imap };
// Config: targets that the config file names may be private; Api: made over the API (S6).
enum class TargetOrigin : std::uint8_t { config, api };

struct Url {
  Scheme scheme = Scheme::http;
  std::uint16_t port = 80;
  std::string host;        // without brackets for IPv6 literals
  std::string path = "/";  // with the query, without the fragment

  friend bool operator==(const Url&, const Url&) = default;
};
// "https://example.com/x" without a default port; brackets around IPv6 literals.
std::string to_string(const Url& url);

struct NetworkOptions {
  AddressFamily family = AddressFamily::any;
  std::string resolver;  // "ip" or "ip:port"; empty: the system's
  TargetOrigin origin = TargetOrigin::config;

  friend bool operator==(const NetworkOptions&, const NetworkOptions&) = default;
};

struct TlsOptions {
  bool verify = true;
  std::string ca_file;           // PEM; empty: the system's bundle
  std::string client_cert_file;  // PEM; empty: none
  std::string client_key_file;
  std::string server_name;  // SNI and verified name; empty: the host

  friend bool operator==(const TlsOptions&, const TlsOptions&) = default;
};

struct Credentials {
  std::string user;
  std::string password;

  friend bool operator==(const Credentials&, const Credentials&) = default;
};

// How an HTTP target is asked for.
struct HttpRequest {
  std::string method = "GET";
  std::vector<Header> headers;
  std::string body;
  std::optional<Credentials> basic_auth;
  std::string bearer;
  bool follow_redirects = true;
  int max_redirects = 5;
  bool keep_alive = false;
  std::string user_agent;  // empty: "allclear/<version>"
  std::optional<Url> proxy;

  friend bool operator==(const HttpRequest&, const HttpRequest&) = default;
};

// What most targets have in common is shared between them: there may be 100,000 of them.
struct HttpTarget {
  Url url;
  Shared<HttpRequest> request;
  Shared<TlsOptions> tls;
  Shared<NetworkOptions> network;
};

struct TcpTarget {
  std::string host;
  std::uint16_t port = 0;
  SharedText send;
  SharedText expect;  // a substring of the answer; empty: connecting is enough
  Shared<NetworkOptions> network;
};

struct TlsTarget {
  std::string host;
  std::uint16_t port = 0;
  StartTls start_tls = StartTls::none;
  Shared<TlsOptions> tls;
  Shared<NetworkOptions> network;
};

struct DnsTarget {
  std::string name;
  std::string type = "A";             // A AAAA CNAME MX NS TXT SOA SRV CAA PTR
  std::vector<std::string> expected;  // every one must be among the answers; empty: any answer
  Shared<NetworkOptions> network;
};

struct IcmpTarget {
  std::string host;
  int count = 1;
  Shared<NetworkOptions> network;
};

// Waits for pings instead of asking: one each interval of the check, or at the times of a cron schedule.
struct HeartbeatTarget {
  std::shared_ptr<const CronTimes> cron;  // null: each interval
  milliseconds grace{0};                  // so much later than expected is still in time
  SharedText token_digest;                // SHA-256 of the token from the config, 32 bytes; empty: none there
};

// A part of the contract that is not built yet: the check is unknown with reason unsupported.
struct UnsupportedTarget {
  std::string kind;
};

using Target =
    std::variant<HttpTarget, TcpTarget, TlsTarget, DnsTarget, IcmpTarget, HeartbeatTarget, UnsupportedTarget>;

// "http", "https", "tcp", "tls", "smtp+starttls", "imap+starttls", "dns", "icmp", "heartbeat" or the unsupported kind.
std::string_view kind_of(const Target& target);
// Who is asked: a name or an address; of a dns target its chosen name server, else the name. Empty: nobody is.
std::string_view host_of(const Target& target);
// The target as a URL for operators, without credentials.
std::string describe(const Target& target);

}  // namespace allclear
