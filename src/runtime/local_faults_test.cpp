#include "runtime/local_faults.h"

#include <gtest/gtest.h>

#include "tests/support/recording_log.h"

namespace allclear::runtime {
namespace {

using namespace std::chrono_literals;

class LocalFaultsTest : public testing::Test {
 protected:
  void note(const std::string& service, Phase phase, const std::string& cause, Reason reason = Reason::local_fault) {
    CheckResult result;
    result.reason = reason;
    result.phase = phase;
    result.detail = "https://" + service + ".example/ " + cause;
    faults_.note({ServiceId(service), CheckId("check")}, result, cause, now_);
  }
  std::vector<test::LoggedEvent> told() const { return log_.all("local_fault"); }

  MonotonicTime now_{1h};
  test::RecordingLog log_;
  LocalFaults faults_{log_};
};

TEST_F(LocalFaultsTest, TellsACauseWithOneOfItsChecks) {
  log_.mask("hunter2");
  note("hunter2", Phase::dns, "no resolver");
  ASSERT_EQ(told().size(), 1U);
  EXPECT_EQ(told()[0].level, LogLevel::warning);
  const std::map<std::string, std::string> expected{{"phase", "dns"},
                                                    {"service", "***"},
                                                    {"check", "check"},
                                                    {"detail", "https://***.example/ no resolver"},
                                                    {"results", "1"}};
  EXPECT_EQ(told()[0].fields, expected);
}

TEST_F(LocalFaultsTest, TellsEachCauseOnceAMinute) {
  for (int second = 0; second < 150; ++second) {
    note(second % 2 == 0 ? "a" : "b", Phase::dns, "no resolver");
    note("c", Phase::connect, "no descriptors");
    note("c", Phase::connect, "no buffers");
    now_ += 1s;
  }
  ASSERT_EQ(told().size(), 9U) << "three causes at 0, 60 and 120 s";
  EXPECT_EQ(told()[0].fields.at("results"), "1");
  EXPECT_EQ(told()[3].fields.at("detail"), "https://a.example/ no resolver");
  EXPECT_EQ(told()[3].fields.at("results"), "60") << "since the line before";
}

TEST_F(LocalFaultsTest, SaysNothingOfWhatTargetsDo) {
  note("a", Phase::dns, "no such name", Reason::nxdomain);
  note("a", Phase::local, "not built", Reason::unsupported);
  EXPECT_TRUE(told().empty());
}

TEST_F(LocalFaultsTest, HoldsNoMoreCausesThanItsBound) {
  for (std::size_t i = 0; i < 3 * LocalFaults::most_causes; ++i) note("a", Phase::local, std::to_string(i));
  EXPECT_EQ(told().size(), LocalFaults::most_causes + 1) << "the others are one";
  note("b", Phase::dns, "no resolver");
  ASSERT_EQ(told().size(), LocalFaults::most_causes + 2) << "another phase is not silenced by them";
  EXPECT_EQ(told().back().fields.at("phase"), "dns");
  now_ += 1min;
  note("a", Phase::local, "another");
  EXPECT_EQ(told().size(), LocalFaults::most_causes + 3) << "old ones made room";
}

}  // namespace
}  // namespace allclear::runtime
