#include "net/http_answer.h"

#include <algorithm>
#include <charconv>
#include <chrono>

#include <fmt/format.h>

namespace allclear::net {
namespace {

constexpr std::array<std::string_view, 7> weekday_names{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
constexpr std::array<std::string_view, 12> month_names{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                       "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

// Zero when there is none.
unsigned digits_at(std::string_view text, std::size_t begin, std::size_t length) {
  unsigned value = 0;
  std::from_chars(text.data() + begin, text.data() + begin + length, value);
  return value;
}

}  // namespace

std::string_view status_text(int status) {
  switch (status) {
    case 200: return "OK";
    case 201: return "Created";
    case 202: return "Accepted";
    case 204: return "No Content";
    case 303: return "See Other";
    case 304: return "Not Modified";
    case 400: return "Bad Request";
    case 401: return "Unauthorized";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 408: return "Request Timeout";
    case 409: return "Conflict";
    case 413: return "Content Too Large";
    case 415: return "Unsupported Media Type";
    case 422: return "Unprocessable Content";
    case 429: return "Too Many Requests";
    case 431: return "Request Header Fields Too Large";
    case 500: return "Internal Server Error";
    case 501: return "Not Implemented";
    case 503: return "Service Unavailable";
    case 505: return "HTTP Version Not Supported";
    default: return "Status";  // a status is any number; only its words are ours
  }
}

std::string format_http_date(std::int64_t unix_seconds) {
  using namespace std::chrono;
  const sys_seconds time{seconds(unix_seconds)};
  const sys_days day = floor<days>(time);
  const year_month_day date{day};
  const hh_mm_ss clock{time - day};
  return fmt::format("{}, {:02} {} {:04} {:02}:{:02}:{:02} GMT", weekday_names[weekday{day}.c_encoding()],
                     static_cast<unsigned>(date.day()), month_names[static_cast<unsigned>(date.month()) - 1],
                     static_cast<int>(date.year()), clock.hours().count(), clock.minutes().count(),
                     clock.seconds().count());
}

std::optional<std::int64_t> parse_http_date(std::string_view text) {
  using namespace std::chrono;
  constexpr std::size_t length = 29;
  if (text.size() != length) return std::nullopt;
  const auto name = std::find(month_names.begin(), month_names.end(), text.substr(8, 3));
  const year_month_day date{year(static_cast<int>(digits_at(text, 12, 4))),
                            month(static_cast<unsigned>(name - month_names.begin()) + 1), day(digits_at(text, 5, 2))};
  if (!date.ok()) return std::nullopt;
  const sys_seconds time = sys_days(date) + hours(digits_at(text, 17, 2)) + minutes(digits_at(text, 20, 2)) +
                           seconds(digits_at(text, 23, 2));
  const std::int64_t unix_seconds = time.time_since_epoch().count();
  if (format_http_date(unix_seconds) != text) return std::nullopt;  // the weekday, "24:00", "1 Nov"
  return unix_seconds;
}

void AnswerBytes::fill(HttpResponse&& response, BodyPart part, ConnectionWord word, std::string_view date) {
  response_ = std::move(response);
  part_ = part;
  if (!response_.prebuilt_head) write_head(response_.body ? response_.body->size() : 0);
  tail_.assign("Date: ").append(date).append("\r\n");
  switch (word) {
    case ConnectionWord::none: break;
    case ConnectionWord::keep_alive: tail_.append("Connection: keep-alive\r\n"); break;
    case ConnectionWord::close: tail_.append("Connection: close\r\n"); break;
  }
  tail_.append("\r\n");
}

void AnswerBytes::write_head(std::size_t body_size) {
  head_.clear();
  fmt::format_to(std::back_inserter(head_), "HTTP/1.1 {} {}\r\n", response_.status, status_text(response_.status));
  for (const HttpField& field : response_.headers)
    head_.append(field.name).append(": ").append(field.value).append("\r\n");
  const bool bodiless = response_.status == 204 || response_.status == 304 || part_ == BodyPart::endless;
  if (!bodiless) fmt::format_to(std::back_inserter(head_), "Content-Length: {}\r\n", body_size);
}

std::array<boost::asio::const_buffer, 3> AnswerBytes::buffers() const {
  const std::string& head = response_.prebuilt_head ? *response_.prebuilt_head : head_;
  const bool with_body = part_ == BodyPart::send && response_.body != nullptr;
  return {boost::asio::buffer(head), boost::asio::buffer(tail_),
          with_body ? boost::asio::buffer(*response_.body) : boost::asio::const_buffer{}};
}

}  // namespace allclear::net
