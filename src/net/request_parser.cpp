#include "net/request_parser.h"

#include <algorithm>
#include <optional>

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>

#include "net/head_scan.h"
#include "net/request_target.h"

namespace allclear::net {
namespace {

namespace http = boost::beast::http;
using boost::beast::error_code;
using boost::beast::string_view;

constexpr std::size_t kept_body = 16 * 1024;  // an idle connection holds on to no more
// What is left of an unfinished chunked body is at least "0 CR LF CR LF". Beast 1.81 asserts that it gets this much.
constexpr std::size_t least_chunked_rest = 5;
constexpr std::size_t beast_slack = 64;  // our own head limit is the one that speaks

std::string_view plain(string_view text) { return {text.data(), text.size()}; }

Refusal scan_refusal(HeadScan scan) {
  switch (scan) {
    case HeadScan::bare_line_feed: return {400, "a line of the request ends with LF instead of CR LF"};
    case HeadScan::bare_carriage_return: return {400, "the request has a CR that is not followed by LF"};
    case HeadScan::folded: return {400, "a header line is folded (obs-fold), which RFC 9112 forbids"};
    case HeadScan::control_character: return {400, "the request head has a control character"};
    case HeadScan::need_more:
    case HeadScan::complete: break;
  }
  return {400, "the request is malformed"};
}

Refusal beast_refusal(const error_code& error) {
  if (error == http::error::bad_version) return {505, "only HTTP/1.0 and HTTP/1.1 are spoken here"};
  if (error == http::error::body_limit) return {413, "the request body is larger than allowed"};
  if (error == http::error::header_limit) return {431, "the request head is larger than allowed"};
  if (error == http::error::bad_content_length || error == http::error::multiple_content_length) {
    return {400, "Content-Length is malformed, repeated or beside Transfer-Encoding"};
  }
  if (error == http::error::bad_transfer_encoding)
    return {400, "Transfer-Encoding is repeated or beside Content-Length"};
  if (error == http::error::bad_chunk || error == http::error::bad_chunk_extension)
    return {400, "a chunk of the body is malformed"};
  return {400, "the request is malformed: " + error.message()};
}

// Receives Beast's callbacks for one message and writes them into a request whose storage is reused.
class MessageParser final : public http::basic_parser<true> {
 public:
  MessageParser(const RequestLimits& limits, HttpRequest& request) : limits_(limits), request_(request) {
    eager(true);
    header_limit(static_cast<std::uint32_t>(limits.head + beast_slack));
    body_limit(limits.body);
    request_.query.clear();
    request_.body.clear();
  }

  const std::optional<Refusal>& refusal() const { return refusal_; }
  bool expects_continue() const { return expects_continue_; }
  int version() const { return version_; }  // 10 or 11
  // Whether `rest`, which is no whole chunk header yet, may become one: else its sender would wait for an answer.
  bool may_go_on(std::string_view rest) const {
    if (!chunked() || is_done() || rest.size() <= chunk_left_) return true;
    rest.remove_prefix(static_cast<std::size_t>(chunk_left_));
    for (std::size_t i = 0; i < rest.size(); ++i) {
      if (rest[i] == '\n' && (i == 0 || rest[i - 1] != '\r')) return false;
    }
    if (chunks_) {  // the line end of the chunk before
      if (!std::string_view("\r\n").starts_with(rest.substr(0, 2))) return false;
      rest.remove_prefix(std::min<std::size_t>(rest.size(), 2));
    }
    const std::size_t digits = std::min(rest.find_first_not_of("0123456789abcdefABCDEF"), rest.size());
    const std::string_view after = rest.substr(digits);
    if (after.empty()) return true;
    if (digits == 0) return false;
    return after[0] == '\r' ? after.size() == 1 || after[1] == '\n'
                            : std::string_view("; \t").find(after[0]) != after.npos;
  }

 private:
  void refuse(int status, std::string detail, error_code& error) {
    refusal_ = Refusal{status, std::move(detail)};
    error = http::error::bad_value;
  }

  void on_request_impl(http::verb, string_view method, string_view target, int version, error_code& error) override {
    version_ = version;
    request_.method.assign(method.data(), method.size());
    if (auto read = read_request_target(plain(target), request_); !read)
      refuse(400, std::move(read.error().message), error);
  }

  void on_field_impl(http::field field, string_view name, string_view value, error_code& error) override {
    if (is_header_done()) return;  // a trailer field: allowed, and never a header (RFC 9110, 6.5.1)
    if (++fields_ > limits_.fields) return refuse(431, "the request has too many header fields", error);
    if (field == http::field::host && ++hosts_ > 1) return refuse(400, "the request has more than one Host", error);
    if (field == http::field::host && !is_host(plain(value))) return refuse(400, "Host is no host name", error);
    if (field == http::field::content_length && ++lengths_ > 1) return refuse(400, "Content-Length is repeated", error);
    if (field == http::field::content_length && !is_decimal(plain(value))) {
      return refuse(400, "Content-Length must be one decimal number", error);
    }
    if (field == http::field::transfer_encoding && !equal_without_case(plain(value), "chunked")) {
      return refuse(501, "the only Transfer-Encoding understood is chunked", error);
    }
    if (field == http::field::expect) expects_continue_ = equal_without_case(plain(value), "100-continue");
    store(plain(name), plain(value));
  }

