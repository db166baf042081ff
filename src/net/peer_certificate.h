// PeerCertificate: what a server presented, as text. Value, shared between checks that saw the same chain.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "base/time.h"

namespace allclear::net {

struct PeerCertificate {
  WallTime earliest_expiry;  // over the verified path; over what was presented when that failed or was off
  WallTime latest_start;     // the last "not before" in it
  std::string subject;
  std::string issuer;
  std::vector<std::string> names;  // of the leaf, at most 100
  int chain_length = 0;
  std::string fingerprint;  // SHA-256 of the leaf, lower-case hex
};

}  // namespace allclear::net
