// Conditional requests on the operators' routes: entity tags, If-None-Match and If-Match (RFC 9110, 13.1), and the key under which a
// request counts once (RFC draft httpapi-idempotency-key-header). Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "adapters/api/problem.h"
#include "base/result.h"

namespace allclear::api {

// Strong; of a representation's bytes.
std::string etag_of(std::string_view body);
// "*" or a list, compared strongly: a weak tag matches nothing.
bool matches_strongly(std::string_view if_match, std::string_view etag);
// With its tag; 304 when the reader has it. Of answers to GET and HEAD, and of those that show what was written.
net::HttpResponse tagged(net::HttpResponse answer, const net::HttpRequest& request);

// The request's key; empty: it has none.
Result<std::string, Problem> read_idempotency_key(const net::HttpRequest& request);
// Of all that two requests under one key must have in common.
std::uint64_t fingerprint_of(const net::HttpRequest& request);

}  // namespace allclear::api
