// evaluate: what an observation means for its check. Pure; runs on the probe's loop, so bodies go no further.
#pragma once

#include "core/model/check.h"
#include "core/model/check_result.h"
#include "core/model/observation.h"

namespace allclear {

// Order: local fault -> unknown; any other error -> down with its reason; then status, redirects and final URL,
// truncation, headers, body, JSON -> down; then certificate and latency -> degraded; else up, ok.
// A certificate that is expired at the observation's time is down even when the handshake came from a cache.
// HTTP expectations on targets without HTTP facts are ignored.
CheckResult evaluate(const Check& check, const Observation& observation);

}  // namespace allclear
