#include "adapters/config/target_fields.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "adapters/config/address.h"
#include "adapters/config/diagnostic.h"
#include "adapters/config/keys.h"
#include "base/characters.h"

namespace allclear::config {
namespace {

constexpr std::string_view schemes[] = {"http",          "https",         "tcp", "tls", "dns",  "icmp",
                                        "smtp+starttls", "imap+starttls", "ws",  "wss", "grpc", "grpcs"};
constexpr std::string_view later_schemes[] = {"ws", "wss", "grpc", "grpcs"};  // taken, not built yet
constexpr std::string_view record_types[] = {"A", "AAAA", "CNAME", "MX", "NS", "TXT", "SOA", "SRV", "CAA", "PTR"};
constexpr std::string_view methods[] = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"};

template <std::size_t Size>
bool contains(const std::string_view (&words)[Size], std::string_view word) {
  return std::find(std::begin(words), std::end(words), word) != std::end(words);
}

constexpr unsigned bit(ProbeKind kind) { return 1U << static_cast<unsigned>(kind); }
constexpr unsigned http_only = bit(ProbeKind::http);
constexpr unsigned with_tls = bit(ProbeKind::http) | bit(ProbeKind::tls);

struct Applicability {
  std::string_view key;
  unsigned kinds;
};
// Keys that are not here apply to every kind.
constexpr Applicability applicability[] = {
    {"method", http_only},
    {"headers", http_only},
    {"body", http_only},
    {"basic_auth", http_only},
    {"bearer", http_only},
    {"bearer_file", http_only},
    {"follow_redirects", http_only},
    {"max_redirects", http_only},
    {"keep_alive", http_only},
    {"user_agent", http_only},
    {"proxy", http_only},
    {"verify", with_tls},
    {"ca_file", with_tls},
    {"client_cert_file", with_tls},
    {"client_key_file", with_tls},
    {"server_name", with_tls},
    {"send", bit(ProbeKind::tcp)},
    {"type", bit(ProbeKind::dns)},
    {"expect.status", http_only},
    {"expect.header", http_only},
    {"expect.final_url", http_only},
    {"expect.json", http_only},
    {"expect.body", http_only | bit(ProbeKind::tcp)},
    {"expect.certificate", with_tls},
    {"expect.answer", bit(ProbeKind::dns)},
};

unsigned kinds_of(std::string_view key) {
  for (const Applicability& one : applicability) {
    if (one.key == key) return one.kinds;
  }
  return ~0U;
}

// Makes one target; collects problems on the way.
class TargetMaker {
 public:
  explicit TargetMaker(const TargetFields& fields) : fields_(fields) {}

  TargetOutcome make() {
    const auto parts = parse_url(fields_.url);
    if (!parts) {
      problem("url", parts.error().message);
    } else {
      target_ = by_scheme(*parts);
    }
    if (!problems_.empty()) target_.reset();
    return {std::move(target_), std::move(problems_)};
  }

 private:
  void problem(std::string_view field, std::string message, std::size_t item = 0) {
    problems_.push_back({field, std::move(message), item});
  }

  std::optional<Target> by_scheme(const UrlParts& parts) {
    if (parts.scheme == "http" || parts.scheme == "https") return http(parts);
    if (parts.scheme == "dns") return dns(parts);
    if (contains(later_schemes, parts.scheme)) return UnsupportedTarget{parts.scheme};
    if (!contains(schemes, parts.scheme)) {
      const std::string_view close = nearest(parts.scheme, schemes);
      problem("url", close.empty() ? fmt::format("unknown scheme; expected one of: {}", fmt::join(schemes, ", "))
                                   : fmt::format("unknown scheme; did you mean {}://?", close));
      return std::nullopt;
    }
    if (parts.host.empty()) problem("url", fmt::format("expected a host, such as {}://example.com", parts.scheme));
    if ((!parts.path.empty() && parts.path != "/") || !parts.query.empty()) {
      problem("url", fmt::format("{} has no path or query", parts.scheme));
    }
    if (parts.scheme == "tcp") return tcp(parts);
    if (parts.scheme == "icmp") return icmp(parts);
    return tls(parts);
  }

