#include <charconv>

#include <fmt/format.h>

#include "adapters/config/check_target.h"
#include "adapters/config/target_fields.h"
#include "apps/allclear/check_escapes.h"
#include "apps/allclear/command.h"
#include "apps/allclear/one_probe.h"
#include "apps/allclear/waterfall.h"

namespace allclear::app {
namespace {

struct CheckFlags {
  std::string target;
  config::CheckOptions options;
  bool json = false;
  bool insecure = false;
  bool no_redirects = false;
  bool ipv4 = false;
  bool ipv6 = false;
};

// As Nagios plugins: 0 up, 1 degraded, 2 down, 3 unknown.
int exit_code_of(Verdict verdict) { return static_cast<int>(verdict); }

int check(CheckFlags flags) {
  if (flags.insecure) flags.options.verify = false;
  if (flags.no_redirects) flags.options.follow_redirects = false;
  if (flags.ipv4) flags.options.ip = AddressFamily::ipv4;
  if (flags.ipv6) flags.options.ip = AddressFamily::ipv6;
  if (flags.options.send) {
    auto bytes = unescape(*flags.options.send);
    if (!bytes) {
      fmt::print(stderr, "allclear: --send: {}\n", bytes.error().message);
      return exit_usage;
    }
    flags.options.send = std::move(*bytes);
  }
  const auto made = config::check_from_target(flags.target, flags.options);
  if (!made) {
    fmt::print(stderr, "allclear: {}\n", made.error().message);
    return exit_usage;
  }
  const Probed probed = probe_once(**made);
  const Sighting sighting{**made, probed.observation, probed.result};
  if (flags.json) {
    fmt::print("{}\n", to_json(sighting).dump(2, ' ', false, OrderedJson::error_handler_t::replace));
  } else {
    fmt::print("{}", draw_waterfall(sighting, Terminal::detect()));
  }
  return exit_code_of(probed.result.verdict);
}

// A fault of ours says nothing about the target.
int check_or_say_why_not(const CheckFlags& flags) try {
  return check(flags);
} catch (const std::exception& fault) {
  fmt::print(stderr, "allclear: {}\n", fault.what());
  return exit_code_of(Verdict::unknown);
}

// What is wrong with it, as the parser wants to be told; empty when nothing is.
std::string number_of_redirects(const std::string& text) {
  int number = -1;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool fits =
      problem == std::errc{} && end == text.data() + text.size() && number >= 0 && number <= config::most_redirects;
  return fits ? "" : fmt::format("expected a number from 0 to {} (got \"{}\")", config::most_redirects, text);
}

void add_expectations(Command command, config::CheckOptions& options) {
  Command group = command.add_group("What is expected");
  group.add_option("--expect-status", options.expect_status, "Status codes, such as 200-299,304");
  group.add_option("--degraded-above", options.degraded_above, "Slower than this is degraded, such as 800ms");
  group.add_option("--certificate", options.certificate, "Less validity left than this is degraded, such as 14d");
  group.add_option("--contains", options.contains, "Text that the body must contain");
  group.add_option("--matches", options.matches, "Regular expression (RE2) that the body must match");
  group.add_option("--json-path", options.json_path, "$.ok (exists), $.ok=true, $.load<5, $.free>10");
  group.add_option("--expect-header", options.expect_header, "Name: regular expression");
  group.add_option("--final-url", options.final_url, "Where redirects must lead");
  group.add_option("--answer", options.answers, "A record that a dns target must answer");
}

void add_request(Command command, CheckFlags& flags) {
  Command group = command.add_group("What is asked");
  config::CheckOptions& options = flags.options;
  group.add_option("--timeout", options.timeout, "For the whole check, such as 5s (default 10s)");
  group.add_option("--method", options.method, "HTTP method");
  group.add_option("--header", options.headers, "Name: value; may be repeated");
  group.add_option("--body", options.body, "Request body");
  group.add_option("--basic-auth", options.basic_auth, "User and password, as user:password");
  group.add_option("--bearer", options.bearer, "Bearer token");
  group.add_option("--user-agent", options.user_agent, "User-Agent");
  group.add_option("--max-redirects", options.max_redirects, "Redirects that are followed (default 5)")
      .check(number_of_redirects);
  group.add_flag("--no-redirects", flags.no_redirects, "Judge the first answer");
  group.add_option("--type", options.type, "Record type of a dns target");
  group.add_option("--send", options.send, "Text that a tcp target is sent; \\r \\n \\t \\\\ \\xNN are understood");
}

void add_connection(Command command, CheckFlags& flags) {
  Command group = command.add_group("How it connects");
  config::CheckOptions& options = flags.options;
  const auto ipv4 = group.add_flag("-4,--ipv4", flags.ipv4, "IPv4 only");
  group.add_flag("-6,--ipv6", flags.ipv6, "IPv6 only").excludes(ipv4);
  group.add_option("--resolver", options.resolver, "Name server, IP or IP:PORT");
  group.add_option("--proxy", options.proxy, "HTTP proxy, http://host:port");
  group.add_flag("--insecure", flags.insecure, "Do not verify the certificate");
  group.add_option("--ca-file", options.ca_file, "PEM file of trusted authorities");
  group.add_option("--client-cert-file", options.client_cert_file, "PEM file of the client certificate");
  group.add_option("--client-key-file", options.client_key_file, "PEM file of its key");
  group.add_option("--server-name", options.server_name, "Name that is sent (SNI) and verified");
}

}  // namespace

void add_check(Command program) {
  Command command = program.add_command("check", "Ask one target once and show each phase");
  const auto flags = std::make_shared<CheckFlags>();
  command.add_option("target", flags->target, "URL: http https tcp tls dns icmp smtp+starttls imap+starttls")
      .required();
  command.add_flag("--json", flags->json, "Print JSON");
  add_expectations(command, flags->options);
  add_request(command, *flags);
  add_connection(command, *flags);
  command.set_examples(
      "Examples:\n"
      "  allclear check https://example.com/ --degraded-above 800ms --certificate 14d\n"
      "  allclear check https://api.example.com/health --json-path '$.ok=true' --bearer \"$TOKEN\"\n"
      "  allclear check tcp://cache.example.com:6379 --send 'PING\\r\\n' --contains +PONG\n"
      "  allclear check 'dns://192.0.2.53/example.com?type=MX'\n"
      "  allclear check icmp://192.0.2.1\n"
      "\n"
      "Exit code: 0 up, 1 degraded, 2 down, 3 unknown (as Nagios plugins), 64 bad flags.");
  command.runs([flags] { return check_or_say_why_not(*flags); });
}

}  // namespace allclear::app
