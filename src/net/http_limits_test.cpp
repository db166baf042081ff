#include <atomic>
#include <chrono>
#include <thread>

#include <gtest/gtest.h>
#include <time.h>

#include "net/http_server.h"
#include "tests/support/no_descriptors.h"
#include "tests/support/raw_client.h"
#include "tests/support/running_server.h"

namespace allclear::net {
namespace {

using std::chrono::milliseconds;
using test::RawClient;
using test::RunningServer;

HttpResponse fine(const HttpRequest&) { return {200, {}, std::make_shared<const std::string>("fine"), nullptr}; }

const std::string request = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

class HttpLimitsTest : public testing::Test {
 protected:
  HttpServerOptions options_;
  std::unique_ptr<Log> log_ = make_silent_log();
};

TEST(HttpServerLimits, S10_AreByDefaultWhatIsPromised) {
  const HttpServerLimits limits = HttpServerOptions{}.limits;
  EXPECT_EQ(limits.request.head, 16U * 1024);
  EXPECT_EQ(limits.request.body, 1024U * 1024);
  EXPECT_EQ(limits.head, std::chrono::seconds(10));
  EXPECT_EQ(limits.body, std::chrono::seconds(30));
  EXPECT_EQ(limits.connections, 1'000U);
  EXPECT_EQ(limits.connections_per_address, 50U);
  EXPECT_EQ(RequestLimits{}.head, limits.request.head);
  EXPECT_EQ(RequestLimits{}.body, limits.request.body);
}

TEST_F(HttpLimitsTest, S10_RefusesALongHeadWhileReadingIt) {
  RunningServer server(options_, fine, *log_);
  RawClient client(server.port());
  client.send("GET / HTTP/1.1\r\nX: " + std::string(20'000, 'a'));  // never finished
  EXPECT_EQ(client.read_answer().status(), 431);
  EXPECT_TRUE(client.is_closed());
}

TEST_F(HttpLimitsTest, S10_RefusesALargeBodyBeforeItIsSent) {
  RunningServer server(options_, fine, *log_);
  RawClient announced(server.port());
  announced.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1048577\r\n\r\n");
  EXPECT_EQ(announced.read_answer().status(), 413);
  RawClient chunked(server.port());
  chunked.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
  std::string chunk = "10000\r\n" + std::string(65536, 'x') + "\r\n";
  for (int i = 0; i < 17; ++i) chunked.send(chunk);
  EXPECT_EQ(chunked.read_answer().status(), 413);
}

TEST_F(HttpLimitsTest, AcceptsTheLargestBody) {
  std::size_t seen = 0;
  RunningServer server(
      options_, [&](const HttpRequest& got) { return seen = got.body.size(), fine(got); }, *log_);
  EXPECT_EQ(test::exchange(server.port(),
                           "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1048576\r\n\r\n" + std::string(1 << 20, 'x'))
                .status(),
            200);
  EXPECT_EQ(seen, 1U << 20);
}

TEST_F(HttpLimitsTest, S10_EndsADrippingHead) {
  options_.limits.head = milliseconds(300);
  RunningServer server(options_, fine, *log_);
  RawClient client(server.port());
  client.send("GET / HTTP/1.1\r\n");
  std::atomic<bool> done = false;
  std::thread drip([&] {
    while (!done && client.send("X: y\r\n")) std::this_thread::sleep_for(milliseconds(20));
  });
  EXPECT_EQ(client.read_answer().status(), 408);
  done = true;
  drip.join();
}

TEST_F(HttpLimitsTest, S10_EndsASlowBodyAndASilentConnection) {
  options_.limits.body = options_.limits.idle = milliseconds(300);
  options_.limits.head = milliseconds(400);
  RunningServer server(options_, fine, *log_);
  RawClient slow_body(server.port());
  slow_body.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc");
  EXPECT_EQ(slow_body.read_answer().status(), 408);
  RawClient silent(server.port());
  EXPECT_TRUE(silent.is_closed());
  RawClient idle(server.port());
  idle.send(request);
  EXPECT_EQ(idle.read_answer().status(), 200);
  EXPECT_TRUE(idle.is_closed());
}

TEST_F(HttpLimitsTest, S10_EndsAClientThatDoesNotReadItsAnswer) {
  options_.limits.answer = milliseconds(300);
  const auto body = std::make_shared<const std::string>(32 << 20, 'x');
  RunningServer server(
      options_,
      [&](const HttpRequest&) {
        return HttpResponse{200, {}, body, nullptr};
      },
      *log_);
  RawClient client(server.port());
  client.shrink_receive_buffer();
  client.send(request);
  while (server.connections() == 0) std::this_thread::yield();
  while (server.connections() != 0) std::this_thread::sleep_for(milliseconds(5));
  EXPECT_LT(client.read_all().size(), body->size());
}

TEST_F(HttpLimitsTest, S10_CountsConnectionsPerAddressAndInAll) {
  options_.limits.connections = 5;
  options_.limits.connections_per_address = 3;
  RunningServer server(options_, fine, *log_);
  std::vector<std::unique_ptr<RawClient>> first;
  const auto open = [&](const std::string& from) {
    first.push_back(std::make_unique<RawClient>(server.port(), from));
    first.back()->send(request);
    return first.back()->read_answer().status();
  };
  for (int i = 0; i < 3; ++i) EXPECT_EQ(open("127.0.0.1"), 200);
  EXPECT_EQ(open("127.0.0.1"), 429);
  for (int i = 0; i < 2; ++i) EXPECT_EQ(open("127.0.0.2"), 200);
  EXPECT_EQ(open("127.0.0.3"), 503);
  first.clear();
  while (server.connections() != 0) std::this_thread::yield();
  EXPECT_EQ(open("127.0.0.1"), 200);
}

TEST_F(HttpLimitsTest, S10_DoesNotCountATrustedProxyAsOneClient) {
  options_.limits.connections_per_address = 1;
  options_.trusted_proxies = {"127.0.0.1"};
  RunningServer server(options_, fine, *log_);
  RawClient one(server.port());
  RawClient two(server.port());
  one.send(request);
  two.send(request);
  EXPECT_EQ(one.read_answer().status(), 200);
  EXPECT_EQ(two.read_answer().status(), 200);
}

// The four ways in which slowhttptest holds connections; the others are served all the same.
TEST_F(HttpLimitsTest, S10_SlowClientsDoNotKeepTheOthersFromAnswers) {
  HttpServerLimits& limits = options_.limits;
  limits.head = limits.body = limits.answer = std::chrono::minutes(10);  // none ends while it runs
  limits.linger = milliseconds(1);                                       // whoever was refused is soon gone
  const auto large = std::make_shared<const std::string>(32 << 20, 'x');
  RunningServer server(
      options_,
      [&](const HttpRequest& got) {
        return got.path == "/large" ? HttpResponse{200, {}, large, nullptr} : fine(got);
      },
      *log_);
  std::vector<std::unique_ptr<RawClient>> slow;
  const std::string ranges = "Range: bytes=0-,0-1,0-2,0-3,0-4,0-5,0-6,0-7,0-8\r\n\r\n";
  const std::string modes[] = {"GET / HTTP/1.1\r\nX", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9999\r\n\r\nx",
                               "GET /large HTTP/1.1\r\nHost: a\r\n\r\n", "GET /large HTTP/1.1\r\nHost: a\r\n" + ranges};
  for (int i = 0; i < 200; ++i) {
    slow.push_back(std::make_unique<RawClient>());
    slow.back()->shrink_receive_buffer();
    ASSERT_TRUE(slow.back()->connect(server.port(), "127.0.1." + std::to_string(1 + i % 5)));
    ASSERT_TRUE(slow.back()->send(modes[i % 4]));
  }
  for (int i = 0; i < 200; ++i) {
    ASSERT_EQ(test::exchange(server.port(), request).status(), 200) << i;
    ASSERT_GE(server.connections(), 200U) << "those who hang are still there, at request " << i;
  }
  while (server.connections() > 200) std::this_thread::yield();  // the others are gone
  EXPECT_EQ(server.connections(), 200U);
}

class CountingLog final : public Log {
 public:
  void write(LogLevel, std::string_view event, std::initializer_list<LogField>) override {
    failures += event == "accept_failed" ? 1 : 0;
  }
  void mask(std::string) override {}
  std::atomic<int> failures = 0;
};

// Of all threads of this process.
milliseconds processor_time() {
  timespec time{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return std::chrono::duration_cast<milliseconds>(std::chrono::seconds(time.tv_sec) +
                                                  std::chrono::nanoseconds(time.tv_nsec));
}

TEST_F(HttpLimitsTest, R13_AcceptsAgainWhenDescriptorsAreBackAndNeverSpins) {
  CountingLog log;
  RunningServer server(options_, fine, log);
  RawClient present(server.port());
  present.send(request);
  EXPECT_EQ(present.read_answer().status(), 200);
  RawClient late;
  {
    const test::NoDescriptors none;
    EXPECT_TRUE(late.connect(server.port()));
    while (log.failures < 1) std::this_thread::yield();
    const milliseconds before = processor_time();
    std::this_thread::sleep_for(milliseconds(400));  // in which it may try a few times, and no more
    EXPECT_LT(processor_time() - before, milliseconds(200));
    EXPECT_EQ(log.failures, 1) << "told once, not at every attempt";
    present.send(request);
    EXPECT_EQ(present.read_answer().status(), 200);  // who is in is served
  }
  late.send(request);
  EXPECT_EQ(late.read_answer().status(), 200);
}

}  // namespace
}  // namespace allclear::net
