// Stable hashes (XXH3): the same on every machine and in every version, so that phases and keys survive. Pure.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

namespace allclear {

std::uint64_t stable_hash(std::string_view text);
// 128 bits as 32 lower-case hex digits over length-prefixed parts, so that ("ab","c") != ("a","bc").
std::string stable_key(std::initializer_list<std::string_view> parts);

}  // namespace allclear
