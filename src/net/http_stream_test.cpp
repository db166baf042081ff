// Answers without an end, and what their clients can cost (S10).
#include <atomic>
#include <mutex>

#include <gtest/gtest.h>

#include "net/http_server.h"
#include "tests/support/raw_client.h"
#include "tests/support/running_server.h"

namespace allclear::http_stream_test {
namespace {

using namespace net;
using std::chrono::milliseconds;
using test::RawClient;
using test::RunningServer;

const std::string get = "GET /stream HTTP/1.1\r\nHost: a\r\n\r\n";

// What the test says is sent; how many sources there are is counted.
struct Script {
  std::mutex mutex;
  std::vector<std::string> due;
  bool ended = false;
  bool throws = false;
  std::atomic<int> alive = 0;
  std::atomic<int> pulls = 0;

  void say(std::string text) {
    const std::lock_guard lock(mutex);
    due.push_back(std::move(text));
  }
  void end() {
    const std::lock_guard lock(mutex);
    ended = true;
  }
};

class Scripted final : public StreamSource {
 public:
  explicit Scripted(Script& script) : script_(script) { ++script_.alive; }
  ~Scripted() override { --script_.alive; }
  StreamState pull(std::vector<StreamBytes>& out) override {
    const std::lock_guard lock(script_.mutex);
    ++script_.pulls;
    if (script_.throws) throw std::runtime_error("third party");
    for (std::string& text : script_.due) out.push_back(std::make_shared<const std::string>(std::move(text)));
    script_.due.clear();
    return script_.ended ? StreamState::ended : StreamState::open;
  }

