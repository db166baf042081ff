// Mail servers that refuse, hang, leave or talk nonsense.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/notify_runner.h"
#include "tests/support/sample_notice.h"
#include "tests/support/smtp_sink.h"

namespace allclear::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing_support::sample_notice;

EmailChannel channel_to(std::uint16_t port, std::vector<std::string> to = {"ops@example.com"}) {
  EmailChannel channel;
  channel.to = std::move(to);
  channel.from = "allclear@example.com";
  channel.host = "127.0.0.1";
  channel.port = port;
  channel.tls = MailTls::off;
  return channel;
}

SmtpSinkOptions answering(const std::string& to, const std::string& with) {
  SmtpSinkOptions options;
  options.answers[to] = with;
  return options;
}

struct Answer {
  std::string to;
  std::string with;
  DeliveryOutcome outcome;
  std::string words;
};

TEST(SmtpFailure, R5_WhatAReplyMeans) {
  const auto later = DeliveryOutcome::retry_after;
  const auto dead = DeliveryOutcome::rejected;
  const std::vector<Answer> answers = {
      {"greeting", "421 too busy", later, "421 too busy"},
      {"greeting", "554 go away", dead, "554 go away (it does not talk to this host)"},
      {"EHLO", "502 unknown", dead, "502 unknown (it does not talk to this host)"},
      {"MAIL", "451 4.3.0 later", later, "451 4.3.0 later"},
      {"MAIL", "550 5.7.1 no such sender", dead,
       "550 5.7.1 no such sender (may allclear@example.com send through it?)"},
      {"RCPT", "450 greylisted", later, "ops@example.com: 450 greylisted"},
      {"RCPT", "550 5.7.1 relaying denied", dead,
       "ops@example.com: 550 5.7.1 relaying denied (is the address right, and does it relay for this sender?)"},
      {"DATA", "451 later", later, "451 later"},
      {"letter", "452 disk full", later, "452 disk full"},
      {"letter", "554 5.7.1 spam", dead, "554 5.7.1 spam (it did not take the letter)"},
  };
  for (const Answer& answer : answers) {
    NotifyRunner runner;
    const SmtpSink sink(answering(answer.to, answer.with));
    const Delivery delivery = runner.send(channel_to(sink.port()), sample_notice());
    EXPECT_EQ(delivery.outcome, answer.outcome) << answer.to << " " << answer.with << ": " << delivery.answer;
    EXPECT_EQ(delivery.answer, answer.words);
    EXPECT_TRUE(sink.letters().empty());
  }
}

TEST(SmtpFailure, ServersThatLeaveOrTalkNonsenseAreTriedAgain) {
  for (const char* where : {"greeting", "EHLO", "MAIL", "RCPT", "DATA", "letter"}) {
    NotifyRunner runner;
    const SmtpSink leaves(answering(where, "close"));
    EXPECT_EQ(runner.send(channel_to(leaves.port()), sample_notice()).outcome, DeliveryOutcome::retry_after) << where;
  }
  for (const char* nonsense : {"HTTP/1.1 400 Bad Request\r\n\r\n", "\x16\x03\x01\xff\xfe\r\n", "999 x\r\n", "\r\n"}) {
    NotifyRunner runner;
    const ScriptedServer server([&](Conversation& peer) {
      peer.send(nonsense);
      peer.hold();
    });
    const Delivery delivery = runner.send(channel_to(server.port()), sample_notice(), milliseconds(500));
    EXPECT_EQ(delivery.outcome, DeliveryOutcome::retry_after) << delivery.answer;
  }
  NotifyRunner runner;
  const ScriptedServer flood([](Conversation& peer) { peer.send_forever("220-endless\r\n"); });
  EXPECT_EQ(runner.send(channel_to(flood.port()), sample_notice(), milliseconds(500)).outcome,
            DeliveryOutcome::retry_after);
  const Delivery refused = runner.send(channel_to(closed_port()), sample_notice());
  EXPECT_EQ(refused.outcome, DeliveryOutcome::retry_after);
  EXPECT_THAT(refused.answer, HasSubstr("127.0.0.1:"));
}

TEST(SmtpFailure, S6_AddressesThatAreNeverAllowedAreNotTalkedTo) {
  NotifyRunner runner;
  EmailChannel channel = channel_to(25);
  channel.host = "169.254.169.254";
  const Delivery delivery = runner.send(channel, sample_notice());
  EXPECT_EQ(delivery.outcome, DeliveryOutcome::rejected);
  EXPECT_EQ(delivery.answer, "connections to 169.254.169.254:25 are not allowed");
}

TEST(SmtpFailure, R8_AServerThatHangsIsLeftAtTheDeadline) {
  for (const char* where : {"greeting", "EHLO", "MAIL", "DATA", "letter"}) {
    NotifyRunner runner;
    const SmtpSink sink(answering(where, "hang"));
    const MonotonicTime began = net::monotonic_now();
    const Delivery delivery = runner.send(channel_to(sink.port()), sample_notice(), milliseconds(300));
    EXPECT_EQ(delivery.outcome, DeliveryOutcome::retry_after) << where;
    EXPECT_THAT(delivery.answer, HasSubstr("did not answer in time"));
    EXPECT_LT(net::monotonic_now() - began, seconds(2)) << where;
  }
}

