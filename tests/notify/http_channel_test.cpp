// HTTP receivers that refuse, hang, leave or talk nonsense; and what a conversation shows.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "net/http_answer.h"
#include "tests/support/notify_runner.h"
#include "tests/support/sample_notice.h"
#include "tests/support/scripted_server.h"

namespace allclear::test {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;
using testing_support::sample_notice;

std::string url_of(const ScriptedServer& server, const std::string& path) {
  return "http://127.0.0.1:" + std::to_string(server.port()) + path;
}

TEST(HttpChannels, R5_EachKindIsSentAndJudged) {
  for (const int status : {200, 429, 401}) {
    const ScriptedServer server(answers("HTTP/1.1 " + std::to_string(status) +
                                        " X\r\nRetry-After: 7\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno"));
    const std::string url = url_of(server, "");
    const std::vector<ChannelKind> kinds = {
        WebhookChannel{url + "/hook", {}, {}},    SlackChannel{url + "/services/abcdefgh"},
        PagerDutyChannel{"routingkey", url},      TeamsChannel{url + "/workflows/abcdefgh"},
        DiscordChannel{url + "/webhooks/abcdef"}, TelegramChannel{"12:token", "1", url},
        NtfyChannel{"ops", "tk_x", {}, url}};
    for (const ChannelKind& kind : kinds) {
      NotifyRunner runner;
      const Delivery delivery = runner.send(kind, sample_notice());
      const auto expected = status == 200   ? DeliveryOutcome::sent
                            : status == 429 ? DeliveryOutcome::retry_after
                                            : DeliveryOutcome::rejected;
      EXPECT_EQ(delivery.outcome, expected) << kind.index() << " " << delivery.answer;
      EXPECT_EQ(delivery.retry_after, status == 429 ? seconds(7) : seconds(0)) << kind.index();
      if (status == 401) {
        EXPECT_THAT(delivery.answer, HasSubstr("?)")) << "it says what to look at";
      }
    }
  }
}

TEST(HttpChannels, R5_RetryAfterMayBeADate) {
  const auto told = [](const std::string& headers) {
    const ScriptedServer server(
        answers("HTTP/1.1 503 X\r\n" + headers + "Content-Length: 0\r\nConnection: close\r\n\r\n"));
    return NotifyRunner().send(SlackChannel{url_of(server, "/x")}, sample_notice()).retry_after;
  };
  EXPECT_EQ(told("Date: Sun, 22 Nov 2026 18:03:00 GMT\r\nRetry-After: Sun, 22 Nov 2026 18:03:50 GMT\r\n"), seconds(50));
  const std::int64_t now_s = std::chrono::floor<seconds>(std::chrono::system_clock::now()).time_since_epoch().count();
  const milliseconds left = told("Retry-After: " + net::format_http_date(now_s + 600) + "\r\n");
  EXPECT_GT(left, seconds(500));
  EXPECT_LE(left, seconds(600));
}

TEST(HttpChannels, R5_R8_ReceiversThatFailOtherwiseAreTriedAgain) {
  const std::vector<ScriptedServer::Script> scripts = {
      [](Conversation& peer) { peer.hold(); },
      [](Conversation& peer) { peer.reset(); },
      [](Conversation& peer) { peer.send("220 sink ESMTP\r\n"); },
      [](Conversation& peer) {
        peer.read_until();
        peer.drip("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n", milliseconds(100));
      },
  };
  for (const auto& script : scripts) {
    const ScriptedServer server(script);
    NotifyRunner runner;
    const MonotonicTime began = net::monotonic_now();
    EXPECT_EQ(runner.send(SlackChannel{url_of(server, "/x")}, sample_notice(), milliseconds(400)).outcome,
              DeliveryOutcome::retry_after);
    EXPECT_LT(net::monotonic_now() - began, seconds(2));
  }
}

TEST(HttpChannels, S6_S7_NoRedirectIsFollowedAndNoAddressThatIsNeverAllowed) {
  const ScriptedServer elsewhere(answers("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"));
  const ScriptedServer server(
      answers("HTTP/1.1 302 Found\r\nLocation: " + url_of(elsewhere, "/") + "\r\nContent-Length: 0\r\n\r\n"));
  NotifyRunner runner;
  const Delivery redirected = runner.send(SlackChannel{url_of(server, "/x")}, sample_notice());
  EXPECT_EQ(redirected.outcome, DeliveryOutcome::rejected);
  EXPECT_THAT(redirected.answer, HasSubstr("redirects are not followed"));
  EXPECT_EQ(elsewhere.connections(), 0);
  EXPECT_EQ(runner.send(WebhookChannel{"http://169.254.169.254/latest", {}, {}}, sample_notice()).outcome,
            DeliveryOutcome::rejected);
}

TEST(HttpChannels, S7_AConversationAndAnAnswerHoldNoSecret) {
  const ScriptedServer server([](Conversation& peer) {
    const std::string request = peer.read_until();
    peer.send(
        "HTTP/1.1 404 X\r\nConnection: close\r\nX-Echo: tk_secretsecret\r\n\r\nno /services/T0/B0/secretsecret "
        "12:secretsecret keykeyone keykeytwo");
  });
  const std::string url = url_of(server, "");
  const std::vector<std::pair<ChannelKind, std::string>> secrets = {
      {SlackChannel{url + "/services/T0/B0/secretsecret"}, "/services/T0"},
      {TelegramChannel{"12:secretsecret", "1", url}, "12:secretsecret"},
      {NtfyChannel{"ops", "tk_secretsecret", {}, url}, "tk_secretsecret"},
      {PagerDutyChannel{"secretsecret", url}, "secretsecret"},
      {WebhookChannel{url, {"keykeyone", "keykeytwo"}, {}}, "keykeyone"},
      {WebhookChannel{url, {"keykeyone", "keykeytwo"}, {}}, "keykeytwo"}};
  for (const auto& [kind, secret] : secrets) {
    NotifyRunner runner;
    std::string seen = runner.send(kind, sample_notice()).answer;
    for (const std::string& line : runner.lines) seen += line + "\n";
    EXPECT_THAT(seen, Not(HasSubstr(secret)));
    EXPECT_THAT(runner.lines, Contains(HasSubstr("< HTTP 404")));
    EXPECT_THAT(runner.lines, Contains(HasSubstr("> POST ")));
  }
}

}  // namespace
}  // namespace allclear::test
