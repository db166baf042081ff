// A check made from a target and flags, for `allclear check`: the same rules and words as the config file. Any thread.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "core/model/check.h"

namespace allclear::config {

// As the command line gives them; named as the config's keys where there is one. An absent one takes the config's
// default.
struct CheckOptions {
  std::optional<std::string> expect_status;   // "200-299,304"
  std::optional<std::string> timeout;         // "5s"
  std::optional<std::string> degraded_above;  // expect.latency
  std::optional<std::string> certificate;     // expect.certificate
  std::vector<std::string> contains;          // expect.body
  std::vector<std::string> matches;
  std::vector<std::string> json_path;      // "$.ok" exists; "$.ok=true", "$.load<5", "$.free>10"
  std::vector<std::string> expect_header;  // "Name: pattern"
  std::optional<std::string> final_url;
  std::vector<std::string> answers;  // dns
  std::optional<std::string> type;   // dns
  std::optional<std::string> send;   // tcp
  std::optional<std::string> method;
  std::vector<std::string> headers;  // "Name: value"
  std::optional<std::string> body;
  std::optional<std::string> basic_auth;  // "user:password"
  std::optional<std::string> bearer;
  std::optional<std::string> user_agent;
  std::optional<std::string> proxy;
  std::optional<bool> follow_redirects;
  std::optional<int> max_redirects;
  std::optional<bool> keep_alive;
  std::optional<bool> verify;  // --insecure: false
  std::optional<std::string> ca_file;
  std::optional<std::string> client_cert_file;
  std::optional<std::string> client_key_file;
  std::optional<std::string> server_name;
  std::optional<std::string> resolver;
  std::optional<AddressFamily> ip;  // --ipv4, --ipv6
};

// A target without a scheme means https. Its service and check are called "target". Error: the flag and what it
// expected, such as "--timeout: expected a duration …".
Result<std::shared_ptr<const Check>> check_from_target(std::string_view target, const CheckOptions& options);

}  // namespace allclear::config