  Target http(const UrlParts& parts) {
    HttpTarget target;
    if (auto url = to_http_url(parts)) {
      target.url = std::move(*url);
    } else {
      problem("url", url.error().message);
    }
    target.request = http_request();
    target.tls = tls_options();
    target.network = network();
    return target;
  }

  HttpRequest http_request() {
    HttpRequest request;
    request.method = fields_.method.value_or("GET");
    if (!is_method(request.method)) problem("method", fmt::format("expected one of: {}", fmt::join(methods, ", ")));
    request.headers = fields_.headers;
    request.body = fields_.body.value_or("");
    request.basic_auth = fields_.basic_auth;
    request.bearer = fields_.bearer.value_or("");
    if (!is_header_value(request.bearer)) problem("bearer", "expected a token on one line");
    if (fields_.basic_auth && fields_.bearer) problem("bearer", "write basic_auth or bearer, not both");
    request.follow_redirects = fields_.follow_redirects.value_or(true);
    request.max_redirects = fields_.max_redirects.value_or(request.max_redirects);
    request.keep_alive = fields_.keep_alive.value_or(false);
    request.user_agent = fields_.user_agent.value_or("");
    if (!is_header_value(request.user_agent)) problem("user_agent", "expected text on one line");
    if (fields_.proxy) request.proxy = proxy(*fields_.proxy);
    return request;
  }

  std::optional<Url> proxy(const std::string& text) {
    auto url = parse_http_url(text);
    if (url && url->scheme == Scheme::http && url->path == "/") return *url;
    problem("proxy", url ? "expected a proxy such as http://proxy.example.com:3128" : url.error().message);
    return std::nullopt;
  }

  Target tcp(const UrlParts& parts) {
    if (!parts.port) problem("url", "expected a port, such as tcp://db.example.com:5432");
    return TcpTarget{parts.host, parts.port.value_or(0), fields_.send.value_or(""), fields_.contains, network()};
  }

  Target icmp(const UrlParts& parts) {
    if (parts.port) problem("url", "icmp has no port");
    IcmpTarget target;
    target.host = parts.host;
    target.network = network();
    return target;
  }

  Target tls(const UrlParts& parts) {
    TlsTarget target;
    target.host = parts.host;
    std::uint16_t usual_port = 443;
    if (parts.scheme == "smtp+starttls") {
      target.start_tls = StartTls::smtp;
      usual_port = 587;
    } else if (parts.scheme == "imap+starttls") {
      target.start_tls = StartTls::imap;
      usual_port = 143;
    }
    target.port = parts.port.value_or(usual_port);
    target.tls = tls_options();
    target.network = network();
    return target;
  }

  // dns://example.com?type=MX, or with the resolver as RFC 4501 writes it: dns://192.0.2.53/example.com?type=MX
  Target dns(const UrlParts& parts) {
    DnsTarget target;
    target.network = network();
    const std::string in_path = parts.path.starts_with('/') ? parts.path.substr(1) : parts.path;
    if (in_path.empty()) {
      target.name = parts.host;
      if (parts.port) problem("url", "a port belongs to a resolver: dns://192.0.2.53:53/example.com");
    } else {
      target.name = in_path;
      if (!parts.host.empty()) name_resolver(parts, target);
    }
    target.type = record_type(parts.query);
    if (!is_host(target.name) || (is_ip_address(target.name) && target.type != "PTR")) {
      problem("url", "expected a name to ask for, such as dns://example.com?type=A or dns://192.0.2.53/example.com");
    }
    for (std::size_t i = 0; i < fields_.answers.size(); ++i)
      target.expected.push_back(canonical_answer(i, target.type));
    return target;
  }

  // As the probe writes what it saw: addresses in their shortest form, names in lower case without the final dot.
  std::string canonical_answer(std::size_t item, std::string_view type) {
    const std::string& answer = fields_.answers[item];
    if (type == "TXT" || type == "CAA") return answer;
    if (type == "A" || type == "AAAA") {
      const auto address = canonical_address(answer);
      if (!address || (address->find(':') != std::string::npos) != (type == "AAAA")) {
        problem("answer", fmt::format("expected an address of type {}", type), item);
      }
      return address.value_or(answer);
    }
    std::string text = lower_case(answer);
    if (text.ends_with('.') && text.size() > 1) text.pop_back();
    return text;
  }

