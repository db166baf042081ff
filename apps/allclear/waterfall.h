// The answer of `allclear check`: one probe as a phase waterfall, as plain lines, or as JSON. Pure.
#pragma once

#include <string>

#include "apps/allclear/terminal.h"
#include "base/json.h"
#include "core/model/check.h"
#include "core/model/check_result.h"
#include "core/model/observation.h"

namespace allclear::app {

struct Sighting {
  const Check& check;
  const Observation& observation;
  const CheckResult& result;
};

// For people. Without drawing: one fact per line, no bars and no escapes, stable for scripts that grep.
std::string draw_waterfall(const Sighting& sighting, const Terminal& terminal);

// The fields of a /history check, with target, redirects, final URL, DNS answers, address, certificate and detail.
OrderedJson to_json(const Sighting& sighting);

}  // namespace allclear::app
