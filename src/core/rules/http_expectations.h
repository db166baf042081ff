// What an HTTP answer must look like, one expectation after the other. Pure.
#pragma once

#include <optional>
#include <string>

#include "core/model/check.h"
#include "core/model/observation.h"

namespace allclear {

// The first expectation that was not met: down with this reason.
struct Unmet {
  Reason reason = Reason::ok;
  Phase phase = Phase::judge;
  std::string detail;  // what was seen against what was expected
};

bool accepts_status(const Expectations& expect, int status);

// Order: status, final URL, truncation, headers, body, JSON.
std::optional<Unmet> first_unmet(const Expectations& expect, const HttpFacts& facts);

}  // namespace allclear
