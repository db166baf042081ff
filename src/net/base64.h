// Base64 with padding (RFC 4648, section 4). Pure.
#pragma once

#include <string>
#include <string_view>

namespace allclear::net {

std::string base64(std::string_view bytes);

}  // namespace allclear::net
