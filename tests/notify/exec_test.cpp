// Programs that are run as a channel: what they are given, what their end means, and that none outlives its time.
#include <csignal>
#include <fstream>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/json.h"
#include "tests/support/notify_runner.h"
#include "tests/support/sample_notice.h"
#include "tests/support/test_certificates.h"

namespace allclear::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;
using testing_support::ForeignText;
using testing_support::sample_notice;

std::string read(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

class ExecTest : public testing::Test {
 protected:
  // The tests' own scripts go to sh by name: the channel itself knows no shell.
  ExecChannel script(const std::string& text, milliseconds timeout = milliseconds(10'000)) {
    return {{"/bin/sh", folder_.write("script", text), path("out")}, timeout};
  }
  std::string path(const std::string& name) { return folder_.write(name, ""); }

  const ScratchFolder folder_;
  NotifyRunner runner_;
};

TEST_F(ExecTest, S16_TheProgramGetsTheEventAndNothingElse) {
  const std::string out = path("out");
  ForeignText text = ForeignText::all("$(touch /tmp/x) `id` ; rm\n\"");
  const Delivery delivery = runner_.send(ExecChannel{{"/bin/sh", folder_.write("script", R"(
    { cat; env -0 | tr '\0' '\n' | grep -v -e ^PWD= -e ^SHLVL= -e ^_= -e ^OLDPWD= | sort; ls /proc/self/fd | wc -l; } > "$1"
  )"),
                                                      out},
                                                     seconds(10)},
                                         sample_notice(IncidentStep::opened, text));
  EXPECT_EQ(delivery.outcome, DeliveryOutcome::sent) << delivery.answer;
  EXPECT_EQ(delivery.answer, "exit 0");
  const auto lines = lines_of(read(out));
  ASSERT_EQ(lines.size(), 9U) << read(out);
  const auto event = parse_json(lines[0]);
  ASSERT_TRUE(event);
  EXPECT_EQ((*event)["type"], "dev.allclear.incident.opened");
  EXPECT_EQ((*event)["data"]["incident"]["title"], text.title);
  EXPECT_THAT(std::vector(lines.begin() + 1, lines.begin() + 8),
              ElementsAre(StartsWith("ALLCLEAR_ALERT="), "ALLCLEAR_CHANNEL=ops",
                          "ALLCLEAR_INCIDENT=01JD4Z8Q2W9N5T0V7X3Y6B1CMK", "ALLCLEAR_SERVICE=shop",
                          "ALLCLEAR_SEVERITY=major", "ALLCLEAR_STEP=opened", "PATH=/usr/local/bin:/usr/bin:/bin"));
  EXPECT_EQ(lines[8], "4") << "0, 1, 2 and the listing's own";
}

TEST_F(ExecTest, R5_WhatAnEndMeans) {
  EXPECT_EQ(runner_.send(script("exit 0"), sample_notice()).outcome, DeliveryOutcome::sent);
  EXPECT_EQ(runner_.send(script("exit 75"), sample_notice()).outcome, DeliveryOutcome::retry_after);
  const Delivery failed = runner_.send(script("echo no such pager >&2; exit 3"), sample_notice());
  EXPECT_EQ(failed.outcome, DeliveryOutcome::rejected);
  EXPECT_EQ(failed.answer, "exit 3: no such pager ");
  const Delivery killed = runner_.send(script("kill -9 $$"), sample_notice());
  EXPECT_EQ(killed.outcome, DeliveryOutcome::retry_after);
  EXPECT_EQ(killed.answer, "ended by signal 9");
  const Delivery missing = runner_.send(ExecChannel{{"/nowhere/program"}}, sample_notice());
  EXPECT_EQ(missing.outcome, DeliveryOutcome::rejected);
  EXPECT_EQ(missing.answer, "cannot run /nowhere/program: No such file or directory");
  const Delivery no_program = runner_.send(ExecChannel{{folder_.write("text", "hello")}}, sample_notice());
  EXPECT_EQ(no_program.outcome, DeliveryOutcome::rejected);
  EXPECT_THAT(no_program.answer, HasSubstr("Permission denied"));
}

TEST_F(ExecTest, WhatItPrintsIsBoundedAndClean) {
  const Delivery delivery = runner_.send(
      script("i=0; while [ $i -lt 3000 ]; do printf 'x\\033[31m%s' 0123456789012345678901234567890123456789;"
             " i=$((i+1)); done; exit 1"),
      sample_notice());
  EXPECT_EQ(delivery.outcome, DeliveryOutcome::rejected);
  EXPECT_LE(delivery.answer.size(), 320U);
  EXPECT_EQ(delivery.answer.find('\x1b'), std::string::npos);
}

TEST_F(ExecTest, R8_OneThatHangsIsKilledWithItsChildren) {
  const std::string out = path("out");
  const auto program = ExecChannel{
      {"/bin/sh", folder_.write("script", "sleep 1000 & echo $! > \"$1.part\"; mv \"$1.part\" \"$1\"; wait"), out},
      milliseconds(700)};
  const MonotonicTime began = net::monotonic_now();
  const Delivery delivery = runner_.send(program, sample_notice());
  EXPECT_EQ(delivery.outcome, DeliveryOutcome::retry_after);
  EXPECT_EQ(delivery.answer, "did not end within 700ms and was killed");
  EXPECT_LT(net::monotonic_now() - began, seconds(5));
  const int grandchild = std::stoi(read(out));
  // Its parent is gone, so somebody else collects it: a zombie counts as dead.
  EXPECT_TRUE(runner_.run_until([&] {
    const std::string status = read("/proc/" + std::to_string(grandchild) + "/stat");
    return ::kill(grandchild, 0) != 0 || status.find(") Z ") != std::string::npos;
  }));
}

TEST_F(ExecTest, TheDeadlineAndCancellationEndItToo) {
  const MonotonicTime began = net::monotonic_now();
  EXPECT_EQ(runner_.send(script("sleep 1000"), sample_notice(), milliseconds(200)).outcome,
            DeliveryOutcome::retry_after);
  EXPECT_LT(net::monotonic_now() - began, seconds(5));
  std::optional<Delivery> delivery;
  runner_.start(runner_.make(script("sleep 1000", seconds(60))), sample_notice(), seconds(60), delivery);
  runner_.run_until([&] { return !runner_.lines.empty(); });
  runner_.cancel();
  EXPECT_TRUE(runner_.run_until([&] { return runner_.cancelled(); }));
  EXPECT_FALSE(delivery.has_value());
}

TEST_F(ExecTest, OneThatReadsNothingOrClosesItsOutputIsNotWaitedFor) {
  ForeignText endless;
  endless.body = std::string(1'000'000, 'x');
  EXPECT_EQ(runner_.send(script("exit 0"), sample_notice(IncidentStep::opened, endless)).outcome,
            DeliveryOutcome::sent);
  EXPECT_EQ(runner_.send(script("exec >&- 2>&-; exit 0"), sample_notice()).outcome, DeliveryOutcome::sent);
  const MonotonicTime began = net::monotonic_now();
  EXPECT_EQ(runner_.send(script("setsid sleep 3 & exit 0"), sample_notice()).outcome, DeliveryOutcome::sent);
  EXPECT_LT(net::monotonic_now() - began, seconds(2)) << "whoever still holds its output";
}

}  // namespace
}  // namespace allclear::test
