#include "adapters/config/keys.h"

#include <algorithm>
#include <array>
#include <vector>

#include <fmt/format.h>

#include "adapters/config/diagnostic.h"

namespace allclear::config {
namespace {

using Words = std::span<const std::string_view>;

constexpr std::string_view root_keys[] = {"page",     "server",    "store",    "defaults",    "services", "hosts",
                                          "channels", "blindness", "grouping", "maintenance", "remedies"};
constexpr std::string_view page_keys[] = {"name", "url", "links", "language"};
constexpr std::string_view link_keys[] = {"text", "url"};
constexpr std::string_view server_keys[] = {"listen", "data",        "trusted_proxies", "tls",
                                            "cors",   "api_targets", "metrics",         "probe"};
constexpr std::string_view server_tls_keys[] = {"cert_file", "key_file"};
constexpr std::string_view server_probe_keys[] = {"from", "targets"};
constexpr std::string_view store_keys[] = {"dynamodb"};
constexpr std::string_view dynamodb_keys[] = {"table", "region", "endpoint"};
constexpr std::string_view defaults_keys[] = {"interval", "timeout", "alerts",  "alerts_on_first",
                                              "reopen",   "confirm", "flapping"};
constexpr std::string_view confirm_keys[] = {"down", "up", "retry"};
constexpr std::string_view flapping_keys[] = {"over", "high", "low"};
constexpr std::string_view service_keys[] = {
    "id", "name", "group", "visibility", "enabled", "depends_on", "alerts", "alerts_on_first", "severity", "reopen",
    "flapping", "checks", "heartbeat", "cloudwatch",
    // of its only check:
    "url", "role", "interval", "timeout", "confirm", "expect", "locations", "quorum", "method", "headers", "body",
    "follow_redirects", "max_redirects", "ip", "ca_file", "client_cert_file", "client_key_file", "verify",
    "server_name", "proxy", "resolver", "basic_auth", "bearer", "bearer_file", "user_agent", "keep_alive", "send",
    "type"};
constexpr std::size_t first_check_key = 14;  // of service_keys
constexpr std::string_view check_keys[] = {"id",
                                           "enabled",
                                           "url",
                                           "role",
                                           "interval",
                                           "timeout",
                                           "confirm",
                                           "expect",
                                           "locations",
                                           "quorum",
                                           "method",
                                           "headers",
                                           "body",
                                           "follow_redirects",
                                           "max_redirects",
                                           "ip",
                                           "ca_file",
                                           "client_cert_file",
                                           "client_key_file",
                                           "verify",
                                           "server_name",
                                           "proxy",
                                           "resolver",
                                           "basic_auth",
                                           "bearer",
                                           "bearer_file",
                                           "user_agent",
                                           "keep_alive",
                                           "send",
                                           "type"};
constexpr std::string_view basic_auth_keys[] = {"user", "password", "password_file"};
constexpr std::string_view expect_keys[] = {"status",    "latency", "body",        "header",
                                            "final_url", "json",    "certificate", "answer"};
constexpr std::string_view body_keys[] = {"contains", "matches"};
constexpr std::string_view json_keys[] = {"path", "equals", "exists", "above", "below"};
constexpr std::string_view heartbeat_keys[] = {"every", "zone", "grace", "token", "token_file"};
constexpr std::string_view cloudwatch_keys[] = {"namespace", "dimensions", "region", "expect"};
constexpr std::string_view cloudwatch_expect_keys[] = {"error_rate", "p95_duration", "throttles"};
constexpr std::string_view hosts_keys[] = {"defaults"};
constexpr std::string_view host_keys[] = {"cpu", "memory", "disk", "missing_after"};
constexpr std::string_view usage_keys[] = {"degraded", "down", "for", "full_within"};
constexpr std::string_view channel_keys[] = {"email",    "slack", "pagerduty", "teams",   "discord",
                                             "telegram", "ntfy",  "webhook",   "exec",    "sns",
                                             "only",     "after", "remind",    "fallback"};
constexpr std::string_view email_keys[] = {"to",       "from",          "smtp", "smtp_file", "user",
                                           "password", "password_file", "tls",  "ca_file"};
constexpr std::string_view sns_keys[] = {"topic"};
constexpr std::string_view slack_keys[] = {"url", "url_file"};
constexpr std::string_view pagerduty_keys[] = {"routing_key", "routing_key_file", "url"};
constexpr std::string_view teams_keys[] = {"url", "url_file"};
constexpr std::string_view discord_keys[] = {"url", "url_file"};
constexpr std::string_view telegram_keys[] = {"token", "token_file", "chat", "url"};
constexpr std::string_view ntfy_keys[] = {"topic", "token", "token_file", "priority", "url"};
constexpr std::string_view webhook_keys[] = {"url", "url_file", "secret", "secret_file", "format"};
constexpr std::string_view exec_keys[] = {"run", "timeout"};
constexpr std::string_view blindness_keys[] = {"anchors", "ping"};
constexpr std::string_view grouping_keys[] = {"threshold", "within", "every"};
constexpr std::string_view maintenance_keys[] = {"title", "services", "start", "zone", "lasts", "every", "until"};
constexpr std::string_view remedy_keys[] = {"service", "when", "run", "timeout"};

struct Entry {
  std::string_view name;
  Words keys;
};
// In the order of Object.
constexpr std::array<Entry, object_count> table{{
    {"root", root_keys},
    {"page", page_keys},
    {"link", link_keys},
    {"server", server_keys},
    {"server_tls", server_tls_keys},
    {"server_probe", server_probe_keys},
    {"store", store_keys},
    {"dynamodb", dynamodb_keys},
    {"defaults", defaults_keys},
    {"confirm", confirm_keys},
    {"flapping", flapping_keys},
    {"service", service_keys},
    {"check", check_keys},
    {"basic_auth", basic_auth_keys},
    {"expect", expect_keys},
    {"body", body_keys},
    {"json", json_keys},
    {"heartbeat", heartbeat_keys},
    {"cloudwatch", cloudwatch_keys},
    {"cloudwatch_expect", cloudwatch_expect_keys},
    {"hosts", hosts_keys},
    {"host", host_keys},
    {"usage", usage_keys},
    {"channel", channel_keys},
    {"email", email_keys},
    {"sns", sns_keys},
    {"slack", slack_keys},
    {"pagerduty", pagerduty_keys},
    {"teams", teams_keys},
    {"discord", discord_keys},
    {"telegram", telegram_keys},
    {"ntfy", ntfy_keys},
    {"webhook", webhook_keys},
    {"exec", exec_keys},
    {"blindness", blindness_keys},
    {"grouping", grouping_keys},
    {"maintenance", maintenance_keys},
    {"remedy", remedy_keys},
}};

struct Hint {
  std::string_view foreign;
  std::string_view ours;
};
// Names that people bring along from other programs.
constexpr Hint hints[] = {
    {"api_id", "id"},
    {"expected_status_codes", "expect.status"},
    {"expected_status", "expect.status"},
    {"accepted_statuscodes", "expect.status"},
    {"valid_status_codes", "expect.status"},
    {"conditions", "expect"},
    {"timeout_ms", "timeout, with its unit (500ms)"},
    {"check_interval_seconds", "interval, with its unit (30s)"},
    {"interval_seconds", "interval, with its unit (30s)"},
    {"notify_emails", "alerts: [\"mailto:you@example.com\"]"},
    {"endpoints", "services"},
    {"monitors", "services"},
    {"targets", "services"},
    {"alerting", "channels"},
    {"notifications", "channels"},
    {"keyword", "expect.body.contains"},
    {"hostname", "url"},
    {"insecure", "verify: false"},
    {"ignore_tls", "verify: false"},
    {"insecure_skip_verify", "verify: false"},
    {"preferred_ip_protocol", "ip: 4 or ip: 6"},
    {"maxretries", "confirm.down"},
    {"retries", "confirm.down"},
};

const Entry& entry_of(Object object) { return table[static_cast<std::size_t>(object)]; }

// Optimal string alignment.
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before(b.size() + 1), previous(b.size() + 1), current(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) previous[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    current[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t changed = previous[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      current[j] = std::min({previous[j] + 1, current[j - 1] + 1, changed});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) current[j] = std::min(current[j], before[j - 2] + 1);
    }
    before.swap(previous);
    previous.swap(current);
  }
  return previous[b.size()];
}

}  // namespace