  void on_header_impl(error_code& error) override {
    request_.headers.resize(fields_);
    if (version_ == 11 && hosts_ == 0) return refuse(400, "an HTTP/1.1 request needs a Host", error);
    if (version_ == 10 && chunked()) return refuse(400, "HTTP/1.0 knows no Transfer-Encoding", error);
  }

  std::size_t on_body_impl(string_view body, error_code&) override { return append(body); }
  std::size_t on_chunk_body_impl(std::uint64_t left, string_view body, error_code&) override {
    chunk_left_ = left - body.size();
    return append(body);
  }
  void on_body_init_impl(const boost::optional<std::uint64_t>&, error_code&) override {}
  void on_chunk_header_impl(std::uint64_t size, string_view, error_code&) override {
    chunks_ = true;
    chunk_left_ = size;
  }
  void on_finish_impl(error_code&) override {}
  void on_response_impl(int, string_view, int, error_code&) override {}

  static bool is_decimal(std::string_view text) {
    if (text.empty() || text.size() > 18) return false;
    for (const char c : text) {
      if (c < '0' || c > '9') return false;
    }
    return true;
  }

  void store(std::string_view name, std::string_view value) {
    if (request_.headers.size() < fields_) request_.headers.emplace_back();
    HttpField& slot = request_.headers[fields_ - 1];
    slot.name.assign(name);
    slot.value.assign(value);
  }

  std::size_t append(string_view body) {
    request_.body.append(body.data(), body.size());
    return body.size();
  }

  const RequestLimits& limits_;
  HttpRequest& request_;
  std::optional<Refusal> refusal_;
  int version_ = 0;
  std::size_t fields_ = 0;
  int hosts_ = 0;
  int lengths_ = 0;
  bool expects_continue_ = false;
  bool chunks_ = false;           // one began
  std::uint64_t chunk_left_ = 0;  // bytes of its data to come
};

}  // namespace

struct RequestParser::Machine {
  explicit Machine(RequestLimits bounds) : limits(bounds) {}

  RequestLimits limits;
  HttpRequest request;
  HeadScanner scanner;
  std::optional<MessageParser> message;
  RequestPhase phase = RequestPhase::idle;

  Result<std::size_t, Refusal> put_head(std::string_view bytes) {
    std::size_t blank = 0;  // empty lines before a request are skipped (RFC 9112, 2.2)
    while (phase == RequestPhase::idle && bytes.substr(blank, 2) == "\r\n") blank += 2;
    if (blank > 0) return blank;
    if (bytes.empty() || bytes == "\r") return 0;
    phase = RequestPhase::head;
    const HeadScan scan = scanner.scan(bytes);
    if (scan == HeadScan::need_more ? bytes.size() >= limits.head
                                    : scan == HeadScan::complete && scanner.length() > limits.head) {
      return tl::unexpected(Refusal{431, "the request head is larger than allowed"});
    }
    if (scan == HeadScan::need_more) return 0;
    if (scan != HeadScan::complete) return tl::unexpected(scan_refusal(scan));
    message.emplace(limits, request);
    phase = RequestPhase::body;
    return feed(bytes.substr(0, scanner.length()));
  }

  Result<std::size_t, Refusal> put_body(std::string_view bytes) {
    const bool short_rest = message->chunked() && bytes.size() < least_chunked_rest;
    const auto used = short_rest ? Result<std::size_t, Refusal>(0) : feed(bytes);
    if (used && *used == 0 && !message->may_go_on(bytes))
      return tl::unexpected(Refusal{400, "a chunk of the body is malformed"});
    return used;
  }

  Result<std::size_t, Refusal> feed(std::string_view bytes) {
    error_code error;
    const std::size_t used = message->put(boost::asio::const_buffer(bytes.data(), bytes.size()), error);
    if (error == http::error::need_more) error = {};
    if (message->refusal()) return tl::unexpected(*message->refusal());
    if (error) return tl::unexpected(beast_refusal(error));
    if (used == 0 && !message->is_done() && bytes.size() >= limits.head) {
      return tl::unexpected(Refusal{400, "a chunk header or the trailer is larger than allowed"});
    }
    if (message->is_done()) phase = RequestPhase::complete;
    return used;
  }
};

RequestParser::RequestParser(RequestLimits limits) : machine_(std::make_unique<Machine>(limits)) {}
RequestParser::~RequestParser() = default;
RequestParser::RequestParser(RequestParser&&) noexcept = default;
RequestParser& RequestParser::operator=(RequestParser&&) noexcept = default;

Result<std::size_t, Refusal> RequestParser::put(std::string_view bytes) {
  switch (machine_->phase) {
    case RequestPhase::idle:
    case RequestPhase::head: return machine_->put_head(bytes);
    case RequestPhase::body: return machine_->put_body(bytes);
    case RequestPhase::complete: return 0;
  }
  return 0;
}

void RequestParser::next() {
  machine_->message.reset();
  machine_->request.path.clear();
  if (machine_->request.body.capacity() > kept_body) std::string().swap(machine_->request.body);
  machine_->scanner = HeadScanner{};
  machine_->phase = RequestPhase::idle;
}

RequestPhase RequestParser::phase() const { return machine_->phase; }
bool RequestParser::keep_alive() const { return machine_->message && machine_->message->keep_alive(); }
bool RequestParser::http_1_0() const { return machine_->message && machine_->message->version() == 10; }
bool RequestParser::expects_continue() const { return machine_->message && machine_->message->expects_continue(); }
HttpRequest& RequestParser::request() { return machine_->request; }

}  // namespace allclear::net
