// Evidence: the short sentence for operators that goes with a result, safe to store and to show. Pure.
#pragma once

#include <string>
#include <string_view>

namespace allclear {

inline constexpr std::size_t evidence_limit = 4096;  // bytes

// At most `limit` bytes of valid UTF-8 without control characters; "…" marks a cut. What is not UTF-8 becomes '?'.
std::string clip_evidence(std::string_view text, std::size_t limit = evidence_limit);

}  // namespace allclear
