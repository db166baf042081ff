#include "adapters/notify/mail.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "net/base64.h"
#include "tests/support/sample_notice.h"

namespace allclear::notify {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;
using testing_support::every_step;
using testing_support::ForeignText;
using testing_support::noon;
using testing_support::sample_notice;

EmailChannel channel() {
  EmailChannel channel;
  channel.to = {"ops@example.com"};
  channel.from = "allclear@example.com";
  return channel;
}

// Without its name; empty: there is none.
std::string header(const Mail& mail, const std::string& name) {
  for (const std::string& line : mail.headers) {
    if (line.starts_with(name + ": ")) return line.substr(name.size() + 2);
  }
  return {};
}

Mail mail_of(IncidentStep step, const ForeignText& text = {}) {
  return compose_mail(channel(), sample_notice(step, text), noon());
}

TEST(Mail, R3_TheMessageIdIsTheAlertsKeyAndAnIncidentIsOneThread) {
  const Mail opened = mail_of(IncidentStep::opened);
  const Notice notice = sample_notice(IncidentStep::opened);
  EXPECT_EQ(header(opened, "Message-ID"), "<" + notice.alert.id.value() + "@example.com>");
  EXPECT_EQ(header(opened, "References"), "");
  for (const IncidentStep step : every_step) {
    if (step == IncidentStep::opened) continue;
    const Mail later = mail_of(step);
    EXPECT_EQ(header(later, "References"), header(opened, "Message-ID"));
    EXPECT_EQ(header(later, "In-Reply-To"), header(opened, "Message-ID"));
    EXPECT_NE(header(later, "Message-ID"), header(opened, "Message-ID"));
  }
}

TEST(Mail, SaysWhatItIs) {
  const Mail mail = mail_of(IncidentStep::resolved);
  EXPECT_EQ(header(mail, "Subject"), "Resolved: Shop is down");
  EXPECT_EQ(header(mail, "Date"), "Fri, 20 Nov 2026 12:00:00 +0000");
  EXPECT_EQ(header(mail, "X-AllClear-Incident"), "01JD4Z8Q2W9N5T0V7X3Y6B1CMK");
  EXPECT_EQ(header(mail, "Auto-Submitted"), "auto-generated");
  EXPECT_THAT(mail.text, HasSubstr("Since: 2026-11-20 11:55:00 UTC\r\n"));
  EXPECT_THAT(mail.text, HasSubstr("Sent by AllClear to the channel ops.\r\n"));
  EXPECT_THAT(mail.html, HasSubstr("<a href=\"https://status.example.com/\""));
  EXPECT_THAT(mail.html, HasSubstr("border-top:4px solid #2e8b45"));
}

TEST(Mail, LongWordsWrapOnAPhoneAndLabelsDoNot) {
  const Mail mail = mail_of(IncidentStep::opened);
  EXPECT_THAT(mail.html, HasSubstr("word-break:break-word;overflow-wrap:anywhere\">01JD4Z8Q2W9N5T0V7X3Y6B1CMK</td>"));
  EXPECT_THAT(mail.html, HasSubstr("white-space:nowrap;color:#667085\">Incident</th>"));
}

TEST(Mail, HeadersBeyondAsciiAreEncodedWords) {
  EXPECT_EQ(header_line("Subject", "Shop is down"), "Subject: Shop is down");
  EXPECT_EQ(header_line("Subject", "Żółw"), "Subject: =?UTF-8?B?" + net::base64("Żółw") + "?=");
  EXPECT_EQ(header_line("Subject", "=?UTF-8?B?QQ==?="), "Subject: =?UTF-8?B?" + net::base64("=?UTF-8?B?QQ==?=") + "?=")
      << "what reads as an encoded word is one";
  std::string words, decoded;
  for (int i = 0; i < 20; ++i) words += "日本語 word ";
  const std::string line = header_line("Subject", words);
  for (std::size_t at = line.find("=?UTF-8?B?"); at != std::string::npos; at = line.find("=?UTF-8?B?", at + 1)) {
    const std::string chunk = *net::from_base64(line.substr(at + 10, line.find("?=", at + 10) - at - 10));
    EXPECT_NE(static_cast<unsigned char>(chunk.front()) & 0xC0, 0x80) << "characters are whole";
    decoded += chunk;
  }
  EXPECT_EQ(decoded, words);
}

TEST(Mail, LongHeadersAreFolded) {
  std::string words;
  for (int i = 0; i < 30; ++i) words += "word" + std::to_string(i) + " ";
  std::string line = header_line("Subject", words);
  for (std::size_t at = 0; at < line.size();) {
    const std::size_t end = std::min(line.find("\r\n", at), line.size());
    EXPECT_LE(end - at, 78U);
    at = end + 2;
  }
  for (auto at = line.find("\r\n "); at != std::string::npos; at = line.find("\r\n ")) line.erase(at, 2);
  EXPECT_EQ(line, "Subject: " + words);
}

TEST(Mail, S17_HostileTextLeavesNeitherItsHeaderNorItsElement) {
  const std::string hostile = "a\r\nBcc: x@y\r\n\r\n<script>alert('1')</script>\"><img src=x onerror=y>";
  for (const IncidentStep step : every_step) {
    Notice notice = sample_notice(step, ForeignText::all(hostile));
    notice.alert.channel = ChannelId("mailto:a@b\r\nBcc: z");
    notice.incident.id = IncidentId("x>\r\nBcc: z");
    const Mail mail = compose_mail(channel(), notice, noon());
    for (const std::string& line : mail.headers) {
      for (std::size_t at = line.find_first_of("\r\n"); at != std::string::npos; at = line.find_first_of("\r\n", at)) {
        ASSERT_EQ(line.substr(at, 3), "\r\n ") << line;
        at += 3;
      }
      EXPECT_FALSE(line.starts_with("Bcc"));
    }
    EXPECT_THAT(mail.html, Not(HasSubstr("<script")));
    EXPECT_THAT(mail.html, Not(HasSubstr("<img")));
  }
}

}  // namespace
}  // namespace allclear::notify
