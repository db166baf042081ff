// The event that a webhook is told: CloudEvents 1.0 in structured JSON mode, data as the contract has it. Pure.
#pragma once

#include <string>
#include <string_view>

#include "core/ports/notifier.h"

namespace allclear::notify {

// "dev.allclear.incident.opened", …; a reopening is told as opened.
std::string event_type(const Incident& incident, IncidentStep step);
// One line of JSON. What targets and operators wrote stands in JSON strings only (S17); evidence is not in it.
std::string render_event(const Notice& notice);

}  // namespace allclear::notify
