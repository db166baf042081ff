#include "adapters/notify/smtp_dialogue.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "net/fault.h"

namespace allclear::notify {
namespace {

constexpr std::size_t lines_limit = 200;
constexpr std::size_t reply_limit = 300;

std::string_view without_line_end(std::string_view text) {
  while (text.ends_with('\n') || text.ends_with('\r')) text.remove_suffix(1);
  return text;
}

// "RCPT TO:<a@b> …" -> "a@b"
std::string address_in(std::string_view command) {
  const std::size_t open = command.find('<');
  const std::size_t close = command.find('>', open == std::string_view::npos ? 0 : open);
  if (open == std::string_view::npos || close == std::string_view::npos) return {};
  return std::string(command.substr(open + 1, close - open - 1));
}

}  // namespace

void SmtpDialogue::sent(std::string_view command) {
  command = without_line_end(command);
  if (std::exchange(asked_for_secret_, false)) return keep("> ***");
  const auto begins = [&](std::string_view word) { return command.starts_with(word); };
  if (begins("AUTH ")) {
    said_ = SmtpStage::login;
    const std::size_t mechanism_end = std::min(command.find(' ', 5), command.size());
    const bool more = mechanism_end < command.size();
    return keep("> " + std::string(command.substr(0, mechanism_end)) + (more ? " ***" : ""));
  }
  keep("> " + net::clean_text(command));
  if (begins("EHLO") || begins("HELO")) said_ = SmtpStage::hello;
  if (begins("STARTTLS")) said_ = SmtpStage::start_tls;
  if (begins("MAIL ")) said_ = SmtpStage::sender;
  if (begins("DATA")) said_ = SmtpStage::data;
  if (begins("QUIT")) said_ = SmtpStage::quit;
  if (begins("RCPT ")) {
    said_ = SmtpStage::recipient;
    recipient_ = address_in(command);
  }
}

void SmtpDialogue::sent_letter(std::string_view bytes) {
  said_ = SmtpStage::letter;
  while (in_letters_headers_ && !bytes.empty()) {
    const std::size_t end = std::min(bytes.find('\n'), bytes.size());
    const std::string_view line = without_line_end(bytes.substr(0, end));
    in_letters_headers_ = !line.empty();
    keep("> " + (in_letters_headers_ ? net::clean_text(line) : "(the letter)"));
    bytes.remove_prefix(std::min(end + 1, bytes.size()));
  }
}

void SmtpDialogue::heard(std::string_view line) {
  line = without_line_end(line);
  keep("< " + net::clean_text(line));
  int code = 0;
  const auto [end, error] = std::from_chars(line.data(), line.data() + std::min<std::size_t>(line.size(), 3), code);
  const bool last = line.size() == 3 || (line.size() > 3 && line[3] == ' ');
  if (error == std::errc{} && end == line.data() + 3 && last) settle(code, net::clean_text(line, reply_limit));
}

void SmtpDialogue::settle(int code, std::string reply) {
  if (takes_leave()) return;
  answered_ = said_;
  code_ = code;
  reply_ = std::move(reply);
  asked_for_secret_ = said_ == SmtpStage::login && code == 334;
  if (said_ == SmtpStage::recipient && code >= 400) refused_.push_back({recipient_, code, reply_});
  if (said_ == SmtpStage::recipient && code < 400) accepted_recipients_.push_back(recipient_);
  if (said_ == SmtpStage::letter && code >= 200 && code < 300) accepted_ = true;
}

void SmtpDialogue::note(std::string_view text) { keep("* " + net::clean_text(without_line_end(text))); }

void SmtpDialogue::keep(std::string line) {
  if (lines_.size() < lines_limit) lines_.push_back(std::move(line));
}

}  // namespace allclear::notify
