#include "adapters/config/check_target.h"

#include <algorithm>
#include <fstream>

#include <fmt/format.h>

#include "adapters/config/address.h"
#include "adapters/config/diagnostic.h"
#include "adapters/config/read_expect.h"
#include "adapters/config/target_fields.h"

namespace allclear::config {
namespace {

// Reads flags one after the other; keeps the first mistake.
class FlagReader {
 public:
  explicit FlagReader(const CheckOptions& options) : options_(options) {}

  Result<std::shared_ptr<const Check>> read(std::string_view target) {
    auto check = std::make_shared<Check>();
    check->service = ServiceId("target");
    check->id = CheckId("target");
    if (const auto timeout = duration("--timeout", options_.timeout)) check->timeout = *timeout;
    check->expect = CopyOnWrite<Expectations>(expectations());
    TargetOutcome outcome = make_target(fields(target));
    for (const FieldProblem& problem : outcome.problems) {
      complain(flag_of(problem.field), problem.message, given(problem, target));
    }
    if (outcome.target) refuse_what_does_not_apply(probe_kind(*outcome.target));
    if (wrong_) return tl::unexpected(*wrong_);
    check->target = std::move(*outcome.target);
    return check;
  }

 private:
  // What was expected and, where it helps and is no secret, what was given.
  void complain(std::string_view flag, const std::string& what, const std::optional<std::string>& value = {}) {
    if (!wrong_)
      wrong_ = Error{fmt::format("{}: {}{}", flag, what, value ? fmt::format(" (got {})", shown(*value)) : "")};
  }

  std::optional<std::string> given(const FieldProblem& problem, std::string_view target) const {
    const std::string_view field = problem.field;
    if (field == "url" && target.find('@') == std::string_view::npos) return std::string(target);  // else a password
    if (field == "method") return options_.method;
    if (field == "proxy" && options_.proxy && options_.proxy->find('@') == std::string::npos) return options_.proxy;
    if (field == "resolver") return options_.resolver;
    if (field == "server_name") return options_.server_name;
    if (field == "type") return options_.type;
    if (field == "answer") return options_.answers[problem.item];
    return std::nullopt;
  }

  static std::string flag_of(std::string_view field) {
    if (field == "url") return "TARGET";
    std::string flag = "--" + std::string(field);
    std::replace(flag.begin(), flag.end(), '_', '-');
    return flag;
  }

  std::optional<milliseconds> duration(std::string_view flag, const std::optional<std::string>& text) {
    if (!text) return std::nullopt;
    const auto parsed = parse_duration(*text);
    if (parsed && parsed->count() > 0) return *parsed;
    complain(flag, parsed ? "expected more than nothing" : parsed.error().message, text);
    return std::nullopt;
  }

  Expectations expectations() {
    Expectations expect;
    if (options_.expect_status) expect.status = statuses(*options_.expect_status);
    expect.latency = duration("--degraded-above", options_.degraded_above);
    expect.certificate = duration("--certificate", options_.certificate);
    for (const std::string& text : options_.contains) expect.body.push_back({text, std::nullopt});
    for (const std::string& expression : options_.matches) {
      if (auto pattern = compile("--matches", expression)) expect.body.push_back({"", std::move(*pattern)});
    }
    for (const std::string& line : options_.expect_header) {
      const auto header = split_header("--expect-header", line);
      if (auto pattern = compile("--expect-header", header.value))
        expect.headers.push_back({header.name, std::move(*pattern)});
    }
    for (const std::string& text : options_.json_path) add_json(text, expect);
    if (options_.final_url) {
      const auto url = parse_http_url(*options_.final_url);
      if (!url) complain("--final-url", url.error().message, options_.final_url);
      if (url) expect.final_url = to_string(*url);
    }
    return expect;
  }

  std::vector<StatusRange> statuses(std::string_view list) {
    std::vector<StatusRange> ranges;
    while (!list.empty()) {
      const std::size_t comma = std::min(list.find(','), list.size());
      const std::string_view one = list.substr(0, comma);
      const auto range = parse_status_range(one);
      if (!range) complain("--expect-status", range.error().message, std::string(one));
      if (range) ranges.push_back(*range);
      list.remove_prefix(std::min(comma + 1, list.size()));
    }
    if (ranges.empty()) complain("--expect-status", "expected statuses such as 200-299,304", options_.expect_status);
    return ranges;
  }

  std::optional<Pattern> compile(std::string_view flag, const std::string& expression) {
    auto pattern = Pattern::compile(expression);
    if (pattern) return *pattern;
    complain(flag, "not a regular expression (RE2): " + pattern.error().message, expression);
    return std::nullopt;
  }

  Header split_header(std::string_view flag, const std::string& line) {
    const std::size_t colon = line.find(':');
    const std::string name = line.substr(0, colon);
    const std::size_t start = colon == std::string::npos ? colon : line.find_first_not_of(' ', colon + 1);
    const std::string value = start == std::string::npos ? "" : line.substr(start);
    const bool fits = colon != std::string::npos && is_header_name(name) && is_header_value(value);
    if (!fits) complain(flag, "expected a header such as \"Accept: text/html\"", name.substr(0, name.find(' ')) + "…");
    return {name, value};
  }

