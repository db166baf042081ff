// TargetFields: what config keys and command-line flags say about a target, and how they become one. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/model/target.h"

namespace allclear::config {

inline constexpr int most_redirects = 5;  // that a check may be told to follow (R19)

// Named as the config's keys; absent or empty: not written.
struct TargetFields {
  std::string url;
  std::optional<std::string> method;
  std::vector<Header> headers;
  std::optional<std::string> body;
  std::optional<Credentials> basic_auth;
  std::optional<std::string> bearer;
  std::optional<bool> follow_redirects;
  std::optional<int> max_redirects;
  std::optional<bool> keep_alive;
  std::optional<std::string> user_agent;
  std::optional<std::string> proxy;
  std::optional<bool> verify;
  std::optional<std::string> ca_file;  // a readable file, as the other two
  std::optional<std::string> client_cert_file;
  std::optional<std::string> client_key_file;
  std::optional<std::string> server_name;
  std::optional<AddressFamily> ip;
  std::optional<std::string> resolver;
  std::optional<std::string> send;
  std::optional<std::string> type;
  std::string contains;              // expect.body.contains, for tcp
  std::vector<std::string> answers;  // expect.answer, for dns
};

struct FieldProblem {
  std::string_view field;  // of TargetFields
  std::string message;     // never with the value: only the caller knows whether it may be shown
  std::size_t item = 0;    // which of the answers
};

enum class ProbeKind : std::uint8_t { http, tcp, tls, dns, icmp, unsupported };
ProbeKind probe_kind(const Target& target);

// Whether a key of a check (or "expect.…") means something for this kind; unsupported kinds take everything.
bool applies(std::string_view key, ProbeKind kind);
// "applies to http and https only"
std::string explain_not_applicable(std::string_view key);

struct TargetOutcome {
  std::optional<Target> target;  // absent when there are problems
  std::vector<FieldProblem> problems;
};
TargetOutcome make_target(const TargetFields& fields);

// "GET", "POST" …; a header's name and value without line ends.
bool is_method(std::string_view text);
bool is_header_name(std::string_view text);
bool is_header_value(std::string_view text);

}  // namespace allclear::config
