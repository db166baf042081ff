// Random bytes of the kernel. Any thread.
#pragma once

#include <cstddef>
#include <string>

#include "base/result.h"

namespace allclear::net {

Result<std::string> random_bytes(std::size_t count);

}  // namespace allclear::net
