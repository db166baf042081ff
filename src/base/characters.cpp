#include "base/characters.h"

#include <algorithm>

namespace allclear {
namespace {

// Length of the UTF-8 character at the front; 0: it is broken.
std::size_t character_length(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const auto follows = [&](std::size_t i, unsigned low, unsigned high) {
    return i < text.size() && byte(i) >= low && byte(i) <= high;
  };
  const unsigned first = byte(0);
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first <= 0xDF) return follows(1, 0x80, 0xBF) ? 2 : 0;
  if (first >= 0xE0 && first <= 0xEF) {
    const bool second = follows(1, first == 0xE0 ? 0xA0 : 0x80, first == 0xED ? 0x9F : 0xBF);
    return second && follows(2, 0x80, 0xBF) ? 3 : 0;
  }
  if (first >= 0xF0 && first <= 0xF4) {
    const bool second = follows(1, first == 0xF0 ? 0x90 : 0x80, first == 0xF4 ? 0x8F : 0xBF);
    return second && follows(2, 0x80, 0xBF) && follows(3, 0x80, 0xBF) ? 4 : 0;
  }
  return 0;
}

// Of a character that character_length() accepts.
char32_t decode(std::string_view character) {
  constexpr unsigned first_bits[] = {0, 0x7F, 0x1F, 0x0F, 0x07};  // by length
  char32_t value = static_cast<unsigned char>(character.front()) & first_bits[character.size()];
  for (const char next : character.substr(1)) value = (value << 6U) | (static_cast<unsigned char>(next) & 0x3FU);
  return value;
}

struct Range {
  char32_t first;
  char32_t last;
};
// Unicode's control and formatting characters and line separators, but Arabic number signs, which are seen.
constexpr Range unseen[] = {{0x00, 0x1F},      {0x7F, 0x9F},     {0xAD, 0xAD},       {0x61C, 0x61C},
                            {0x180E, 0x180E},  {0x200B, 0x200F}, {0x2028, 0x202E},   {0x2060, 0x206F},
                            {0xFEFF, 0xFEFF},  {0xFFF9, 0xFFFB}, {0x1BCA0, 0x1BCA3}, {0x1D173, 0x1D17A},
                            {0xE0000, 0xE007F}};

bool is_unseen(char32_t character) {
  return std::any_of(std::begin(unseen), std::end(unseen),
                     [&](const Range& range) { return character >= range.first && character <= range.last; });
}

bool is_joiner(char32_t character) { return character == 0x200C || character == 0x200D; }

// They move or break a line where the language wants it, and turn nothing around: U+202A to U+202E and U+2066 to
// U+2069 do.
bool is_mark(char32_t character) { return character == 0xAD || character == 0x200E || character == 0x200F; }

// Tags spell the region of a flag such as Scotland's (Unicode TS 51): U+1F3F4, tags, U+E007F.
bool continues_flag(char32_t before, char32_t character) {
  const bool is_tag = character >= 0xE0020 && character <= 0xE007F;
  const bool after_spelling = before == 0x1F3F4 || (before >= 0xE0020 && before < 0xE007F);
  return is_tag && after_spelling;
}

bool is_beyond_ascii(std::string_view text, std::size_t at) {
  return at < text.size() && static_cast<unsigned char>(text[at]) >= 0x80;
}

bool is_control(char32_t character) { return character < 0x20 || (character >= 0x7F && character <= 0x9F); }

// Unicode's White_Space.
bool is_space(char32_t character) {
  constexpr Range spaces[] = {{0x09, 0x0D},     {0x20, 0x20},     {0x85, 0x85},     {0xA0, 0xA0},     {0x1680, 0x1680},
                              {0x2000, 0x200A}, {0x2028, 0x2029}, {0x202F, 0x202F}, {0x205F, 0x205F}, {0x3000, 0x3000}};
  return std::any_of(std::begin(spaces), std::end(spaces),
                     [&](const Range& range) { return character >= range.first && character <= range.last; });
}

// The fillers of Hangul and the Braille cell without dots: letters and symbols, but nothing is seen.
bool is_drawn_empty(char32_t character) {
  return character == 0x115F || character == 0x1160 || character == 0x2800 || character == 0x3164 ||
         character == 0xFFA0;
}

// Broken bytes count as '?'.
template <class Holds>
bool any_character(std::string_view text, const Holds& holds) {
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = character_length(text.substr(at));
    if (holds(length == 0 ? U'?' : decode(text.substr(at, length)))) return true;
    at += std::max<std::size_t>(length, 1);
  }
  return false;
}

}  // namespace

bool has_control(std::string_view text) {
  return any_character(text, [](char32_t one) { return is_control(one) && one != U'\t'; });
}

bool turns_text(std::string_view text) {
  return any_character(
      text, [](char32_t one) { return (one >= 0x202A && one <= 0x202E) || (one >= 0x2066 && one <= 0x2069); });
}

bool is_blank(std::string_view text) {
  return !any_character(text, [](char32_t one) { return !is_space(one) && !is_drawn_empty(one); });
}

std::optional<std::size_t> find_invalid_utf8(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = character_length(text.substr(at));
    if (length == 0) return at;
    at += length;
  }
  return std::nullopt;
}

std::optional<Unseen> find_unseen(std::string_view text) {
  char32_t before = 0;
  bool after_joinable = false;  // the character before is beyond ASCII and seen
  bool anything_seen = false;   // a text of marks alone is no name
  std::optional<Unseen> first_mark;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = character_length(text.substr(at));
    const char32_t character = length == 0 ? U'?' : decode(text.substr(at, length));
    const bool joins = is_joiner(character) && after_joinable && is_beyond_ascii(text, at + length);
    const bool marks = is_mark(character);
    const bool spells = joins || marks || continues_flag(before, character);
    if (is_unseen(character) && !spells) return Unseen{character, at, length};
    if (marks && !first_mark) first_mark = Unseen{character, at, length};
    anything_seen = anything_seen || !marks;
    after_joinable = character >= 0x80 && !joins && !marks;
    before = character;
    at += std::max<std::size_t>(length, 1);
  }
  return anything_seen ? std::nullopt : first_mark;
}

}  // namespace allclear