  // The operator stands behind the path, outside its brackets.
  void add_json(const std::string& text, Expectations& expect) {
    std::size_t at = 0;
    for (int depth = 0; at < text.size(); ++at) {
      if (text[at] == '[') ++depth;
      if (text[at] == ']') --depth;
      if (depth == 0 && (text[at] == '=' || text[at] == '<' || text[at] == '>')) break;
    }
    auto path = JsonPath::parse(std::string_view(text).substr(0, at));
    if (!path) return complain("--json-path", "expected a JSON path such as $.ok: " + path.error().message, text);
    if (at == text.size()) return expect.json.push_back({std::move(*path), JsonOperator::exists, true});
    Json value = plain_to_json(text.substr(at + 1));
    const JsonOperator operation = text[at] == '='   ? JsonOperator::equals
                                   : text[at] == '<' ? JsonOperator::below
                                                     : JsonOperator::above;
    if (operation != JsonOperator::equals && !value.is_number())
      return complain("--json-path", "expected a number to compare with, as in $.load<5", text);
    expect.json.push_back({std::move(*path), operation, std::move(value)});
  }

  TargetFields fields(std::string_view target) {
    TargetFields fields;
    const bool has_scheme = target.find("://") != std::string_view::npos || target.starts_with("dns:");
    fields.url = has_scheme ? std::string(target) : "https://" + std::string(target);
    fields.method = options_.method;
    for (const std::string& line : options_.headers) fields.headers.push_back(split_header("--header", line));
    fields.body = options_.body;
    if (options_.basic_auth) fields.basic_auth = credentials(*options_.basic_auth);
    fields.bearer = options_.bearer;
    fields.follow_redirects = options_.follow_redirects;
    fields.max_redirects = options_.max_redirects;
    fields.keep_alive = options_.keep_alive;
    fields.user_agent = options_.user_agent;
    fields.proxy = options_.proxy;
    fields.verify = options_.verify;
    fields.ca_file = readable("--ca-file", options_.ca_file);
    fields.client_cert_file = readable("--client-cert-file", options_.client_cert_file);
    fields.client_key_file = readable("--client-key-file", options_.client_key_file);
    fields.server_name = options_.server_name;
    fields.ip = options_.ip;
    fields.resolver = options_.resolver;
    fields.send = options_.send;
    fields.type = options_.type;
    if (!options_.contains.empty()) fields.contains = options_.contains.front();
    fields.answers = options_.answers;
    return fields;
  }

  Credentials credentials(const std::string& text) {
    const std::size_t colon = text.find(':');
    if (colon == std::string::npos) complain("--basic-auth", "expected user:password, with a colon between them");
    return {text.substr(0, colon), colon == std::string::npos ? "" : text.substr(colon + 1)};
  }

  std::optional<std::string> readable(std::string_view flag, const std::optional<std::string>& path) {
    if (path && !std::ifstream(*path)) complain(flag, "cannot read " + shown(*path));
    return path;
  }

  void refuse_what_does_not_apply(ProbeKind kind) {
    const std::tuple<std::string_view, std::string_view, bool> written[] = {
        {"--expect-status", "expect.status", options_.expect_status.has_value()},
        {"--expect-header", "expect.header", !options_.expect_header.empty()},
        {"--contains", "expect.body", !options_.contains.empty()},
        {"--matches", "expect.json", !options_.matches.empty()},
        {"--json-path", "expect.json", !options_.json_path.empty()},
        {"--final-url", "expect.final_url", options_.final_url.has_value()},
        {"--certificate", "expect.certificate", options_.certificate.has_value()},
        {"--answer", "expect.answer", !options_.answers.empty()},
        {"--method", "method", options_.method.has_value()},
        {"--header", "headers", !options_.headers.empty()},
        {"--body", "body", options_.body.has_value()},
        {"--basic-auth", "basic_auth", options_.basic_auth.has_value()},
        {"--bearer", "bearer", options_.bearer.has_value()},
        {"--insecure", "verify", options_.verify.has_value()},
        {"--ca-file", "ca_file", options_.ca_file.has_value()},
        {"--client-cert-file", "client_cert_file", options_.client_cert_file.has_value()},
        {"--server-name", "server_name", options_.server_name.has_value()},
        {"--user-agent", "user_agent", options_.user_agent.has_value()},
        {"--proxy", "proxy", options_.proxy.has_value()},
        {"--max-redirects", "max_redirects", options_.max_redirects.has_value()},
        {"--no-redirects", "follow_redirects", options_.follow_redirects.has_value()},
        {"--keep-alive", "keep_alive", options_.keep_alive.has_value()},
        {"--send", "send", options_.send.has_value()},
        {"--type", "type", options_.type.has_value()},
    };
    for (const auto& [flag, key, is_written] : written) {
      if (is_written && !applies(key, kind)) complain(flag, explain_not_applicable(key));
    }
  }

  const CheckOptions& options_;
  std::optional<Error> wrong_;
};

}  // namespace

Result<std::shared_ptr<const Check>> check_from_target(std::string_view target, const CheckOptions& options) {
  return FlagReader(options).read(target);
}

}  // namespace allclear::config
