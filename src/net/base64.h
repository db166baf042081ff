// Base64 with padding (RFC 4648, section 4). Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace allclear::net {

std::string base64(std::string_view bytes);
// Absent: a character that does not belong, or a length that no encoding has. Padding may be missing.
std::optional<std::string> from_base64(std::string_view text);

}  // namespace allclear::net