 private:
  Script& script_;
};

class HttpStream : public testing::Test {
 protected:
  Handler handler() {
    return [this](const HttpRequest& request) -> Reply {
      if (request.path != "/stream") return HttpResponse{200, {}, std::make_shared<const std::string>("fine"), nullptr};
      return Streaming{{200, {{"Content-Type", "text/event-stream"}}, nullptr, nullptr},
                       std::make_shared<Scripted>(script_)};
    };
  }
  void wait_for(const std::function<bool()>& holds) {
    for (int i = 0; i < 2'000 && !holds(); ++i) std::this_thread::sleep_for(milliseconds(5));
    EXPECT_TRUE(holds());
  }

  HttpServerOptions options_;
  std::unique_ptr<Log> log_ = make_silent_log();
  Script script_;
};

TEST_F(HttpStream, WhatComesIsSentUntilTheSourceEnds) {
  RunningServer server(options_, handler(), *log_);
  RawClient client(server.port());
  script_.say("one\n\n");
  client.send(get);
  wait_for([&] { return script_.pulls > 2; });
  script_.say("two\n\n");
  script_.say("three\n\n");
  wait_for([&] { return script_.pulls > 4; });
  script_.end();
  const std::string all = client.read_all();
  EXPECT_NE(all.find("HTTP/1.1 200 OK\r\n"), std::string::npos);
  EXPECT_NE(all.find("Connection: close\r\n"), std::string::npos);
  EXPECT_EQ(all.find("Content-Length"), std::string::npos);
  EXPECT_EQ(all.substr(all.find("\r\n\r\n") + 4), "one\n\ntwo\n\nthree\n\n");
  wait_for([&] { return server.connections() == 0 && script_.alive == 0; });
}

TEST_F(HttpStream, AQuietStreamOutlivesEveryOtherDeadline) {
  options_.limits.head = options_.limits.answer = options_.limits.idle = options_.limits.later = milliseconds(1);
  options_.limits.stream_write = milliseconds(1);
  options_.limits.head = milliseconds(5'000);
  RunningServer server(options_, handler(), *log_);
  RawClient client(server.port());
  client.send(get);
  wait_for([&] { return script_.pulls > 4; });
  script_.say("late");
  wait_for([&] { return script_.pulls > 6; });
  script_.end();
  EXPECT_TRUE(client.read_all().ends_with("late"));
}

TEST_F(HttpStream, HeadIsAnsweredByTheHeadAlone) {
  RunningServer server(options_, handler(), *log_);
  RawClient client(server.port());
  client.send("HEAD /stream HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_TRUE(client.read_all().ends_with("\r\n\r\n"));
  EXPECT_EQ(script_.pulls, 0);
  wait_for([&] { return script_.alive == 0; });
}

TEST_F(HttpStream, S10_AClientThatGoesIsNoticedWhileNothingIsSent) {
  RunningServer server(options_, handler(), *log_);
  {
    RawClient client(server.port());
    client.send(get);
    wait_for([&] { return script_.alive == 1; });
    EXPECT_EQ(server.connections(), 1U);
  }
  wait_for([&] { return server.connections() == 0; });
  EXPECT_EQ(script_.alive, 0);
}

TEST_F(HttpStream, S10_AClientThatFallsTooFarBehindIsCut) {
  options_.limits.stream_backlog = 64 * 1024;
  RunningServer server(options_, handler(), *log_);
  RawClient client;
  client.shrink_receive_buffer();
  ASSERT_TRUE(client.connect(server.port()));
  client.send(get);
  for (int i = 0; i < 400 && (i < 10 || script_.alive > 0); ++i) {
    for (int n = 0; n < 4; ++n) script_.say(std::string(60 * 1024, 'x'));
    std::this_thread::sleep_for(milliseconds(20));
  }
  EXPECT_EQ(script_.alive, 0);
  wait_for([&] { return server.connections() == 0; });
}

TEST_F(HttpStream, S10_AClientThatTakesNothingInTimeIsCut) {
  options_.limits.stream_backlog = 64 * 1024 * 1024;
  options_.limits.stream_write = milliseconds(300);
  RunningServer server(options_, handler(), *log_);
  RawClient client;
  client.shrink_receive_buffer();
  ASSERT_TRUE(client.connect(server.port()));
  client.send(get);
  wait_for([&] { return script_.alive == 1; });
  script_.say(std::string(32 * 1024 * 1024, 'x'));
  wait_for([&] { return server.connections() == 0 && script_.alive == 0; });
}

TEST_F(HttpStream, S10_AClientThatTalksOnIsCut) {
  RunningServer server(options_, handler(), *log_);
  RawClient client(server.port());
  client.send(get);
  wait_for([&] { return script_.alive == 1; });
  const std::string noise(64 * 1024, 'x');
  for (int i = 0; i < 100 && client.send(noise); ++i) continue;
  wait_for([&] { return server.connections() == 0; });
}

TEST_F(HttpStream, S10_StreamsCountAsConnections) {
  options_.limits.connections_per_address = 2;
  RunningServer server(options_, handler(), *log_);
  RawClient one(server.port());
  RawClient two(server.port());
  one.send(get);
  two.send(get);
  wait_for([&] { return script_.alive == 2; });
  EXPECT_EQ(test::exchange(server.port(), get).status(), 429);
}

TEST_F(HttpStream, StoppingTheServerEndsThemAtOnce) {
  RunningServer server(options_, handler(), *log_);
  RawClient client(server.port());
  client.send(get);
  wait_for([&] { return script_.pulls > 1; });
  const auto begin = std::chrono::steady_clock::now();
  server.stop();
  EXPECT_NE(client.read_all(), "");
  wait_for([&] { return server.done(); });
  EXPECT_LT(std::chrono::steady_clock::now() - begin, options_.limits.drain / 2) << "it was not waited for";
}

TEST_F(HttpStream, ASourceThatThrowsEndsItsStreamOnly) {
  RunningServer server(options_, handler(), *log_);
  RawClient client(server.port());
  script_.throws = true;
  client.send(get);
  EXPECT_TRUE(client.read_all().ends_with("\r\n\r\n"));
  EXPECT_EQ(test::exchange(server.port(), "GET / HTTP/1.1\r\nHost: a\r\n\r\n").body, "fine");
}

}  // namespace
}  // namespace allclear::http_stream_test
