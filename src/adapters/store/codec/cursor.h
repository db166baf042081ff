// What the cursors of pages have in common: numbers, each ended by a dot. Pure.
#pragma once

#include <charconv>
#include <string_view>

namespace allclear::store {

// Takes "123." off the front. False: there is no such number.
template <class Number>
bool read_cursor_number(std::string_view& rest, Number& number) {
  const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), number);
  if (error != std::errc{} || end == rest.data() + rest.size() || *end != '.') return false;
  rest.remove_prefix(static_cast<std::size_t>(end - rest.data()) + 1);
  return true;
}

}  // namespace allclear::store
