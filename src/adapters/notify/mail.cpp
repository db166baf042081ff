#include "adapters/notify/mail.h"

#include <algorithm>

#include <fmt/format.h>

#include "adapters/notify/mail_html.h"
#include "adapters/notify/message.h"
#include "adapters/notify/text.h"
#include "base/hash.h"
#include "net/base64.h"
#include "net/http_answer.h"

namespace allclear::notify {
namespace {

constexpr std::size_t line_limit = 78;  // RFC 5322, 2.1.1
constexpr std::string_view fold = "\r\n ";
constexpr std::size_t name_limit = 300;

// What a message's id is made of may not leave its angle brackets.
std::string id_part(std::string_view text) {
  std::string part;
  for (const char c : text) {
    const bool fits =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
    if (fits && part.size() < 100) part += c;
  }
  return part.empty() ? "none" : part;
}

std::string domain_of(const EmailChannel& channel) {
  const std::size_t at = channel.from.rfind('@');
  return id_part(at == std::string::npos ? channel.from : std::string_view(channel.from).substr(at + 1));
}

std::string message_id(std::string_view key, const EmailChannel& channel) {
  return fmt::format("<{}@{}>", id_part(key), domain_of(channel));
}

// As the key of the alert of the incident's first step is made.
std::string first_key(const Notice& notice) {
  return stable_key({notice.incident.id.value(), "1", notice.alert.channel.value()});
}

std::string mail_date(WallTime time) {
  std::string date = net::format_http_date(std::chrono::floor<seconds>(time).time_since_epoch().count());
  if (date.ends_with("GMT")) date.replace(date.size() - 3, 3, "+0000");
  return date;
}

// Words that a line can be folded between, nothing that reads as an encoded word.
bool is_plain(std::string_view value) {
  constexpr std::size_t longest_word = 60;
  std::size_t word = 0;
  for (const char c : value) {
    if (c < ' ' || c > '~') return false;
    word = c == ' ' ? 0 : word + 1;
    if (word > longest_word) return false;
  }
  return value.find("=?") == std::string_view::npos;
}

std::string folded(std::string line) {
  std::size_t start = 0;
  while (line.size() - start > line_limit) {
    const std::size_t space = line.rfind(' ', start + line_limit);
    if (space == std::string::npos || space <= start) break;
    line.replace(space, 1, fold);
    start = space + 2;
  }
  return line;
}

// Each at most 75 bytes, of whole characters.
std::string encoded_words(std::string_view name, std::string_view value) {
  constexpr std::size_t chunk_limit = 39;  // bytes: with the name before them the first words fit into a line
  std::string line = fmt::format("{}: ", name);
  for (bool first = true; !value.empty(); first = false) {
    std::size_t size = std::min(chunk_limit, value.size());
    while (size < value.size() && (static_cast<unsigned char>(value[size]) & 0xC0) == 0x80) --size;
    line += fmt::format("{}=?UTF-8?B?{}?=", first ? "" : fold, net::base64(value.substr(0, size)));
    value.remove_prefix(size);
  }
  return line;
}

std::string recipients_line(const std::vector<std::string>& recipients) {
  std::string line = "To: ";
  for (const std::string& recipient : recipients) {
    if (&recipient != &recipients.front()) line += std::string(",") + std::string(fold);
    line += recipient;
  }
  return line;
}

std::vector<std::string> headers_of(const EmailChannel& channel, const Notice& notice, const Message& message,
                                    WallTime now) {
  const std::string id = message_id(notice.alert.id.value(), channel);
  const std::string root = message_id(first_key(notice), channel);
  std::vector<std::string> headers = {
      fmt::format("From: AllClear <{}>", channel.from),
      recipients_line(channel.to),
      header_line("Subject", message.subject),
      "Date: " + mail_date(now),
      "Message-ID: " + id,
  };
  if (id != root) {
    headers.push_back("In-Reply-To: " + root);
    headers.push_back("References: " + root);
  }
  headers.push_back(fmt::format("List-Id: AllClear alerts <alerts.allclear.{}>", domain_of(channel)));
  headers.push_back("Auto-Submitted: auto-generated");
  headers.push_back("X-Auto-Response-Suppress: All");  // Exchange knows no Auto-Submitted
  headers.push_back("X-AllClear-Incident: " + id_part(notice.incident.id.value()));
  headers.push_back("X-AllClear-Service: " + id_part(notice.alert.service.value()));
  headers.push_back(fmt::format("X-AllClear-Step: {}", to_string(notice.alert.step)));
  return headers;
}

std::string with_crlf(std::string_view text) {
  std::string out;
  for (const char c : text) out += c == '\n' ? std::string("\r\n") : std::string(1, c);
  return out;
}

}  // namespace

std::string header_line(std::string_view name, std::string_view value) {
  if (is_plain(value)) return folded(fmt::format("{}: {}", name, value));
  return encoded_words(name, value);
}

Mail compose_mail(const EmailChannel& channel, const Notice& notice, WallTime now) {
  const Message message = make_message(notice);
  const std::string footer =
      fmt::format("Sent by AllClear to the channel {}.", one_line(notice.alert.channel.value(), name_limit));
  Mail mail;
  mail.from = channel.from;
  mail.to = channel.to;
  mail.headers = headers_of(channel, notice, message, now);
  mail.text = with_crlf(fmt::format("{}\n\n{}\n-- \n{}\n", message.subject, plain_text(message), footer));
  mail.html = with_crlf(mail_html(message, footer));
  return mail;
}

}  // namespace allclear::notify
