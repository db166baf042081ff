// Document: one answer body with its heads, encodings and entity tags prebuilt, so that serving it copies nothing.
// Immutable once made; any thread.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "net/http_message.h"

namespace allclear::api {

enum class Encoding : std::uint8_t { identity, gzip, brotli };
inline constexpr std::size_t encoding_count = 3;

enum class Effort : std::uint8_t { quick, best };  // quick: rendered every second; best: once at start
enum class Caching : std::uint8_t { revalidate, immutable };

// What every answer of one server carries.
struct AnswerPolicy {
  std::string cors = "*";  // Access-Control-Allow-Origin of public reads; empty: none
  bool hsts = false;       // the server itself speaks TLS
};

struct Document {
  struct Variant {
    std::string etag;
    std::shared_ptr<const std::string> head;       // 200
    std::shared_ptr<const std::string> unchanged;  // 304
    std::shared_ptr<const std::string> body;       // null: this encoding is not worth it
  };
  std::array<Variant, encoding_count> variants;
};

Document make_document(std::string body, std::string_view content_type, Caching caching, Effort effort,
                       const AnswerPolicy& policy);
// The variant that the request accepts best, or 304 when it has that one already.
net::HttpResponse serve(const Document& document, const net::HttpRequest& request);

// Compressed text; empty when the library fails or the text would not become smaller.
std::string compress(Encoding encoding, std::string_view text, Effort effort);
// Brotli before gzip at equal weight; identity when neither is accepted (RFC 9110, 12.5.3).
Encoding choose_encoding(std::string_view accept_encoding);
// If-None-Match: "*" or a list; weak comparison (RFC 9110, 13.1.2).
bool matches_etag(std::string_view if_none_match, std::string_view etag);

}  // namespace allclear::api
