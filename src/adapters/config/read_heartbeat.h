// Reading `heartbeat` of a service: a check that waits for pings.
#pragma once

#include <memory>
#include <string>
#include <unordered_map>

#include "adapters/config/read_check.h"

namespace allclear::config {

// One for all services of a file, so that no two share a token. Lives while the Document does.
class HeartbeatReader {
 public:
  // Absent when it has mistakes (all reported). One result confirms: a job that failed once has failed.
  std::shared_ptr<Check> read(const Section& service, const CheckIdentity& identity, const Timing& inherited);

 private:
  SharedText read_token(const Section& heartbeat);

  std::unordered_map<std::string, std::string> owners_;  // by digest: the path of the token's key
};

}  // namespace allclear::config
