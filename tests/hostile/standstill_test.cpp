// A process that stood still: what its targets answered meanwhile, or could not, is not their fault.
#include <ctime>
#include <functional>
#include <thread>

#include <boost/asio/steady_timer.hpp>
#include <gtest/gtest.h>

#include "core/rules/evaluate.h"
#include "tests/hostile/behaviour.h"

namespace allclear::test::standstill_test {
namespace {

constexpr milliseconds timeout{1'000};
const std::string fine = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

// The loop does nothing for longer than all checks have, beginning while they wait for their answers.
std::vector<Observation> observe_across_standstill(const std::vector<Target>& targets) {
  ProbeRunner runner;
  boost::asio::steady_timer begins(runner.loop(), milliseconds(150));
  begins.async_wait([](const boost::system::error_code&) { std::this_thread::sleep_for(2 * timeout); });
  return runner.observe_all(targets, timeout);
}

ScriptedServer::Script after_a_while(std::string answer) {
  return [answer = std::move(answer)](Conversation& conversation) {
    conversation.read_until();
    if (conversation.pause(milliseconds(400))) conversation.send(answer);
  };
}

TEST(Standstill, WhatNeedsManyStepsAfterItIsNoTimeout) {
  const ScriptedServer large(
      after_a_while("HTTP/1.1 200 OK\r\nContent-Length: 900000\r\n\r\n" + std::string(900'000, 'x')));
  const ScriptedServer last(after_a_while(fine));
  const ScriptedServer leads(after_a_while("HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: http://127.0.0.1:" +
                                           std::to_string(last.port()) + "/\r\n\r\n"));
  const ScriptedServer speaks([](Conversation& c) {
    if (c.pause(milliseconds(400))) c.send("220 ready\r\n");
    c.hold();
  });
  TcpTarget tcp;
  tcp.host = "127.0.0.1";
  tcp.port = speaks.port();
  tcp.expect = "ready";
  std::vector<Target> targets{http_target(large.port()), http_target(leads.port()), tcp};
  targets.insert(targets.end(), 300, http_target(last.port()));
  const std::vector<Observation> seen = observe_across_standstill(targets);
  for (std::size_t i = 0; i < seen.size(); ++i) {
    ASSERT_FALSE(seen[i].error) << i << ": " << seen[i].error->detail;
    EXPECT_LT(seen[i].total, timeout) << "it is not the target that took so long";
    EXPECT_GT(seen[i].stood_still, timeout);
  }
}

TEST(Standstill, WhoNeverAnswersIsFoundAllTheSame) {
  const ScriptedServer silent([](Conversation& conversation) { conversation.hold(); });
  const Observation seen = observe_across_standstill({http_target(silent.port())}).front();
  EXPECT_EQ(reason_of(seen), Reason::timeout);
  Check check;
  check.target = http_target(silent.port());
  EXPECT_EQ(evaluate(check, seen).verdict, Verdict::down) << "it had its whole time";
}

// Not stopped, but busy with something else, again and again: counted in turns, since they are of the processor's time.
TEST(Standstill, R19_WhoNeverAnswersIsFoundAlsoByALoopThatIsAlwaysBusy) {
  const ScriptedServer silent([](Conversation& conversation) { conversation.hold(); });
  ProbeRunner runner;
  int turns = 0;
  boost::asio::steady_timer next(runner.loop());
  std::function<void(const boost::system::error_code&)> compute = [&](const boost::system::error_code& error) {
    if (error) return;
    ++turns;
    for (const std::clock_t began = std::clock(); std::clock() - began < CLOCKS_PER_SEC * 3 / 10;) {
    }
    next.expires_after(milliseconds(1));
    next.async_wait(compute);
  };
  next.expires_after(milliseconds(1));
  next.async_wait(compute);
  const Observation seen = runner.observe(http_target(silent.port()), timeout);
  EXPECT_EQ(reason_of(seen), Reason::timeout);
  EXPECT_EQ(seen.longest_stop, microseconds(0));
  EXPECT_LE(turns, 10) << "twice its time, and one turn more, are 7";
}

TEST(Standstill, APeerThatGaveUpOnUsMeanwhileIsOurFault) {
  const ScriptedServer impatient([](Conversation& conversation) {
    conversation.pause(milliseconds(700));
    conversation.reset();
  });
  Check check;
  check.target = http_target(impatient.port());
  const Observation seen = observe_across_standstill({check.target}).front();
  ASSERT_EQ(reason_of(seen), Reason::reset);
  const CheckResult result = evaluate(check, seen);
  EXPECT_EQ(result.verdict, Verdict::unknown);
  EXPECT_EQ(result.reason, Reason::local_fault);
  EXPECT_NE(result.detail.find("this monitor stood still for 2."), std::string::npos) << result.detail;
}

}  // namespace
}  // namespace allclear::test::standstill_test
