// Whom a client address stands for when clients are counted. Pure.
#pragma once

#include <string>

namespace allclear::net {

// An IPv6 client usually owns its whole /64: all its addresses are one. Anything else stands for itself.
std::string client_key(const std::string& address);

}  // namespace allclear::net
