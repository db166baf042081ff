// Quick retries: whatever leaves a streak open, the next result is asked for soon.
#include <gtest/gtest.h>

#include "tests/support/engine_driver.h"

namespace allclear::quick_retry_test {
namespace {

using test::EngineDriver;
using test::make_catalogue;
using test::make_check;
using test::make_service;

Service hourly(const std::string& id, seconds interval = seconds(3'600)) {
  Check check = make_check(id, id);
  check.interval = interval;
  return make_service(id, {check});
}

EngineDriver started() {
  EngineDriver driver;
  const auto catalogue = make_catalogue({hourly("web")});
  driver.start(catalogue, test::all_up(*catalogue));
  return driver;
}

// Does the next probe come after confirm.retry (5 s), as a quick retry?
void expect_retry(EngineDriver& driver) {
  driver.take_probes();
  driver.run(milliseconds(5'000));
  const auto probes = driver.take_probes();
  ASSERT_EQ(probes.size(), 1U);
  EXPECT_TRUE(probes[0].quick_retry);
}

TEST(QuickRetry, DegradedOnTheWayToDownIsAskedAgainSoon) {
  EngineDriver driver = started();
  driver.see("web", "USD");
  EXPECT_EQ(driver.service().state.verdict, Verdict::degraded);
  expect_retry(driver);
  driver.observe("web", Verdict::down);
  EXPECT_EQ(driver.service().state.verdict, Verdict::down);
}

TEST(QuickRetry, DegradedOnTheWayToUpIsAskedAgainSoon) {
  EngineDriver driver;
  Check check = make_check("web", "web");
  check.interval = seconds(3'600);
  check.confirm.up = 2;
  const auto catalogue = make_catalogue({make_service("web", {check})});
  driver.start(catalogue, test::all_up(*catalogue));
  driver.see("web", "DDSU");
  EXPECT_EQ(driver.service().state.verdict, Verdict::degraded);
  expect_retry(driver);
}

TEST(QuickRetry, AStreakThatWasStoredGoesOnAfterARestart) {
  EngineDriver driver;
  const auto catalogue = make_catalogue({hourly("web")});
  StoredState stored = test::all_up(*catalogue);
  stored.checks[0].state.at_least_down = {test::wall(-1'000), 1, Reason::refused};
  driver.start(catalogue, stored);
  expect_retry(driver);
}

TEST(QuickRetry, SurvivesAChangedIntervalAndASuspend) {
  EngineDriver driver = started();
  driver.see("web", "UD");
  driver.send(Catalogued{make_catalogue({hourly("web", seconds(7'200))}), {}});
  expect_retry(driver);
  driver.observe("web", Verdict::up);
  driver.see("web", "D");
  driver.send(Resumed{milliseconds(1)});
  expect_retry(driver);
}

TEST(QuickRetry, NothingIsHurriedOnceTheStateIsSettled) {
  EngineDriver driver = started();
  driver.see("web", "UDD");
  driver.take_probes();
  driver.send(Catalogued{make_catalogue({hourly("web", seconds(7'200))}), {}});
  driver.send(Resumed{milliseconds(1)});
  driver.run(seconds(5));
  EXPECT_TRUE(driver.take_probes().empty());
}

}  // namespace
}  // namespace allclear::quick_retry_test
