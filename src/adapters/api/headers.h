// The headers that every answer carries, errors included (S9). Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "adapters/api/document.h"

namespace allclear::api {

enum class Audience : std::uint8_t { everyone, operators };  // only everyone's answers carry CORS

inline constexpr std::string_view content_security_policy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri "
    "'none'; "
    "form-action 'self'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types lit-html";

// Whether public reads are for one origin only: caches must keep such answers apart.
bool varies_by_origin(const AnswerPolicy& policy);

// Each line ends in CRLF. Without Vary, which the document says for itself.
std::string common_header_lines(const AnswerPolicy& policy, Audience audience);
// The same for answers that are not prebuilt.
void add_common_headers(net::HttpResponse& response, const AnswerPolicy& policy, Audience audience);

}  // namespace allclear::api