TEST(SmtpFailure, AServerThatHangsAfterItTookTheLetterHasTakenIt) {
  NotifyRunner runner;
  const SmtpSink sink(answering("QUIT", "hang"));
  for (const auto limit : {milliseconds(10'000), milliseconds(700)}) {
    const MonotonicTime began = net::monotonic_now();
    EXPECT_EQ(runner.send(channel_to(sink.port()), sample_notice(), limit).outcome, DeliveryOutcome::sent);
    EXPECT_LT(net::monotonic_now() - began, seconds(6));
  }
}

TEST(SmtpFailure, R8_AServerThatHangsDelaysNoOtherChannel) {
  NotifyRunner runner;
  const SmtpSink hung(answering("greeting", "hang")), fine;
  const auto stuck = runner.make(channel_to(hung.port()));
  std::vector<std::optional<Delivery>> deliveries(20);
  for (auto& delivery : deliveries) runner.start(stuck, sample_notice(), milliseconds(60'000), delivery);
  const MonotonicTime began = net::monotonic_now();
  EXPECT_EQ(runner.send(channel_to(fine.port()), sample_notice()).outcome, DeliveryOutcome::sent);
  EXPECT_LT(net::monotonic_now() - began, seconds(2));
  const MonotonicTime ends = net::monotonic_now();
  runner.end();
  EXPECT_LT(net::monotonic_now() - ends, seconds(2)) << "nor the stop of the program";
}

TEST(SmtpFailure, R8_OneServerIsTalkedToSixteenTimesAtOnceAndTheRestTakesItsTurn) {
  NotifyRunner runner;
  const SmtpSink hung(answering("letter", "hang")), fine;
  std::vector<std::optional<Delivery>> stuck(40), sent(40);
  const auto all_done = [](const auto& deliveries) {
    return std::all_of(deliveries.begin(), deliveries.end(), [](const auto& one) { return one.has_value(); });
  };
  const auto to_hung = runner.make(channel_to(hung.port())), to_fine = runner.make(channel_to(fine.port()));
  for (auto& delivery : stuck) runner.start(to_hung, sample_notice(), milliseconds(1'500), delivery);
  for (auto& delivery : sent) runner.start(to_fine, sample_notice(), milliseconds(20'000), delivery);
  EXPECT_TRUE(runner.run_until([&] { return all_done(sent) && hung.connections() >= 16; }));
  for (const auto& delivery : sent) EXPECT_EQ(delivery->outcome, DeliveryOutcome::sent) << delivery->answer;
  EXPECT_EQ(hung.connections(), 16);
  EXPECT_TRUE(runner.run_until([&] { return all_done(stuck); }));
  for (const auto& delivery : stuck) EXPECT_EQ(delivery->outcome, DeliveryOutcome::retry_after) << delivery->answer;
}

TEST(SmtpFailure, CancellationEndsTheConversation) {
  NotifyRunner runner;
  const SmtpSink sink(answering("DATA", "hang"));
  std::optional<Delivery> delivery;
  runner.start(runner.make(channel_to(sink.port())), sample_notice(), milliseconds(60'000), delivery);
  ASSERT_TRUE(runner.run_until([&] { return !sink.commands().empty() && sink.commands().back() == "DATA"; }));
  runner.cancel();
  EXPECT_TRUE(runner.run_until([&] { return runner.cancelled(); }));
  EXPECT_FALSE(delivery.has_value());
}

TEST(SmtpFailure, OneDeadMailboxTakesTheAlertFromNobodyElse) {
  NotifyRunner runner;
  const SmtpSink sink(answering("RCPT gone@example.com", "550 no such user"));
  const Delivery delivery =
      runner.send(channel_to(sink.port(), {"gone@example.com", "ops@example.com"}), sample_notice());
  EXPECT_EQ(delivery.outcome, DeliveryOutcome::sent);
  EXPECT_EQ(delivery.answer, "250 2.0.0 queued as 42; but not for gone@example.com: 550 no such user");
  ASSERT_EQ(sink.letters().size(), 1U);
  EXPECT_THAT(sink.letters()[0].to, ElementsAre("ops@example.com"));
}

TEST(SmtpFailure, R5_ThePutOffRecipientIsTriedAgainWithoutTheOthers) {
  NotifyRunner runner;
  SmtpSink sink(answering("RCPT slow@example.com", "450 greylisted"));
  const auto email = runner.make(channel_to(sink.port(), {"ops@example.com", "slow@example.com"}));
  const Delivery first = runner.send(email, sample_notice());
  EXPECT_EQ(first.outcome, DeliveryOutcome::retry_after) << first.answer;
  sink.answer("RCPT slow@example.com", "");
  EXPECT_EQ(runner.send(email, sample_notice()).outcome, DeliveryOutcome::sent);
  ASSERT_EQ(sink.letters().size(), 2U);
  EXPECT_THAT(sink.letters()[0].to, ElementsAre("ops@example.com"));
  EXPECT_THAT(sink.letters()[1].to, ElementsAre("slow@example.com"));
  EXPECT_THAT(sink.letters()[1].text, HasSubstr("To: ops@example.com,\r\n slow@example.com"));
}

}  // namespace
}  // namespace allclear::test
