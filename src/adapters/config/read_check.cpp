#include "adapters/config/read_check.h"

#include <fmt/format.h>

#include "adapters/config/address.h"
#include "adapters/config/read_parts.h"
#include "adapters/config/target_fields.h"

namespace allclear::config {
namespace {

constexpr milliseconds most_retry = std::chrono::days(1);
constexpr int most_results = 100;  // of a confirmation
constexpr milliseconds most_interval = std::chrono::days(400);

constexpr std::array<std::pair<std::string_view, AddressFamily>, 5> families{{{"any", AddressFamily::any},
                                                                              {"4", AddressFamily::ipv4},
                                                                              {"6", AddressFamily::ipv6},
                                                                              {"ipv4", AddressFamily::ipv4},
                                                                              {"ipv6", AddressFamily::ipv6}}};
constexpr std::array<std::pair<std::string_view, Role>, 2> roles{
    {{"reachability", Role::reachability}, {"application", Role::application}}};

ConfirmPolicy read_confirm(const Section& parent, ConfirmPolicy policy) {
  const Node* node = parent.find("confirm");
  if (node == nullptr) return policy;
  const Section confirm(parent.reading(), *node, Object::confirm, "confirm", &parent);
  policy.down = static_cast<std::uint8_t>(confirm.integer("down", 1, most_results).value_or(policy.down));
  policy.up = static_cast<std::uint8_t>(confirm.integer("up", 1, most_results).value_or(policy.up));
  policy.retry = confirm.duration("retry", least_interval, most_retry).value_or(policy.retry);
  return policy;
}

// A file that the check itself needs: without it nothing could be judged.
std::optional<std::string> needed_file(const Section& section, std::string_view key) {
  const auto path = section.text(key);
  if (!path) return std::nullopt;
  auto readable = section.reading().files.readable(*path);
  if (readable) return *readable;
  section.error(key, section.unreadable(key, readable.error()));
  return *path;
}

void remember_secret(const Section& section, const std::string& text) {
  if (!text.empty()) section.reading().secrets.push_back(text);
}

bool carries_secret(std::string_view header) {
  constexpr std::string_view names[] = {"authorization", "cookie", "proxy-authorization", "x-api-key", "x-auth-token"};
  const std::string lower = lower_case(header);
  for (const std::string_view name : names) {
    if (name == lower) return true;
  }
  return false;
}

std::vector<Header> read_headers(const Section& parent) {
  constexpr std::size_t most_headers = 100;
  std::vector<Header> found;
  const Node* node = parent.find("headers");
  if (node == nullptr) return found;
  const Section headers(parent.reading(), *node, Object::check, "headers", &parent, Keys::free);
  headers.each([&](const Node& key, const Node& value) {
    const auto text = headers.text_of(value, key.text);
    if (!is_header_name(key.text)) return headers.error_at(key, shown(key.text), "not a header name");
    const bool framing = key.text == "Content-Length" || key.text == "Transfer-Encoding" || key.text == "Connection";
    if (framing) return headers.error_at(key, key.text, "is set by the program");
    if (!text) return;
    if (!is_header_value(*text)) return headers.error_at(value, key.text, "expected text on one line");
    if (carries_secret(key.text)) remember_secret(parent, *text);
    found.push_back({std::string(key.text), *text});
  });
  if (found.size() > most_headers) parent.error("headers", fmt::format("at most {} headers", most_headers));
  return found;
}

std::optional<Credentials> read_basic_auth(const Section& parent) {
  const Node* node = parent.find("basic_auth");
  if (node == nullptr) return std::nullopt;
  const Section section(parent.reading(), *node, Object::basic_auth, "basic_auth", &parent);
  if (node->is_scalar() || node->is_list()) return std::nullopt;
  const auto user = section.text("user");
  const auto password = section.secret("password");
  if (!section.has("user")) section.missing("user", "expected a name");
  if (!section.has("password") && !section.has("password_file"))
    section.missing("password", "expected password or password_file");
  if (user && user->find(':') != std::string::npos) section.error("user", "a user's name has no colon");
  return Credentials{user.value_or(""), password.value_or("")};
}

TargetFields read_fields(const Section& section, const ReadExpectations& expect) {
  TargetFields fields;
  fields.url = section.text("url").value_or("");
  fields.method = section.text("method");
  fields.headers = read_headers(section);
  fields.body = section.text("body");
  fields.basic_auth = read_basic_auth(section);
  fields.bearer = section.secret("bearer");
  fields.follow_redirects = section.boolean("follow_redirects");
  if (const auto most = section.integer("max_redirects", 0, most_redirects))
    fields.max_redirects = static_cast<int>(*most);
  fields.keep_alive = section.boolean("keep_alive");
  fields.user_agent = section.text("user_agent");
  fields.proxy = section.text("proxy");
  fields.verify = section.boolean("verify");
  fields.ca_file = needed_file(section, "ca_file");
  fields.client_cert_file = needed_file(section, "client_cert_file");
  fields.client_key_file = needed_file(section, "client_key_file");
  fields.server_name = section.text("server_name");
  fields.ip = section.choice("ip", families);
  fields.resolver = section.text("resolver");
  fields.send = section.text("send");
  fields.type = section.text("type");
  fields.answers = expect.answers;
  for (const BodyExpectation& body : expect.expectations->body) {
    if (fields.contains.empty()) fields.contains = body.contains;
  }
  return fields;
}

void report_not_applicable(const Section& section, const ReadExpectations& expect, const Target& target) {
  const ProbeKind kind = probe_kind(target);
  section.each([&](const Node& key, const Node&) {
    if (!applies(key.text, kind)) section.error_at(key, key.text, explain_not_applicable(key.text));
  });
  for (const std::string& key : expect.written) {
    if (!applies(key, kind)) section.error_at(*section.find("expect"), key, explain_not_applicable(key));
  }
  const auto& bodies = expect.expectations->body;
  if (kind == ProbeKind::tcp && (bodies.size() > 1 || (bodies.size() == 1 && bodies.front().matches))) {
    section.error("expect", "a tcp check takes one expect.body with contains");
  }
}

// With what was written, unless it may hold a password or the message is about another key.
void report(const Section& section, const FieldProblem& problem) {
  if (problem.field == "answer") {
    const Section expect(section.reading(), *section.find("expect"), Object::expect, "expect", &section, Keys::free);
    const auto answers = expect.items("answer");
    return expect.misfit(problem.item < answers.size() ? *answers[problem.item] : expect.node(), "answer",
                         problem.message);
  }
  const Node* node = section.find(problem.field);
  const bool about_value = problem.field == "url" || problem.message.starts_with("expected");
  const bool secret = problem.field == "bearer" || (node != nullptr && node->text.find('@') != std::string::npos);
  if (node == nullptr || !node->is_scalar() || !about_value || secret)
    return section.error(problem.field, problem.message);
  section.misfit(problem.field, problem.message);
}

void warn_of_missing_tls(const Section& section, const ReadExpectations& expect, const TargetFields& fields) {
  if (!expect.expectations->certificate) return;
  const bool follows = fields.follow_redirects.value_or(true) && fields.max_redirects.value_or(most_redirects) > 0;
  const Section written(section.reading(), *section.find("expect"), Object::expect, "expect", &section, Keys::free);
  written.warning("certificate", follows ? "the url is http://: judged only where a redirect leads to https://"
                                         : "never judged: the url is http:// and redirects are not followed");
}

void warn_of_unreachable_latency(const Section& section, const ReadExpectations& expect, milliseconds timeout) {
  const auto& latency = expect.expectations->latency;
  if (!latency || *latency < timeout) return;
  const Section written(section.reading(), *section.find("expect"), Object::expect, "expect", &section, Keys::free);
  written.warning(
      "latency", fmt::format("never reached: {} is not shorter than the timeout ({}), which makes the check down first",
                             format_duration(*latency), format_duration(timeout)));
}

std::optional<Target> read_target(const Section& section, const ReadExpectations& expect) {
  if (!section.has("url")) {
    section.missing("url", "expected an address such as https://example.com/");
    return std::nullopt;
  }
  const std::size_t errors_before = section.reading().diagnostics.errors();
  const TargetFields fields = read_fields(section, expect);
  if (section.reading().diagnostics.errors() != errors_before && fields.url.empty()) return std::nullopt;
  TargetOutcome outcome = make_target(fields);
  for (const FieldProblem& problem : outcome.problems) report(section, problem);
  if (!outcome.target) return std::nullopt;
  report_not_applicable(section, expect, *outcome.target);
  if (lower_case(fields.url).starts_with("http:")) warn_of_missing_tls(section, expect, fields);
  if (const auto* later = std::get_if<UnsupportedTarget>(&*outcome.target)) {
    section.warning("url", fmt::format("{} is not built yet: the check is unknown, reason unsupported", later->kind));
  }
  return std::move(outcome.target);
}

void note_locations(const Section& section) {
  for (const Node* item : section.items("locations")) {
    const auto location = section.text_of(*item, "locations");
    if (location && !is_identifier(*location))
      section.misfit(*item, "locations", "expected a location of a-z, 0-9 and '-'");
    if (location && is_identifier(*location) && *location != local_location().value()) {
      section.reading().diagnostics.warning(
          item->place, section.path("locations") + ": other locations are not built yet: checked from local only");
    }
  }
  (void)section.integer("quorum", 1, most_results);
}

}  // namespace

Timing read_timing(const Section& section, const Timing& inherited) {
  Timing timing = inherited;
  timing.interval = section.duration("interval", least_interval, most_interval).value_or(inherited.interval);
  if (const auto timeout = section.duration("timeout", milliseconds(1))) {
    timing.timeout = *timeout;
    timing.timeout_written = true;
  }
  timing.confirm = read_confirm(section, inherited.confirm);
  timing.confirm.flapping = read_flapping(section, inherited.confirm.flapping);
  return timing;
}

std::shared_ptr<Check> read_check(const Section& section, const CheckIdentity& identity, const Timing& inherited,
                                  ExpectationReader& expectations) {
  const std::size_t errors_before = section.reading().diagnostics.errors();
  const Timing timing = read_timing(section, inherited);
  const bool says_timing = section.has("timeout") || section.has("interval");
  if (timing.timeout_written && says_timing && timing.timeout > timing.interval) {
    section.warning(
        section.has("timeout") ? "timeout" : "interval",
        fmt::format(
            "the timeout ({}) is longer than the interval ({}); a check never overlaps itself, so slow ones are missed",
            format_duration(timing.timeout), format_duration(timing.interval)));
  }
  const auto expect = expectations.read(section);
  auto check = std::make_shared<Check>();
  check->service = identity.service;
  check->id = identity.id;
  warn_of_unreachable_latency(section, *expect, timing.timeout);
  if (auto target = read_target(section, *expect)) check->target = std::move(*target);
  check->expect = expect->expectations;
  check->interval = timing.interval;
  check->timeout = timing.timeout;
  check->confirm = timing.confirm;
  check->role = section.choice("role", roles).value_or(Role::unspecified);
  note_locations(section);
  return section.reading().diagnostics.errors() == errors_before ? check : nullptr;
}

}  // namespace allclear::config
