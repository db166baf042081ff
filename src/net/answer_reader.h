// AnswerReader: turns the bytes of an HTTP/1 answer into values, with bounds on all that a hostile server can grow.
// Knows no socket. One answer per object.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "net/fault.h"
#include "net/http_message.h"

namespace allclear::net {

inline constexpr std::size_t answer_header_limit = 64 * 1024;  // bytes, status line included
inline constexpr std::size_t answer_field_limit = 100;
inline constexpr std::size_t answer_body_limit = 1024 * 1024;  // of a check: read and judged
inline constexpr int interim_answer_limit = 8;                 // 1xx before the final one

struct HttpAnswer {
  int status = 0;
  std::vector<HttpField> headers;
  std::string body;
  bool body_cut = false;          // there was more than the limit: no fault
  bool body_ended_early = false;  // fewer bytes than announced
  std::string final_url;
  int redirects = 0;

  // The first value, empty when absent; names compare without case.
  std::string_view header(std::string_view name) const;
};

enum class AnswerBody : std::uint8_t { expected, never };  // never: the answer to HEAD

class AnswerReader {
 public:
  AnswerReader(AnswerBody body, HttpAnswer& into, std::size_t body_limit = answer_body_limit);
  ~AnswerReader();

  // Parses from the front; returns how many bytes were used up, the caller keeps the rest.
  Outcome<std::size_t> put(std::span<const char> bytes);
  // The connection ended.
  Outcome<void> put_end();
  bool has_header() const;
  bool done() const;      // whole, or cut at the body limit
  bool reusable() const;  // whole, and the server keeps the connection

 private:
  class Parser;
  std::unique_ptr<Parser> parser_;
};

}  // namespace allclear::net
