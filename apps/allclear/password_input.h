// A password as a command is given it: from a file, from the terminal twice without echo, or as the first line of standard
// input.
#pragma once

#include <string>

#include "base/result.h"

namespace allclear::app {

// `file` empty: from standard input. Error: there is none, the two differ, or it is not UTF-8.
Result<std::string> read_password(const std::string& file);

}  // namespace allclear::app
