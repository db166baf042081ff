// HTML text: the one place where characters are escaped (S17). Pure.
#pragma once

#include <string>
#include <string_view>

namespace allclear::api {

// For element content and for attributes in double quotes. Control characters but tab and newline become spaces.
std::string escape_html(std::string_view text);
// The same for XML, which has less: no U+FFFE and U+FFFF, and broken UTF-8 ends a reader's patience.
std::string escape_xml(std::string_view text);
// http, https, mailto and relative links as they are (still to be escaped); anything else: empty.
std::string_view safe_link(std::string_view url);

}  // namespace allclear::api
