// A check's state as bytes. Pure; broken bytes are an Error. The version is the row's own and not in the bytes.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "core/model/check_state.h"

namespace allclear::store {

std::string pack_state(const CheckState& state);
Result<CheckState> unpack_state(std::string_view bytes, std::uint64_t version);

// What `last` tells of the last result.
void fill_last(CheckState& state, const CheckResult& last);

}  // namespace allclear::store
