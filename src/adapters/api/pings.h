// PingApi: the routes below /ping/, where jobs tell that they ran. The token in the path is all that is asked for (S2).
// One thread.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>

#include "adapters/api/access.h"
#include "adapters/api/operators.h"
#include "core/model/snapshot.h"

namespace allclear::api {

inline constexpr std::string_view ping_paths = "/ping/";  // begin so

// "TOKEN", "TOKEN/start", "TOKEN/fail", "TOKEN/log" or "TOKEN/3", without what says for whom it is. Pure.
struct PingPath {
  std::string_view token;
  PingKind kind = PingKind::success;
  int exit_code = 0;  // 0 to 255
};
std::optional<PingPath> parse_ping_path(std::string_view path);

class PingApi {
 public:
  // Of the ports: tokens, clock, log and operations.
  PingApi(AnswerPolicy policy, OperatorPorts ports, std::function<std::shared_ptr<const Snapshot>()> snapshot)
      : policy_(std::move(policy)), ports_(std::move(ports)), snapshot_(std::move(snapshot)) {}

  // Of a path that begins with ping_paths.
  net::Reply handle(const net::HttpRequest& request);

  static std::span<const std::string_view> paths();  // as openapi.yaml names them

 private:
  struct Owner {
    ServiceId service;
    std::string name;  // the token's, for the log
  };
  // nullopt: nobody's, or no longer. Error: that cannot be said now.
  Result<std::optional<Owner>> owner_of(std::string_view token);
  std::optional<Owner> owner_in_config(std::string_view token);
  net::Reply take(Ping ping, std::string who);
  net::HttpResponse answer(const OperationResult& result) const;
  net::HttpResponse unknown_token(const net::HttpRequest& request);
  net::HttpResponse problem(int status, std::string detail) const;
  net::HttpResponse not_now(std::string detail) const;

  const AnswerPolicy policy_;
  const OperatorPorts ports_;
  const std::function<std::shared_ptr<const Snapshot>()> snapshot_;
  WrongTokens wrong_;
  std::string config_version_;                                // whose tokens these are
  std::unordered_map<std::string, ServiceId> config_tokens_;  // by digest
};

}  // namespace allclear::api
