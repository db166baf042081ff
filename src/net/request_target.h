// The request target of RFC 9112 section 3.2 (origin-form, absolute-form and, of OPTIONS, asterisk-form), strictly read.
// Pure.
#pragma once

#include <string_view>

#include "base/result.h"
#include "net/http_message.h"

namespace allclear::net {

// Fills `path` and `query` of the request, whose method is known already. Refuses whatever a later reader could take for something else: bytes outside
// visible ASCII, '#', bad percent escapes, decoded control characters and decoded text that is not UTF-8. When only the
// query is refused, `path` is what was read; otherwise it is left empty.
Result<void> read_request_target(std::string_view target, HttpRequest& request);

}  // namespace allclear::net
