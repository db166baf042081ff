// The one table of keys that each object of a config may have: the reader refuses others, the JSON Schema is tested
// against it. Pure.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace allclear::config {

// Named as in the schema's $defs.
enum class Object : std::uint8_t {
  root,
  page,
  link,
  server,
  server_tls,
  server_probe,
  store,
  dynamodb,
  defaults,
  confirm,
  flapping,
  service,
  check,
  basic_auth,
  expect,
  body,
  json,
  heartbeat,
  cloudwatch,
  cloudwatch_expect,
  hosts,
  host,
  usage,
  channel,
  email,
  sns,
  slack,
  pagerduty,
  teams,
  discord,
  telegram,
  ntfy,
  webhook,
  exec,
  blindness,
  grouping,
  maintenance,
  remedy,
};
inline constexpr std::size_t object_count = static_cast<std::size_t>(Object::remedy) + 1;

std::string_view to_string(Object object);
std::span<const std::string_view> known_keys(Object object);
bool is_known(Object object, std::string_view key);

// Of the keys of a service, those that also belong to a check (and are refused beside `checks`).
bool belongs_to_check(std::string_view key);

// "unknown key "intervall"; did you mean "interval"?", or how a key of another program is written here.
std::string explain_unknown(Object object, std::string_view key);

// The candidate nearest to the word by edit distance (a transposition is one edit); empty: none is near.
std::string_view nearest(std::string_view word, std::span<const std::string_view> candidates);

}  // namespace allclear::config
