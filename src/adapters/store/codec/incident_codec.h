// An incident as a JSON document: fields may be added without a migration. Pure; a broken text is an Error.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "core/model/incident.h"

namespace allclear::store {

// Bytes that are not UTF-8 are replaced by U+FFFD.
std::string pack_incident(const Incident& incident);
Result<Incident> unpack_incident(std::string_view text);

}  // namespace allclear::store
