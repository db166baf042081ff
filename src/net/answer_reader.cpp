#include "net/answer_reader.h"

#include <algorithm>
#include <optional>

#include <boost/beast/core/string.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>

namespace allclear::net {
namespace {

namespace http = boost::beast::http;
using boost::beast::string_view;
using boost::system::error_code;

// Writes straight into the answer: no field container, no copy of the body.
class MessageParser final : public http::basic_parser<false> {
 public:
  MessageParser(AnswerBody body, HttpAnswer& into, std::size_t most) : answer_(into), most_(most) {
    header_limit(static_cast<std::uint32_t>(answer_header_limit));
    body_limit(boost::none);
    eager(true);
    skip(body == AnswerBody::never);
  }

 private:
  void on_request_impl(http::verb, string_view, string_view, int, error_code&) override {}
  void on_response_impl(int status, string_view, int, error_code&) override { answer_.status = status; }

  void on_field_impl(http::field, string_view name, string_view value, error_code& error) override {
    if (answer_.headers.size() >= answer_field_limit) {
      error = http::error::header_limit;
      return;
    }
    answer_.headers.push_back({std::string(name), std::string(value)});
  }

  void on_header_impl(error_code&) override {}

  void on_body_init_impl(const boost::optional<std::uint64_t>& length, error_code&) override {
    if (length) answer_.body.reserve(static_cast<std::size_t>(std::min<std::uint64_t>(*length, 64 * 1024)));
  }

  std::size_t append(string_view bytes) {
    const std::size_t room = most_ - answer_.body.size();
    answer_.body.append(bytes.data(), std::min(bytes.size(), room));
    if (bytes.size() > room) answer_.body_cut = true;
    return bytes.size();
  }

  std::size_t on_body_impl(string_view bytes, error_code&) override { return append(bytes); }
  std::size_t on_chunk_body_impl(std::uint64_t, string_view bytes, error_code&) override { return append(bytes); }
  void on_chunk_header_impl(std::uint64_t, string_view, error_code&) override {}
  void on_finish_impl(error_code&) override {}

  HttpAnswer& answer_;
  const std::size_t most_;  // bytes of the body
};

bool is_interim(int status) { return status / 100 == 1 && status != 101; }

FaultKind kind_of(const error_code& error) {
  return error == http::error::header_limit || error == http::error::buffer_overflow ? FaultKind::too_large
                                                                                     : FaultKind::protocol_error;
}

}  // namespace

class AnswerReader::Parser {
 public:
  Parser(AnswerBody expected, HttpAnswer& into, std::size_t limit) : body(expected), answer(into), body_limit(limit) {
    restart();
  }
  void restart() { message.emplace(body, answer, body_limit); }

  AnswerBody body;
  HttpAnswer& answer;
  std::size_t body_limit;
  std::optional<MessageParser> message;
  int interim = 0;
};

std::string_view HttpAnswer::header(std::string_view name) const {
  for (const HttpField& field : headers) {
    if (boost::beast::iequals(field.name, string_view(name.data(), name.size()))) return field.value;
  }
  return {};
}

AnswerReader::AnswerReader(AnswerBody body, HttpAnswer& into, std::size_t body_limit)
    : parser_(std::make_unique<Parser>(body, into, body_limit)) {}
AnswerReader::~AnswerReader() = default;

Outcome<std::size_t> AnswerReader::put(std::span<const char> bytes) {
  std::size_t used = 0;
  while (used < bytes.size() && !done()) {
    auto& message = *parser_->message;
    error_code error;
    const std::size_t count = message.put(boost::asio::const_buffer(bytes.data() + used, bytes.size() - used), error);
    used += count;
    if (error == http::error::need_more) break;
    if (error) {
      const auto phase = has_header() ? FaultPhase::transfer : FaultPhase::first_byte;
      return fault(phase, kind_of(error), "broken HTTP answer: " + error.message());
    }
    if (message.is_header_done() && is_interim(parser_->answer.status)) {
      if (++parser_->interim > interim_answer_limit) {
        return fault(FaultPhase::first_byte, FaultKind::protocol_error, "more than 8 interim (1xx) answers");
      }
      parser_->answer.status = 0;
      parser_->answer.headers.clear();
      parser_->restart();
      continue;
    }
    if (count == 0) break;
  }
  return used;
}

Outcome<void> AnswerReader::put_end() {
  if (!has_header()) {
    return fault(FaultPhase::first_byte, FaultKind::truncated, "the connection was closed within the answer's header");
  }
  error_code error;
  parser_->message->put_eof(error);
  if (error) parser_->answer.body_ended_early = true;
  return {};
}

bool AnswerReader::has_header() const { return parser_->message->is_header_done(); }
bool AnswerReader::done() const { return parser_->message->is_done() || parser_->answer.body_cut; }
bool AnswerReader::reusable() const { return parser_->message->is_done() && parser_->message->keep_alive(); }

}  // namespace allclear::net
