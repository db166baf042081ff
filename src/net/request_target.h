// The request target of RFC 9112 section 3.2 (origin-form, absolute-form and, of OPTIONS, asterisk-form), strictly read.
// Pure.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "net/http_message.h"

namespace allclear::net {

// Fills `path` and `query` of the request, whose method is known already. Refuses whatever a later reader could take for
// something else: bytes outside visible ASCII, '#', an absolute URL without a host, bad percent escapes, decoded control
// characters and decoded text that is not UTF-8. When only the query is refused, `path` is what was read; otherwise it
// is left empty.
Result<void> read_request_target(std::string_view target, HttpRequest& request);

// A body of application/x-www-form-urlencoded, as strictly read: names and values, decoded, in order.
Result<std::vector<std::pair<std::string, std::string>>> read_form(std::string_view body);

// A Host header's value by RFC 9110 section 7.2: a host, as in a URL, and a port. Empty is a host, too (RFC 9112, 3.2).
bool is_host(std::string_view value);

}  // namespace allclear::net
