// Blindness (R11): what counts as silence, and when anchors and results together mean that it is our own fault.
#include "core/rules/blindness.h"

#include <vector>

#include <gtest/gtest.h>

#include "tests/support/builders.h"

namespace allclear {
namespace {

constexpr AnchorView heard{true, true, true};
constexpr AnchorView silent{true, true, false};
constexpr AnchorView never_known{false, true, false};
constexpr AnchorView not_asked{true, false, false};

TEST(Blindness, R11_AMajorityOfAtLeastThreeKnownAnchorsTells) {
  struct Case {
    std::vector<AnchorView> anchors;
    Anchors expected;
  };
  const Case cases[] = {
      {{}, Anchors::too_few},
      {{silent, silent}, Anchors::too_few},
      {{silent, silent, never_known, never_known}, Anchors::too_few},
      {{silent, silent, not_asked}, Anchors::too_few},
      {{heard, heard, heard}, Anchors::answer},
      {{silent, heard, heard}, Anchors::answer},
      {{silent, silent, heard}, Anchors::silent},
      {{silent, silent, heard, heard}, Anchors::answer},
      {{silent, silent, silent, heard}, Anchors::silent},
      {{silent, silent, silent, never_known}, Anchors::silent},
  };
  for (const Case& one : cases) EXPECT_EQ(judge_anchors(one.anchors), one.expected) << &one - cases;
}

TEST(Blindness, R11_HalfOfAtLeastFiveResultsIsBlindness) {
  EXPECT_EQ(judge_sight({0, 0}), Sight::unclear);
  EXPECT_EQ(judge_sight({0, 4}), Sight::unclear);
  EXPECT_EQ(judge_sight({0, 5}), Sight::blind);
  EXPECT_EQ(judge_sight({5, 5}), Sight::blind);
  EXPECT_EQ(judge_sight({6, 5}), Sight::clear);
  EXPECT_EQ(judge_sight({4, 4}), Sight::unclear);  // half, but fewer than five
  EXPECT_EQ(judge_sight({4, 1}), Sight::clear);
  EXPECT_EQ(judge_sight({500, 499}), Sight::clear);
}

TEST(Blindness, ARefusalIsAnAnswerAndSilenceIsNot) {
  CheckResult result = test::make_result(Verdict::down, test::wall(0));
  for (const Reason reason :
       {Reason::timeout, Reason::dns_failure, Reason::servfail, Reason::missed, Reason::local_fault}) {
    result.reason = reason;
    EXPECT_TRUE(nobody_answered(result)) << to_string(reason);
  }
  for (const Reason reason : {Reason::ok, Reason::slow, Reason::refused, Reason::reset, Reason::nxdomain,
                              Reason::unexpected_status, Reason::tls_expired, Reason::truncated}) {
    result.reason = reason;
    EXPECT_FALSE(nobody_answered(result)) << to_string(reason);
  }
}

TEST(Blindness, R11_LoopbackTargetsStayInside) {
  const auto http = [](const std::string& host) {
    HttpTarget target;
    target.url.host = host;
    return target;
  };
  for (const char* host : {"localhost", "127.0.0.1", "127.9.9.9", "::1", "app.localhost"})
    EXPECT_TRUE(stays_inside(http(host))) << host;
  for (const char* host : {"example.com", "10.0.0.1", "localhost.example.com", "fe80::1"})
    EXPECT_FALSE(stays_inside(http(host))) << host;
  HttpTarget proxied = http("example.com");
  proxied.request.edit().proxy = Url{Scheme::http, 3128, "127.0.0.1", "/"};
  EXPECT_TRUE(stays_inside(proxied));
  DnsTarget dns;
  dns.name = "example.com";
  EXPECT_FALSE(stays_inside(dns));
  dns.network.edit().resolver = "127.0.0.1:53";
  EXPECT_TRUE(stays_inside(dns));
  EXPECT_FALSE(stays_inside(HeartbeatTarget{}));
}

TEST(Blindness, WhatIsSeenBlindIsUnknownAndSaysWhatItWas) {
  const CheckResult seen = seen_blind(test::make_result(Verdict::down, test::wall(7)));
  EXPECT_EQ(seen.verdict, Verdict::unknown);
  EXPECT_EQ(seen.reason, Reason::local_fault);
  EXPECT_EQ(seen.at, test::wall(7));
  EXPECT_EQ(seen.detail, "this machine's own network may be gone: seen: refused");
}

}  // namespace
}  // namespace allclear
