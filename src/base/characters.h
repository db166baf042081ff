// Characters of UTF-8 text: where it is broken, and what cannot be seen in it. Pure.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace allclear {

// Absent: the text is valid UTF-8; otherwise where the first wrong byte is.
std::optional<std::size_t> find_invalid_utf8(std::string_view text);

struct Unseen {
  char32_t character = 0;
  std::size_t at = 0;  // byte
  std::size_t length = 0;
};

// The first control or formatting character, or line separator: they turn, hide or break the text around them, so that
// a name reads as another. What is spelling passes: the two joiners between characters beyond ASCII (Persian, emoji),
// the marks of direction (U+200E, U+200F) and the soft hyphen beside characters that are seen, and the tags of a flag
// (after U+1F3F4, up to U+E007F). Broken bytes are passed over.
std::optional<Unseen> find_unseen(std::string_view text);

// A control character of ASCII, but a tab, or of Unicode (U+0080 to U+009F, which U+0085 breaks a line).
bool has_control(std::string_view text);
// U+202A to U+202E and U+2066 to U+2069: what follows them reads in another order.
bool turns_text(std::string_view text);
// Nothing but spaces, of whatever width, tabs and line breaks.
bool is_blank(std::string_view text);

}  // namespace allclear
