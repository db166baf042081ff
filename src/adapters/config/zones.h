// Zones: the rules of a time zone, read from the system's IANA database.
#pragma once

#include <memory>
#include <string>

#include "base/result.h"
#include "core/model/calendar.h"

namespace allclear::config {

// "UTC" needs no database. The rules reach from 1970 to 2037, where the files of Debian's tzdata end; the last offset
// holds for ever after. The error says that the name is not known, or that there is no database.
Result<std::shared_ptr<const ZoneRules>> load_zone(const std::string& name);

}  // namespace allclear::config