std::string_view to_string(Object object) { return entry_of(object).name; }
Words known_keys(Object object) { return entry_of(object).keys; }

bool is_known(Object object, std::string_view key) {
  const Words keys = known_keys(object);
  return std::find(keys.begin(), keys.end(), key) != keys.end();
}

bool belongs_to_check(std::string_view key) {
  const Words keys = Words(service_keys).subspan(first_check_key);
  return std::find(keys.begin(), keys.end(), key) != keys.end();
}

std::string_view nearest(std::string_view word, Words candidates) {
  constexpr std::size_t longest_word = 64;
  if (word.size() > longest_word) return {};
  std::string_view best;
  std::size_t least = word.size() <= 3 ? 1 : word.size() <= 7 ? 2 : 3;
  for (const std::string_view candidate : candidates) {
    const std::size_t distance = edit_distance(word, candidate);
    if (distance < least || (distance == least && best.empty())) {
      least = distance;
      best = candidate;
    }
  }
  return best;
}

std::string explain_unknown(Object object, std::string_view key) {
  if (key == "<<") return "merge keys (<<) are not supported; repeat the keys, or set them under defaults";
  for (const Hint& hint : hints) {
    if (hint.foreign == key) return fmt::format("unknown key {}; it is written {} here", shown(key), hint.ours);
  }
  if (const auto close = nearest(key, known_keys(object)); !close.empty()) {
    return fmt::format("unknown key {}; did you mean \"{}\"?", shown(key), close);
  }
  return fmt::format("unknown key {}; expected one of: {}", shown(key), fmt::join(known_keys(object), ", "));
}

}  // namespace allclear::config
