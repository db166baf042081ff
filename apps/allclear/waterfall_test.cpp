#include "apps/allclear/waterfall.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace allclear::app {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;

class WaterfallTest : public testing::Test {
 protected:
  WaterfallTest() {
    HttpTarget target;
    target.url = {Scheme::https, 443, "example.com", "/x"};
    check_.target = target;
    observation_.started_at = *parse_rfc3339("2026-11-20T08:40:00Z");
    observation_.total = 123'400us;
    observation_.timings = {12'300us, 20'000us, 40'000us, 50'000us, 1'100us};
    observation_.address = "192.0.2.1:443";
    observation_.certificate =
        CertificateFacts{observation_.started_at + 72h, "example.com", "Example CA", {"example.com"}, 2, "ab"};
    result_ = {
        observation_.started_at, Verdict::up, Reason::ok, Phase::judge, 123'400us, observation_.timings, 200, {}, ""};
  }
  std::string text(const Terminal& terminal) const { return draw_waterfall({check_, observation_, result_}, terminal); }

  Check check_;
  Observation observation_;
  CheckResult result_;
};

TEST_F(WaterfallTest, PipedIsPlainText) {
  EXPECT_EQ(text({}),
            "up ok https://example.com/x\n"
            "status_code 200\n"
            "dns_ms 12.3\n"
            "connect_ms 20.0\n"
            "tls_ms 40.0\n"
            "first_byte_ms 50.0\n"
            "transfer_ms 1.1\n"
            "total_ms 123.4\n"
            "address 192.0.2.1:443\n"
            "certificate valid for 3 d, until 2026-11-23T08:40:00Z, issued by Example CA\n");
}

TEST_F(WaterfallTest, OnATerminalEachPhaseBeginsWhereTheOneBeforeEnds) {
  const std::string drawn = text({.colour = false, .drawing = true, .columns = 80});
  EXPECT_THAT(drawn, HasSubstr("● UP https://example.com/x  200  123.4 ms"));
  EXPECT_THAT(drawn, HasSubstr("DNS        █"));
  EXPECT_THAT(drawn, HasSubstr("Connect        "));
  EXPECT_THAT(drawn, Not(HasSubstr("\x1b")));
}

TEST_F(WaterfallTest, S17_HostileTextCannotDriveTheTerminal) {
  result_.detail = "evil\x1b[2Jtext\n";
  observation_.certificate->issuer = "\x1b]0;title\x07";
  EXPECT_THAT(text({}), Not(HasSubstr("\x1b")));
  EXPECT_THAT(text({.colour = false, .drawing = true, .columns = 80}), Not(HasSubstr("\x1b")));
}

TEST_F(WaterfallTest, RedirectsAreListedAndTheirTimesAddUpToTheWhole) {
  observation_.redirects = {{301, "http://example.com/x", 20'000us}, {302, "https://example.com/x", 40'000us}};
  HttpFacts facts;
  facts.status = 200;
  facts.final_url = "https://www.example.com/x";
  observation_.facts = facts;
  EXPECT_THAT(text({}), HasSubstr("hop 301 http://example.com/x 20.0 ms\n"
                                  "hop 302 https://example.com/x 40.0 ms\n"
                                  "hop 200 https://www.example.com/x 63.4 ms\n"));
  EXPECT_THAT(text({.colour = false, .drawing = true, .columns = 80}),
              HasSubstr("  301 http://example.com/x  20.0 ms\n"
                        "  302 https://example.com/x  40.0 ms\n"
                        "  200 https://www.example.com/x  63.4 ms\n"
                        "  2 redirects; the phases are sums over all of them\n"));
  const OrderedJson json = to_json({check_, observation_, result_});
  EXPECT_EQ(json["final_url"], "https://www.example.com/x");
  EXPECT_EQ(json["redirects"].size(), 2U);
  EXPECT_EQ(json["redirects"][1]["url"], "https://example.com/x");
  EXPECT_EQ(json["redirects"][1]["status_code"], 302);
}

TEST_F(WaterfallTest, ARedirectThatLedNowhereIsStillTold) {
  observation_.redirects = {{301, "http://example.com/x", 20'000us}};
  EXPECT_THAT(text({}), HasSubstr("hop 301 http://example.com/x 20.0 ms\nhop 0 no answer 103.4 ms\n"));
}

TEST_F(WaterfallTest, DnsAnswersAndTheChosenResolverAreTold) {
  DnsTarget target;
  target.name = "example.com";
  observation_.facts = DnsFacts{{"192.0.2.1", "evil\x1b[2J"}, seconds(60)};
  for (const auto& [resolver, url] :
       {std::pair{"", "dns://example.com?type=A"}, std::pair{"192.0.2.53", "dns://192.0.2.53/example.com?type=A"},
        std::pair{"192.0.2.53:5353", "dns://192.0.2.53:5353/example.com?type=A"},
        std::pair{"2001:db8::53", "dns://[2001:db8::53]/example.com?type=A"},
        std::pair{"[2001:db8::53]:5353", "dns://[2001:db8::53]:5353/example.com?type=A"}}) {
    target.network.edit().resolver = resolver;
    check_.target = target;
    EXPECT_THAT(text({}), HasSubstr(std::string("up ok ") + url + "\n"));
    EXPECT_EQ(to_json({check_, observation_, result_})["target"], url);
  }
  EXPECT_THAT(text({}), HasSubstr("answer 192.0.2.1\nanswer evil?[2J\n"));
  EXPECT_THAT(text({.colour = false, .drawing = true, .columns = 80}), HasSubstr("  192.0.2.1\n  evil?[2J\n"));
  EXPECT_EQ(to_json({check_, observation_, result_})["answers"].size(), 2U);
}

TEST_F(WaterfallTest, AProbeThatGotNowhereStillReadsWell) {
  observation_ = {};
  observation_.total = 1ms;
  result_ = {observation_.started_at, Verdict::down, Reason::refused, Phase::connect, 1ms, {}, 0, {},
             "connection refused"};
  EXPECT_THAT(text({.colour = true, .drawing = true, .columns = 20}), HasSubstr("DOWN"));
  const OrderedJson json = to_json({check_, observation_, result_});
  EXPECT_TRUE(json["status_code"].is_null());
  EXPECT_TRUE(json["phases_ms"].empty());
  EXPECT_EQ(json["reason"], "refused");
}

}  // namespace
}  // namespace allclear::app
