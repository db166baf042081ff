// A planned maintenance window as a JSON document. Pure.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "core/model/calendar.h"

namespace allclear::store {

std::string pack_plan(const Maintenance& plan);
Result<std::shared_ptr<const Maintenance>> unpack_plan(std::string_view text);

}  // namespace allclear::store
