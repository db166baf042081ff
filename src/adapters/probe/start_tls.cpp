#include "adapters/probe/start_tls.h"

#include <array>

namespace allclear::probe {
namespace {

constexpr std::size_t longest_line = 2048;
constexpr int most_lines = 100;
constexpr auto phase = net::FaultPhase::tls;

tl::unexpected<net::Fault> refused(const std::string& line) {
  return net::fault(phase, net::FaultKind::protocol_error, "the server answered: " + net::clean_text(line, 200));
}

class LineReader {
 public:
  explicit LineReader(net::Stream& stream) : stream_(stream) {}

  // Without its line end.
  net::Task<net::Outcome<std::string>> next(net::Deadline& deadline) {
    for (;;) {
      const std::size_t end = held_.find('\n');
      if (end != std::string::npos) {
        std::string line = held_.substr(0, end);
        held_.erase(0, end + 1);
        if (line.ends_with('\r')) line.pop_back();
        co_return line;
      }
      if (held_.size() >= longest_line) co_return net::fault(phase, net::FaultKind::too_large, "a line of over 2 KiB");
      std::array<char, 512> bytes{};
      const auto count = co_await stream_.read_some(bytes, phase, deadline);
      if (!count) co_return tl::unexpected(count.error());
      if (*count == 0) co_return net::fault(phase, net::FaultKind::reset, "the connection was closed before TLS began");
      held_.append(bytes.data(), *count);
    }
  }

  // Bytes that came before TLS began would be taken for protected ones.
  bool empty() const { return held_.empty(); }

 private:
  net::Stream& stream_;
  std::string held_;
};

// An SMTP answer may have several lines: "250-…", the last one "250 …".
net::Task<net::Outcome<void>> expect_reply(LineReader& lines, std::string code, net::Deadline& deadline) {
  for (int i = 0; i < most_lines; ++i) {
    const auto line = co_await lines.next(deadline);
    if (!line) co_return tl::unexpected(line.error());
    if (!line->starts_with(code)) co_return refused(*line);
    if (line->size() == 3 || (*line)[3] != '-') co_return net::Outcome<void>{};
  }
  co_return net::fault(phase, net::FaultKind::too_large, "an answer of over 100 lines");
}

net::Task<net::Outcome<void>> ask(net::Stream& stream, LineReader& lines, std::string line, std::string code,
                                  net::Deadline& deadline) {
  auto written = co_await stream.write(line, phase, deadline);
  if (!written) co_return written;
  auto answered = co_await expect_reply(lines, std::move(code), deadline);
  co_return answered;
}

net::Task<net::Outcome<void>> start_smtp(net::Stream& stream, LineReader& lines, net::Deadline& deadline) {
  auto result = co_await expect_reply(lines, "220", deadline);
  if (result) result = co_await ask(stream, lines, "EHLO allclear.invalid\r\n", "250", deadline);
  if (result) result = co_await ask(stream, lines, "STARTTLS\r\n", "220", deadline);
  co_return result;
}

net::Task<net::Outcome<void>> start_imap(net::Stream& stream, LineReader& lines, net::Deadline& deadline) {
  const auto greeting = co_await lines.next(deadline);
  if (!greeting) co_return tl::unexpected(greeting.error());
  if (!greeting->starts_with("* OK")) co_return refused(*greeting);
  auto written = co_await stream.write("a1 STARTTLS\r\n", phase, deadline);
  if (!written) co_return written;
  for (int i = 0; i < most_lines; ++i) {
    const auto line = co_await lines.next(deadline);
    if (!line) co_return tl::unexpected(line.error());
    if (line->starts_with("a1 OK")) co_return net::Outcome<void>{};
    if (line->starts_with("a1 ")) co_return refused(*line);
  }
  co_return net::fault(phase, net::FaultKind::too_large, "an answer of over 100 lines");
}

}  // namespace

net::Task<net::Outcome<void>> start_tls(net::Stream& stream, StartTls protocol, net::Deadline& deadline) {
  LineReader lines(stream);
  net::Outcome<void> result;
  switch (protocol) {
    case StartTls::none: co_return result;
    case StartTls::smtp: result = co_await start_smtp(stream, lines, deadline); break;
    case StartTls::imap: result = co_await start_imap(stream, lines, deadline); break;
  }
  if (result && !lines.empty()) co_return net::fault(phase, net::FaultKind::protocol_error, "more text after STARTTLS");
  co_return result;
}

}  // namespace allclear::probe
