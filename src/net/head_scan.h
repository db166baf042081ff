// Finds the end of a request head and refuses line endings and bytes that two readers could see differently (S11). Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace allclear::net {

enum class HeadScan : std::uint8_t {
  need_more,
  complete,
  bare_line_feed,
  bare_carriage_return,
  folded,
  control_character
};

// Goes on where the last call ended, so that a dripping client costs linear work.
class HeadScanner {
 public:
  // `bytes` begins with the request line and must only grow between calls. After complete, length() is the head's
  // length with its empty line.
  HeadScan scan(std::string_view bytes);
  std::size_t length() const { return at_; }

 private:
  std::size_t at_ = 0;
};

}  // namespace allclear::net
