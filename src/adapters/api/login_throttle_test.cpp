#include "adapters/api/login_throttle.h"

#include <gtest/gtest.h>

namespace allclear::api {
namespace {

using Outcome = LoginThrottle::Outcome;

class Throttle : public testing::Test {
 protected:
  // The wait; 0: it was judged, with this outcome.
  std::int64_t try_it(const std::string& account, const std::string& address, Outcome outcome = Outcome::wrong) {
    const auto wait = throttle_.begin(account, address, now_);
    if (wait) return wait->count();
    throttle_.end(account, address, outcome, now_);
    return 0;
  }

  LoginThrottle throttle_;
  MonotonicTime now_{std::chrono::hours(1)};
};

TEST_F(Throttle, S4_TheDelayGrowsFromFailureToFailure) {
  EXPECT_EQ(try_it("ada", "192.0.2.1"), 0);
  EXPECT_EQ(try_it("ada", "192.0.2.2"), 0) << "a typing error costs nothing";
  for (const int wait : {1, 2, 4}) {
    EXPECT_EQ(try_it("ada", "192.0.2.3"), wait);
    now_ += seconds(wait);
    EXPECT_EQ(try_it("ada", "192.0.2.3"), 0);
  }
  EXPECT_EQ(try_it("ada", "192.0.2.4"), 15 * 60);
}

TEST_F(Throttle, S4_NeverMoreThanFiveFailuresInAnyFifteenMinutes) {
  std::vector<MonotonicTime> failures;
  for (int i = 0; i < 20'000; ++i) {
    if (try_it("ada", "192.0.2." + std::to_string(i % 200)) == 0) failures.push_back(now_);
    now_ += seconds(1);
  }
  ASSERT_GT(failures.size(), 10u);
  for (std::size_t i = 5; i < failures.size(); ++i)
    EXPECT_GE(failures[i] - failures[i - 5], std::chrono::minutes(15)) << i;
}

TEST_F(Throttle, S4_WhoGoesOnWaitsLongerUpToTwoHours) {
  std::vector<std::int64_t> waits;
  for (int series = 0; series < 5; ++series) {
    while (true) {
      const auto wait = try_it("ada", "192.0.2." + std::to_string(series));
      now_ += seconds(wait);
      if (wait >= 60) {
        waits.push_back(wait / 60);
        break;
      }
    }
  }
  EXPECT_EQ(waits, (std::vector<std::int64_t>{15, 30, 60, 120, 120}));
  now_ += std::chrono::hours(24);
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(try_it("ada", "198.51.100.1"), 0);
    now_ += seconds(5);
  }
  EXPECT_EQ(try_it("ada", "198.51.100.1"), 15 * 60 - 5) << "a day later it begins anew";
}

TEST_F(Throttle, S4_ARightPasswordClearsTheAccountAndNotTheAddress) {
  for (int i = 0; i < 4; ++i) {
    EXPECT_EQ(try_it("ada", "192.0.2.1"), 0);
    now_ += seconds(5);
  }
  EXPECT_EQ(try_it("ada", "192.0.2.2", Outcome::right), 0);
  EXPECT_EQ(try_it("ada", "192.0.2.2"), 0);
  EXPECT_EQ(try_it("ada", "192.0.2.2"), 0) << "only the second failure since then";
  now_ += seconds(5);
  EXPECT_EQ(try_it("eve", "192.0.2.1", Outcome::right), 0) << "an account of the attacker's own";
  EXPECT_EQ(try_it("eve", "192.0.2.1"), 0);
  EXPECT_GT(try_it("bob", "192.0.2.1"), 800);
}

TEST_F(Throttle, S4_WhatIsBeingJudgedCountsUntilItIs) {
  for (int i = 0; i < 5; ++i) EXPECT_FALSE(throttle_.begin("ada", "192.0.2." + std::to_string(i), now_));
  EXPECT_EQ(throttle_.begin("ada", "192.0.2.9", now_), seconds(1)) << "a hundred at once are not a hundred tries";
  for (int i = 0; i < 5; ++i) throttle_.end("ada", "192.0.2." + std::to_string(i), Outcome::not_judged, now_);
  EXPECT_FALSE(throttle_.begin("ada", "192.0.2.9", now_)) << "what was not judged is no failure";
}

TEST_F(Throttle, S4_ManyNamesAndAddressesDoNotMakeOneForgotten) {
  for (int i = 0; i < 5; ++i) {
    try_it("ada", "192.0.2." + std::to_string(i));
    now_ += seconds(5);
  }
  EXPECT_GT(try_it("ada", "192.0.2.77"), 800);
  for (int i = 0; i < 10'000; ++i) {
    EXPECT_EQ(try_it(std::to_string(i), "10." + std::to_string(i / 250) + ".0." + std::to_string(i % 250)), 0);
  }
  EXPECT_GT(try_it("ada", "192.0.2.77"), 800);
}

TEST_F(Throttle, S4_AnIpv6NetworkIsOneAddress) {
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(try_it("user" + std::to_string(i), "2001:db8::" + std::to_string(i + 1)), 0);
    now_ += seconds(5);
  }
  EXPECT_GT(try_it("ada", "2001:db8::ffff"), 800);
  EXPECT_EQ(try_it("ada", "2001:db8:0:1::1"), 0);
}

}  // namespace
}  // namespace allclear::api
