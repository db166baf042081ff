// R18: when a check flaps.
#include "core/rules/flapping.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace allclear {
namespace {

// "x" a change, "." none; the oldest first.
FlapHistory after(const std::string& results, const FlapPolicy& policy = {}, FlapHistory history = {}) {
  for (const char result : results) history = note_result(policy, history, result == 'x');
  return history;
}

TEST(R18_Flapping, TheFormulaWeighsNewerChangesMore) {
  const FlapPolicy policy;
  EXPECT_DOUBLE_EQ(flap_percent(policy, {}), 0);
  EXPECT_DOUBLE_EQ(flap_percent(policy, after(std::string(20, 'x'))), 100);
  EXPECT_NEAR(flap_percent(policy, after("x")), 6.0, 1e-9) << "1.2 of 20";
  EXPECT_NEAR(flap_percent(policy, after("x" + std::string(19, '.'))), 4.0, 1e-9) << "0.8 of 20";
  EXPECT_NEAR(flap_percent(policy, after("x" + std::string(20, '.'))), 0, 1e-9) << "too old to count";
}

TEST(R18_Flapping, BeginsAboveHighAndEndsBelowLow) {
  FlapHistory history = after("xxxxx");
  EXPECT_FALSE(history.flapping) << flap_percent({}, history);
  history = after("x", {}, history);
  EXPECT_TRUE(history.flapping) << flap_percent({}, history);
  int quiet = 0;
  while (history.flapping) {
    EXPECT_GE(flap_percent({}, history), 25);
    history = after(".", {}, history);
    ASSERT_LT(++quiet, 21);
  }
  EXPECT_LT(flap_percent({}, history), 25);
}

TEST(R18_Flapping, AnEvenToAndFroBeginsOnce) {
  for (const std::string period :
       {"x.x.", "x..x..", "x..x...", "x...x..", "x...x...", "x...x....", "x....x....", "xx.....", "xx......",
        "x.x.....", "xx.......", "xx........", "xxx.......", "x.x......."}) {
    FlapHistory history;
    int begun = 0, ended = 0;
    for (int i = 0; i < 200; ++i) {
      for (const char result : period) {
        const bool before = history.flapping;
        history = note_result({}, history, result == 'x');
        begun += !before && history.flapping ? 1 : 0;
        ended += before && !history.flapping ? 1 : 0;
      }
    }
    EXPECT_LE(begun, 1) << period;
    EXPECT_EQ(ended, 0) << period;
  }
}

TEST(R18_Flapping, OneOutageIsNoFlapping) { EXPECT_FALSE(after("x....x..............x...x").flapping); }

TEST(R18_Flapping, OffIsOff) { EXPECT_FALSE(after(std::string(60, 'x'), {0, 30, 25}).flapping); }

RC_GTEST_PROP(R18_Flapping, StaysWithinItsBounds, ()) {
  const FlapPolicy policy{static_cast<std::uint8_t>(*rc::gen::inRange(2, 61)), 30, 25};
  const auto results = *rc::gen::container<std::string>(rc::gen::element('x', '.'));
  const double percent = flap_percent(policy, after(results, policy));
  RC_ASSERT(percent >= 0 && percent <= 100.0001);
  const FlapHistory calm = after(std::string(policy.over, '.'), policy, after(results, policy));
  RC_ASSERT(!calm.flapping);
}

}  // namespace
}  // namespace allclear
