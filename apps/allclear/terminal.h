// What a terminal can show. Reads the environment only through detect().
#pragma once

#include <string>
#include <string_view>

#include "core/model/verdict.h"

namespace allclear::app {

struct Terminal {
  bool colour = false;
  bool drawing = false;  // bars of block characters; false when piped
  int columns = 80;

  // Of standard output: a terminal gets drawing, and colour unless NO_COLOR is set or TERM is "dumb".
  static Terminal detect();

  // The text in the state's colour, or unchanged.
  std::string paint(Verdict verdict, std::string_view text) const;
  std::string dim(std::string_view text) const;
  std::string bold(std::string_view text) const;
};

// Text from targets and servers, made safe to print: control characters and escapes become "?".
std::string printable(std::string_view text);

}  // namespace allclear::app
