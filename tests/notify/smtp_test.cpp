// Letters to a real mail server: what arrives, and under which protection.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/notify_runner.h"
#include "tests/support/sample_notice.h"
#include "tests/support/smtp_sink.h"

namespace allclear::test {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;
using testing_support::ForeignText;
using testing_support::sample_notice;

class Smtp : public testing::Test {
 protected:
  EmailChannel channel(const SmtpSink& sink, MailTls tls) const {
    EmailChannel channel;
    channel.to = {"ops@example.com", "dev@example.com"};
    channel.from = "allclear@example.com";
    channel.host = "localhost";
    channel.port = sink.port();
    channel.tls = tls;
    channel.ca_file = ca_file_;
    return channel;
  }
  SmtpSinkOptions with_tls(SinkTls tls) const { return {tls, &server_, "", "", {}}; }

  const Identity ca_ = make_identity({"test ca", {}, -1, 30, KeyKind::p256, true});
  const Identity server_ = make_identity({"localhost", {"DNS:localhost"}}, &ca_);
  const Identity other_ = make_identity({"elsewhere", {"DNS:elsewhere.test"}}, &ca_);
  const ScratchFolder folder_;
  const std::string ca_file_ = folder_.write("ca.pem", certificate_pem(ca_));
  NotifyRunner runner_;
};

TEST_F(Smtp, ALetterReachesAllRecipientsOfTheChannelAtOnce) {
  const SmtpSink sink;
  const Delivery delivery = runner_.send(channel(sink, MailTls::off), sample_notice());
  EXPECT_EQ(delivery.outcome, DeliveryOutcome::sent) << delivery.answer;
  EXPECT_EQ(delivery.answer, "250 2.0.0 queued as 42");
  ASSERT_EQ(sink.letters().size(), 1U);
  const ReceivedLetter letter = sink.letters().front();
  EXPECT_EQ(letter.from, "allclear@example.com");
  EXPECT_THAT(letter.to, ElementsAre("ops@example.com", "dev@example.com"));
  for (const char* header :
       {"From: AllClear <allclear@example.com>\r\n", "To: ops@example.com,\r\n dev@example.com\r\n",
        "Subject: Shop is down\r\n", "List-Id: AllClear alerts <alerts.allclear.example.com>\r\n",
        "Auto-Submitted: auto-generated\r\n", "X-AllClear-Incident: 01JD4Z8Q2W9N5T0V7X3Y6B1CMK\r\n",
        "Content-Type: multipart/alternative; boundary=", "Content-Type: text/plain; charset=utf-8",
        "Content-Type: text/html; charset=utf-8"}) {
    EXPECT_THAT(letter.text, HasSubstr(header));
  }
  EXPECT_THAT(letter.text, Not(HasSubstr("References:"))) << "the first of its incident";
  EXPECT_EQ(sink.commands().back(), "QUIT");
}

TEST_F(Smtp, S17_LinesAreShortAndAscii) {
  const SmtpSink sink;
  ForeignText text;
  text.title = std::string(90, 'a') + "Żółć\r\nBcc: x@example.com";
  text.body = ".\r\n..\r\n" + std::string(3'000, 'b') + "日本";
  ASSERT_EQ(runner_.send(channel(sink, MailTls::off), sample_notice(IncidentStep::opened, text)).outcome,
            DeliveryOutcome::sent);
  const std::string letter = sink.letters().front().text;
  for (std::size_t at = 0; at < letter.size();) {
    const std::size_t end = letter.find("\r\n", at);
    ASSERT_NE(end, std::string::npos);
    const std::string line = letter.substr(at, end - at);
    EXPECT_LE(line.size(), line.starts_with("Content-Type: multipart") ? 100U : 78U) << line;  // that one is libcurl's
    EXPECT_FALSE(line.starts_with("Bcc"));
    at = end + 2;
  }
  for (const char c : letter) ASSERT_TRUE((c >= ' ' && c <= '~') || c == '\r' || c == '\n') << static_cast<int>(c);
}

TEST_F(Smtp, StartTlsIsUsedWithACertificateThatIsTrusted) {
  const SmtpSink sink(with_tls(SinkTls::starttls));
  const Delivery delivery = runner_.send(channel(sink, MailTls::required), sample_notice());
  EXPECT_EQ(delivery.outcome, DeliveryOutcome::sent) << delivery.answer;
  ASSERT_EQ(sink.letters().size(), 1U);
  EXPECT_TRUE(sink.letters().front().encrypted);
  EXPECT_THAT(runner_.lines, Contains("> STARTTLS"));
}

TEST_F(Smtp, TlsFromTheStart) {
  const SmtpSink sink(with_tls(SinkTls::from_start));
  EXPECT_EQ(runner_.send(channel(sink, MailTls::from_start), sample_notice()).outcome, DeliveryOutcome::sent);
  EXPECT_TRUE(sink.letters().at(0).encrypted);
}

TEST_F(Smtp, NothingGoesInPlainTextToAServerWithoutStartTls) {
  const SmtpSink sink({SinkTls::none, nullptr, "anna", "secret", {}});
  EmailChannel wanted = channel(sink, MailTls::required);
  wanted.user = "anna";
  wanted.password = "hunter22";
  const Delivery delivery = runner_.send(wanted, sample_notice());
  EXPECT_EQ(delivery.outcome, DeliveryOutcome::rejected);
  EXPECT_THAT(delivery.answer, HasSubstr("offers no STARTTLS"));
  for (const std::string& command : sink.commands()) {
    EXPECT_THAT(command, Not(StartsWith("MAIL")));
    EXPECT_THAT(command, Not(StartsWith("AUTH")));
  }
}

TEST_F(Smtp, TlsThatIsOnlyOfferedIsTakenOrLeft) {
  const SmtpSink plain, tls({SinkTls::starttls, &other_, "", "", {}});
  EXPECT_EQ(runner_.send(channel(plain, MailTls::offered), sample_notice()).outcome, DeliveryOutcome::sent);
  EXPECT_FALSE(plain.letters().at(0).encrypted);
  EXPECT_EQ(runner_.send(channel(tls, MailTls::offered), sample_notice()).outcome, DeliveryOutcome::sent);
  EXPECT_TRUE(tls.letters().at(0).encrypted) << "whoever's certificate it shows";
}

TEST_F(Smtp, ACertificateOfSomebodyElseIsToldAndTriedAgain) {
  for (const SinkTls kind : {SinkTls::starttls, SinkTls::from_start}) {
    const SmtpSink elsewhere({kind, &other_, "", "", {}}), untrusted(with_tls(kind));
    const MailTls tls = kind == SinkTls::starttls ? MailTls::required : MailTls::from_start;
    EmailChannel without_ca = channel(untrusted, tls);
    without_ca.ca_file.clear();
    for (const EmailChannel& wanted : {channel(elsewhere, tls), without_ca}) {
      const Delivery delivery = runner_.send(wanted, sample_notice());
      EXPECT_EQ(delivery.outcome, DeliveryOutcome::retry_after);
      EXPECT_THAT(delivery.answer, HasSubstr("the certificate of localhost:"));
    }
    EXPECT_TRUE(elsewhere.letters().empty());
    EXPECT_TRUE(untrusted.letters().empty());
  }
}

TEST_F(Smtp, S7_TheRightPasswordOpensTheDoorAndIsShownNowhere) {
  SmtpSinkOptions options = with_tls(SinkTls::starttls);
  options.user = "anna";
  options.password = "hunter22";
  const SmtpSink sink(options);
  EmailChannel wanted = channel(sink, MailTls::required);
  wanted.user = "anna";
  wanted.password = "hunter22";
  EXPECT_EQ(runner_.send(wanted, sample_notice()).outcome, DeliveryOutcome::sent);
  EXPECT_EQ(sink.letters().at(0).user, "anna");
  for (const std::string& line : runner_.lines) {
    EXPECT_THAT(line, Not(HasSubstr("hunter22")));
    EXPECT_THAT(line, Not(HasSubstr("AGFubmE"))) << "neither in base64";
  }
  EXPECT_THAT(runner_.lines, Contains(StartsWith("> AUTH PLAIN")));
}

TEST_F(Smtp, S7_APasswordThatIsACommonWordIsHiddenInTheReplyAndTearsNothingOfOurs) {
  SmtpSinkOptions options = with_tls(SinkTls::starttls);
  options.user = "anna";
  options.password = "hunter22";
  const SmtpSink sink(options);
  EmailChannel wanted = channel(sink, MailTls::required);
  wanted.user = "anna";
  wanted.password = "wrong";
  EXPECT_EQ(runner_.send(wanted, sample_notice()).answer,
            "535 5.7.8 Username and Password not accepted (is the user or the password wrong?)");
  wanted.password = "accepted";
  EXPECT_EQ(runner_.send(wanted, sample_notice()).answer,
            "535 5.7.8 Username and Password not *** (is the user or the password wrong?)");
}

TEST_F(Smtp, AWrongPasswordIsADeadLetterThatSaysSo) {
  SmtpSinkOptions options = with_tls(SinkTls::starttls);
  options.user = "anna";
  options.password = "hunter22";
  const SmtpSink sink(options);
  EmailChannel wanted = channel(sink, MailTls::required);
  wanted.user = "anna";
  wanted.password = "hunter23";
  const Delivery delivery = runner_.send(wanted, sample_notice());
  EXPECT_EQ(delivery.outcome, DeliveryOutcome::rejected);
  EXPECT_EQ(delivery.answer, "535 5.7.8 Username and Password not accepted (is the user or the password wrong?)");
  wanted.user.clear();
  const Delivery unknown = runner_.send(wanted, sample_notice());
  EXPECT_EQ(unknown.outcome, DeliveryOutcome::rejected);
  EXPECT_EQ(unknown.answer, "530 5.7.0 Authentication required (it wants user and password, or TLS)");
}

}  // namespace
}  // namespace allclear::test
