// The HTTP probe against servers that behave.
#include <mutex>

#include <gtest/gtest.h>

#include "tests/support/probe_runner.h"
#include "tests/support/scripted_server.h"

namespace allclear::test {
namespace {

const std::string fine = "HTTP/1.1 200 OK\r\nX-Served: yes\r\nContent-Length: 2\r\n\r\nok";

// Remembers every request that it got.
class Recorder {
 public:
  ScriptedServer::Script script() {
    return [this](Conversation& conversation) {
      for (std::string request = conversation.read_until(); !request.empty(); request = conversation.read_until()) {
        {
          const std::lock_guard lock(guard_);
          requests_.push_back(request);
        }
        conversation.send(fine);
      }
    };
  }
  std::vector<std::string> requests() {
    const std::lock_guard lock(guard_);
    return requests_;
  }

 private:
  std::mutex guard_;
  std::vector<std::string> requests_;
};

TEST(HttpProbe, SeesStatusHeadersBodyAndPhases) {
  const ScriptedServer server(answers(fine));
  ProbeRunner runner;
  const Observation seen = runner.observe(http_target(server.port(), "/path?q=1"));
  ASSERT_FALSE(seen.error) << seen.error->detail;
  const auto& facts = std::get<HttpFacts>(seen.facts);
  EXPECT_EQ(facts.status, 200);
  EXPECT_EQ(facts.body, "ok");
  EXPECT_EQ(facts.headers.at(0).name, "X-Served");
  EXPECT_EQ(facts.final_url, "http://127.0.0.1:" + std::to_string(server.port()) + "/path?q=1");
  EXPECT_EQ(seen.address, "127.0.0.1:" + std::to_string(server.port()));
  EXPECT_TRUE(seen.timings.dns && seen.timings.connect && seen.timings.first_byte && seen.timings.transfer);
  EXPECT_FALSE(seen.timings.tls);
  EXPECT_GE(seen.total, *seen.timings.connect + *seen.timings.first_byte);
}

TEST(HttpProbe, SendsWhatTheTargetSays) {
  Recorder recorder;
  const ScriptedServer server(recorder.script());
  ProbeRunner runner;
  HttpTarget target = http_target(server.port(), "/a%20b");
  target.request.edit().method = "POST";
  target.request.edit().body = "";
  target.request.edit().headers = {{"X-One", "1"}, {"accept", "application/json"}};
  target.request.edit().basic_auth = Credentials{"user", "pass"};
  target.request.edit().user_agent = "tester/1";
  ASSERT_FALSE(runner.observe(target).error);
  const std::string request = recorder.requests().at(0);
  EXPECT_NE(request.find("\r\nX-One: 1\r\n"), std::string::npos);
  EXPECT_NE(request.find("\r\naccept: application/json\r\n"), std::string::npos);
  EXPECT_EQ(request.find("\r\nAccept: "), std::string::npos);
  EXPECT_NE(request.find("\r\nAuthorization: Basic dXNlcjpwYXNz\r\n"), std::string::npos);
  EXPECT_NE(request.find("\r\nUser-Agent: tester/1\r\n"), std::string::npos);
  EXPECT_NE(request.find("\r\nContent-Length: 0\r\n"), std::string::npos);
  EXPECT_NE(request.find("\r\nConnection: close\r\n"), std::string::npos);
}

TEST(HttpProbe, AHeaderThatWouldBreakOutOfItsLineIsNotSent) {
  Recorder recorder;
  const ScriptedServer server(recorder.script());
  ProbeRunner runner;
  HttpTarget target = http_target(server.port());
  target.request.edit().headers = {{"X-One", "1\r\nX-Two: 2"}};
  const Observation seen = runner.observe(target);
  ASSERT_TRUE(seen.error);
  EXPECT_EQ(seen.error->reason, Reason::local_fault);
  EXPECT_TRUE(recorder.requests().empty());
}

TEST(HttpProbe, RedirectsBecomeGetOrKeepTheirMethod) {
  for (const auto& [status, method] : {std::pair{"302", "GET"}, std::pair{"303", "GET"}, std::pair{"307", "POST"}}) {
    Recorder recorder;
    const ScriptedServer last(recorder.script());
    const ScriptedServer first(answers("HTTP/1.1 " + std::string(status) + " Go\r\nLocation: http://127.0.0.1:" +
                                       std::to_string(last.port()) + "/to\r\nContent-Length: 0\r\n\r\n"));
    ProbeRunner runner;
    HttpTarget target = http_target(first.port());
    target.request.edit().method = "POST";
    const Observation seen = runner.observe(target);
    ASSERT_FALSE(seen.error);
    EXPECT_TRUE(recorder.requests().at(0).starts_with(std::string(method) + " /to ")) << status;
    EXPECT_EQ(std::get<HttpFacts>(seen.facts).redirects, 1);
  }
}

TEST(HttpProbe, ARedirectThatIsNotToBeFollowedIsTheAnswer) {
  const ScriptedServer server(answers("HTTP/1.1 301 Moved\r\nLocation: /x\r\nContent-Length: 0\r\n\r\n"));
  ProbeRunner runner;
  HttpTarget target = http_target(server.port());
  target.request.edit().follow_redirects = false;
  const Observation seen = runner.observe(target);
  ASSERT_FALSE(seen.error);
  EXPECT_EQ(std::get<HttpFacts>(seen.facts).status, 301);
}

TEST(HttpProbe, EachCheckConnectsAnewUnlessKeepAliveIsAsked) {
  Recorder recorder;
  const ScriptedServer server(recorder.script());
  ProbeRunner runner;
  HttpTarget target = http_target(server.port());
  for (int i = 0; i < 3; ++i) ASSERT_FALSE(runner.observe(target).error);
  EXPECT_EQ(server.connections(), 3);
  target.request.edit().keep_alive = true;
  Observation seen;
  for (int i = 0; i < 3; ++i) seen = runner.observe(target);
  EXPECT_EQ(server.connections(), 4);
  EXPECT_FALSE(seen.timings.connect);
  EXPECT_FALSE(seen.address.empty());
}

TEST(HttpProbe, AKeptConnectionThatTheServerLeftIsReplaced) {
  const ScriptedServer server(answers("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"));
  ProbeRunner runner;
  HttpTarget target = http_target(server.port());
  target.request.edit().keep_alive = true;
  for (int i = 0; i < 5; ++i) EXPECT_FALSE(runner.observe(target).error);
  EXPECT_EQ(server.connections(), 5);
}

TEST(HttpProbe, HeadHasNoBodyWhateverItsLengthSays) {
  const ScriptedServer server(answers("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"));
  ProbeRunner runner;
  HttpTarget target = http_target(server.port());
  target.request.edit().method = "HEAD";
  const Observation seen = runner.observe(target);
  ASSERT_FALSE(seen.error);
  EXPECT_FALSE(std::get<HttpFacts>(seen.facts).body_ended_early);
}

TEST(HttpProbe, InterimAnswersAreSkipped) {
  const ScriptedServer server(answers("HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" + fine));
  ProbeRunner runner;
  const Observation seen = runner.observe(http_target(server.port()));
  ASSERT_FALSE(seen.error);
  EXPECT_EQ(std::get<HttpFacts>(seen.facts).status, 200);
  EXPECT_EQ(std::get<HttpFacts>(seen.facts).headers.size(), 2U);
}

}  // namespace
}  // namespace allclear::test