  void name_resolver(const UrlParts& parts, DnsTarget& target) {
    if (!is_ip_address(parts.host)) problem("url", "the resolver before the name must be an IP address");
    if (fields_.resolver) problem("resolver", "the url names a resolver already");
    const bool v6 = parts.host.find(':') != std::string::npos;
    target.network.edit().resolver =
        !parts.port ? parts.host : fmt::format("{}{}{}:{}", v6 ? "[" : "", parts.host, v6 ? "]" : "", *parts.port);
  }

  std::string record_type(std::string_view query) {
    std::string type = fields_.type.value_or("A");
    std::string_view field = "type";
    if (!query.empty()) {
      if (!query.starts_with("type=")) {
        problem("url", "expected ?type=A (or another record type) after the name");
        return type;
      }
      if (fields_.type) problem("type", "the url names a type already");
      type = query.substr(5);
      field = "url";
    }
    for (char& c : type) {
      if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    }
    if (!contains(record_types, type))
      problem(field, fmt::format("expected a record type of: {}", fmt::join(record_types, ", ")));
    return type;
  }

  TlsOptions tls_options() {
    if (fields_.client_cert_file.has_value() != fields_.client_key_file.has_value()) {
      problem(fields_.client_cert_file ? "client_cert_file" : "client_key_file",
              "a client certificate needs its key and the other way round");
    }
    const std::string name = fields_.server_name.value_or("");
    if (!name.empty() && !is_host(name)) problem("server_name", "expected a host name");
    return {fields_.verify.value_or(true), fields_.ca_file.value_or(""), fields_.client_cert_file.value_or(""),
            fields_.client_key_file.value_or(""), name};
  }

  NetworkOptions network() {
    const std::string resolver = fields_.resolver.value_or("");
    if (!resolver.empty() && !is_resolver(resolver))
      problem("resolver", "expected an IP address, with a port when it is not 53");
    return {fields_.ip.value_or(AddressFamily::any), resolver, TargetOrigin::config};
  }

  const TargetFields& fields_;
  std::optional<Target> target_;
  std::vector<FieldProblem> problems_;
};

}  // namespace

ProbeKind probe_kind(const Target& target) {
  // Heartbeats are not made from these fields.
  constexpr std::array kinds{ProbeKind::http, ProbeKind::tcp,         ProbeKind::tls,        ProbeKind::dns,
                             ProbeKind::icmp, ProbeKind::unsupported, ProbeKind::unsupported};
  static_assert(kinds.size() == std::variant_size_v<Target>);
  return kinds[target.index()];
}

bool applies(std::string_view key, ProbeKind kind) {
  return kind == ProbeKind::unsupported || (kinds_of(key) & bit(kind)) != 0;
}

std::string explain_not_applicable(std::string_view key) {
  constexpr std::pair<ProbeKind, std::string_view> names[] = {{ProbeKind::http, "http and https"},
                                                              {ProbeKind::tcp, "tcp"},
                                                              {ProbeKind::tls, "tls and starttls"},
                                                              {ProbeKind::dns, "dns"}};
  std::string list;
  for (const auto& [kind, name] : names) {
    if ((kinds_of(key) & bit(kind)) != 0) list += (list.empty() ? "" : ", ") + std::string(name);
  }
  return fmt::format("applies to {} checks only", list);
}

TargetOutcome make_target(const TargetFields& fields) { return TargetMaker(fields).make(); }

bool is_method(std::string_view text) { return contains(methods, text); }

bool is_header_name(std::string_view text) {
  constexpr std::string_view marks = "!#$%&'*+-.^_`|~";  // RFC 9110, token
  return !text.empty() && std::all_of(text.begin(), text.end(), [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           marks.find(c) != std::string_view::npos;
  });
}

bool is_header_value(std::string_view text) { return !has_control(text); }

}  // namespace allclear::config
