// rejudge: what a stored result would have been worth under other expectations. Pure. It knows what the log keeps:
// status, latency and why, but no headers and no body.
#pragma once

#include "core/model/check.h"
#include "core/model/check_result.h"

namespace allclear {

// In evaluate's order: the status is held against the ranges that are expected now; what was found about the final URL,
// headers, body, JSON and certificate stays as it was found; what was fine so far is held against the latency.
// A status that was refused then and is fine now says nothing of the body, which counts as fine; its certificate is
// judged now. Failures without an answer, results of heartbeats and unknown ones stay, but for checks that cannot be
// made any more (unsupported). The check's own expectations of then give the result unchanged.
CheckResult rejudge(const Check& check, CheckResult stored);

}  // namespace allclear
