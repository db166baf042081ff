// Handlers that answer later, from other threads.
#include <condition_variable>
#include <deque>
#include <mutex>

#include <gtest/gtest.h>

#include "net/http_server.h"
#include "tests/support/raw_client.h"
#include "tests/support/running_server.h"

namespace allclear::net {
namespace {

using test::RawClient;
using test::RunningServer;

HttpResponse text(const std::string& body) {
  return {200, {{"Content-Type", "text/plain"}}, std::make_shared<const std::string>(body), nullptr};
}

std::string get(const std::string& path, const std::string& headers = "") {
  return "GET " + path + " HTTP/1.1\r\nHost: a\r\n" + headers + "\r\n";
}

// Requests below /later wait here until the test answers them; all others are answered at once.
class Waiting {
 public:
  Handler handler() {
    return [this](const HttpRequest& request) -> Reply {
      if (!request.path.starts_with("/later")) return text(request.path);
      return [this](std::shared_ptr<Responder> responder) {
        const std::lock_guard lock(mutex_);
        responders_.push_back(std::move(responder));
        changed_.notify_all();
      };
    };
  }
  std::shared_ptr<Responder> take() {
    std::unique_lock lock(mutex_);
    const bool there = changed_.wait_for(lock, std::chrono::seconds(30), [this] { return !responders_.empty(); });
    EXPECT_TRUE(there);
    if (!there) return nullptr;
    auto first = std::move(responders_.front());
    responders_.pop_front();
    return first;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::shared_ptr<Responder>> responders_;
};

class HttpLater : public testing::Test {
 protected:
  std::unique_ptr<Log> log_ = make_silent_log();
  Waiting waiting_;
};

TEST_F(HttpLater, AnAnswerComesFromAnotherThreadWhileOthersAreServed) {
  RunningServer server({}, waiting_.handler(), *log_);
  RawClient client(server.port());
  client.send(get("/later"));
  const auto responder = waiting_.take();
  EXPECT_EQ(test::exchange(server.port(), get("/other")).body, "/other");
  std::thread([&] { responder->respond([] { return text("late"); }); }).join();
  const auto answer = client.read_answer();
  EXPECT_EQ(answer.status(), 200);
  EXPECT_EQ(answer.body, "late");
  client.send(get("/next"));
  EXPECT_EQ(client.read_answer().body, "/next") << "the connection goes on";
}

TEST_F(HttpLater, PipelinedRequestsAreAnsweredInTheirOrder) {
  RunningServer server({}, waiting_.handler(), *log_);
  RawClient client(server.port());
  client.send(get("/later/1") + get("/between") + "HEAD /later/2 HTTP/1.1\r\nHost: a\r\n\r\n" +
              get("/last", "Connection: close\r\n"));
  waiting_.take()->respond([] { return text("one"); });
  EXPECT_EQ(client.read_answer().body, "one");
  EXPECT_EQ(client.read_answer().body, "/between");
  waiting_.take()->respond([] { return text("four"); });
  EXPECT_EQ(client.read_answer(false).header("Content-Length"), "4");
  EXPECT_EQ(client.read_answer().body, "/last");
  EXPECT_TRUE(client.is_closed());
}

TEST_F(HttpLater, OnlyTheFirstAnswerCounts) {
  RunningServer server({}, waiting_.handler(), *log_);
  RawClient client(server.port());
  client.send(get("/later"));
  const auto responder = waiting_.take();
  responder->respond([] { return text("first"); });
  responder->respond([] { return text("second"); });
  EXPECT_EQ(client.read_answer().body, "first");
  client.send(get("/later"));
  waiting_.take()->respond([] { return text("next"); });
  EXPECT_EQ(client.read_answer().body, "next");
}

TEST_F(HttpLater, AResponderThatNobodyHoldsAnyMoreIsA503) {
  RunningServer server({}, waiting_.handler(), *log_);
  RawClient client(server.port());
  client.send(get("/later"));
  waiting_.take().reset();
  EXPECT_EQ(client.read_answer().status(), 503);
}

TEST_F(HttpLater, AnAnswerThatDoesNotComeInTimeIsA503AndThenDropped) {
  HttpServerOptions options;
  options.limits.later = std::chrono::milliseconds(1);
  RunningServer server(options, waiting_.handler(), *log_);
  RawClient client(server.port());
  client.send(get("/later") + get("/next"));
  const auto responder = waiting_.take();
  const auto answer = client.read_answer();
  EXPECT_EQ(answer.status(), 503);
  EXPECT_EQ(answer.header("Connection"), "close");
  responder->respond([] { return text("too late"); });
  EXPECT_TRUE(client.is_closed());
}

TEST_F(HttpLater, WhatMakingTheAnswerThrowsIsA500) {
  RunningServer server({}, waiting_.handler(), *log_);
  RawClient client(server.port());
  client.send(get("/later"));
  waiting_.take()->respond([]() -> HttpResponse { throw std::runtime_error("third party"); });
  EXPECT_EQ(client.read_answer().status(), 500);
  client.send(get("/next"));
  EXPECT_EQ(client.read_answer().status(), 200);
}

TEST_F(HttpLater, WhatBeginningItThrowsIsA503) {
  RunningServer server(
      {}, [](const HttpRequest&) { return Later([](const auto&) { throw std::runtime_error("third party"); }); },
      *log_);
  EXPECT_EQ(test::exchange(server.port(), get("/later")).status(), 503);
}

TEST_F(HttpLater, AClientThatLeavesIsNotWrittenToAndItsConnectionIsFreed) {
  RunningServer server({}, waiting_.handler(), *log_);
  {
    RawClient client(server.port());
    client.send(get("/later"));
  }
  waiting_.take()->respond([] { return text("to nobody"); });
  while (server.connections() != 0) std::this_thread::yield();
  SUCCEED();
}

TEST_F(HttpLater, AWaitingRequestIsAnsweredAfterStop) {
  RunningServer server({}, waiting_.handler(), *log_);
  RawClient client(server.port());
  client.send(get("/later"));
  const auto responder = waiting_.take();
  server.stop();
  responder->respond([] { return text("still"); });
  const auto answer = client.read_answer();
  EXPECT_EQ(answer.body, "still");
  EXPECT_EQ(answer.header("Connection"), "close");
  EXPECT_TRUE(client.is_closed());
  while (!server.done()) std::this_thread::yield();
}

TEST_F(HttpLater, AResponderOutlivesTheServer) {
  std::shared_ptr<Responder> responder;
  std::shared_ptr<Responder> dropped;
  {
    RunningServer server({}, waiting_.handler(), *log_);
    RawClient one(server.port());
    RawClient other(server.port());
    one.send(get("/later"));
    responder = waiting_.take();
    other.send(get("/later"));
    dropped = waiting_.take();
  }
  bool made = false;
  responder->respond([&] { return made = true, text("to nobody"); });
  dropped.reset();
  EXPECT_FALSE(made);
}

}  // namespace
}  // namespace allclear::net
