// /metrics: allclear_* about the monitor, probe_* per check as blackbox_exporter names them (Prometheus text 0.0.4). Pure.
#pragma once

#include <string>

#include "core/model/snapshot.h"

namespace allclear::api {

std::string render_metrics(const Snapshot& snapshot);
// A label's value with backslash, quote and newline escaped.
std::string escape_label(std::string_view text);

}  // namespace allclear::api
