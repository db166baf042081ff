// The bytes of an answer as they go onto the wire, built into storage that a connection reuses. One thread.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <boost/asio/buffer.hpp>

#include "net/http_message.h"

namespace allclear::net {

enum class ConnectionWord : std::uint8_t { none, keep_alive, close };  // none: HTTP/1.1's default
// HEAD leaves it out; endless: it follows by other ways and its end is the connection's.
enum class BodyPart : std::uint8_t { send, leave_out, endless };

// "Fri, 20 Nov 2026 11:17:00 GMT" (RFC 9110, 5.6.7).
std::string format_http_date(std::int64_t unix_seconds);
// Unix seconds; of that form only, which all that is sent today has.
std::optional<std::int64_t> parse_http_date(std::string_view text);

class AnswerBytes {
 public:
  void fill(HttpResponse&& response, BodyPart part, ConnectionWord word, std::string_view date);
  // Valid until the next fill().
  std::array<boost::asio::const_buffer, 3> buffers() const;

 private:
  void write_head(std::size_t body_size);

  HttpResponse response_;  // keeps a prebuilt head and the body alive while they are written
  BodyPart part_ = BodyPart::send;
  std::string head_;
  std::string tail_;
};

std::string_view status_text(int status);

}  // namespace allclear::net
