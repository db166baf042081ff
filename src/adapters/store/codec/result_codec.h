// One result as bytes: a row of the append log, about 35 bytes without detail. Pure; broken bytes are an Error.
#pragma once

#include <array>

#include "adapters/store/codec/bytes.h"
#include "base/result.h"
#include "core/model/check_result.h"

namespace allclear::store {

// In the order in which they are written.
using Timing = std::optional<microseconds> PhaseTimings::*;
inline constexpr std::array<Timing, 5> timings{&PhaseTimings::dns, &PhaseTimings::connect, &PhaseTimings::tls,
                                               &PhaseTimings::first_byte, &PhaseTimings::transfer};

enum class DetailPolicy : std::uint8_t { keep, drop };

void write_result(ByteWriter& writer, const CheckResult& result, DetailPolicy policy = DetailPolicy::keep);
Result<CheckResult> read_result(ByteReader& reader);
// The same in place, every member anew. False when it is broken: then `result` means nothing.
bool read_result(ByteReader& reader, CheckResult& result);

}  // namespace allclear::store
