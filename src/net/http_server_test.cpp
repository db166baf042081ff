#include "net/http_server.h"

#include <gtest/gtest.h>

#include "tests/support/raw_client.h"
#include "tests/support/running_server.h"

namespace allclear::net::http_server_test {
namespace {

using test::RawClient;
using test::RunningServer;

HttpResponse echo(const HttpRequest& request) {
  HttpResponse response;
  response.headers = {{"Content-Type", "text/plain"}};
  response.body = std::make_shared<const std::string>(request.method + " " + request.path + " " +
                                                      request.client_address + " " + request.body);
  return response;
}

class HttpServerTest : public testing::Test {
 protected:
  std::unique_ptr<Log> log_ = make_silent_log();
};

std::string get(const std::string& path, const std::string& headers = "") {
  return "GET " + path + " HTTP/1.1\r\nHost: a\r\n" + headers + "\r\n";
}

TEST_F(HttpServerTest, AnswersRequestAfterRequest) {
  RunningServer server({}, echo, *log_);
  RawClient client(server.port());
  for (const char* path : {"/a", "/b", "/c"}) {
    client.send(get(path));
    const auto answer = client.read_answer();
    EXPECT_EQ(answer.status(), 200);
    EXPECT_EQ(answer.body, "GET " + std::string(path) + " 127.0.0.1 ");
    EXPECT_EQ(answer.header("Date").size(), 29U);
    EXPECT_EQ(answer.header("Connection"), "");
  }
}

TEST_F(HttpServerTest, AnswersPipelinedRequestsInOrder) {
  RunningServer server({}, echo, *log_);
  RawClient client(server.port());
  client.send(get("/1") + "POST /2 HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi" +
              get("/3", "Connection: close\r\n"));
  EXPECT_EQ(client.read_answer().body, "GET /1 127.0.0.1 ");
  EXPECT_EQ(client.read_answer().body, "POST /2 127.0.0.1 hi");
  const auto last = client.read_answer();
  EXPECT_EQ(last.body, "GET /3 127.0.0.1 ");
  EXPECT_EQ(last.header("Connection"), "close");
  EXPECT_TRUE(client.is_closed());
}

TEST_F(HttpServerTest, LeavesTheBodyOutForHead) {
  RunningServer server({}, echo, *log_);
  RawClient client(server.port());
  client.send("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n" + get("/next"));
  const auto head = client.read_answer(false);
  EXPECT_EQ(head.header("Content-Length"), std::to_string(std::string("HEAD / 127.0.0.1 ").size()));
  EXPECT_EQ(client.read_answer().body, "GET /next 127.0.0.1 ");
}

TEST_F(HttpServerTest, SpeaksHttp10) {
  RunningServer server({}, echo, *log_);
  RawClient kept(server.port());
  kept.send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  EXPECT_EQ(kept.read_answer().header("Connection"), "keep-alive");
  kept.send("GET / HTTP/1.0\r\n\r\n");
  EXPECT_EQ(kept.read_answer().header("Connection"), "close");
  EXPECT_TRUE(kept.is_closed());
}

TEST_F(HttpServerTest, InvitesABodyThatWaits) {
  RunningServer server({}, echo, *log_);
  RawClient client(server.port());
  client.send("POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
  EXPECT_EQ(client.read_answer(false).status(), 100);
  client.send("hi");
  EXPECT_EQ(client.read_answer().body, "POST / 127.0.0.1 hi");
}

TEST_F(HttpServerTest, WritesAPrebuiltHeadAsItIs) {
  const auto head = std::make_shared<const std::string>("HTTP/1.1 200 OK\r\nContent-Length: 4\r\nX-Prebuilt: yes\r\n");
  const auto body = std::make_shared<const std::string>("body");
  RunningServer server(
      {},
      [&](const HttpRequest&) {
        return HttpResponse{200, {}, body, head};
      },
      *log_);
  const auto answer = test::exchange(server.port(), get("/"));
  EXPECT_EQ(answer.header("X-Prebuilt"), "yes");
  EXPECT_EQ(answer.body, "body");
}

TEST_F(HttpServerTest, AnswersAnExceptionWith500AndLivesOn) {
  RunningServer server(
      {},
      [](const HttpRequest& request) -> HttpResponse {
        if (request.path == "/throw") throw std::runtime_error("third party");
        return echo(request);
      },
      *log_);
  RawClient client(server.port());
  client.send(get("/throw") + get("/fine"));
  EXPECT_EQ(client.read_answer().status(), 500);
  EXPECT_EQ(client.read_answer().status(), 200);
}

TEST_F(HttpServerTest, NamesTheAddressThatIsInUse) {
  RunningServer first({}, echo, *log_);
  boost::asio::io_context io;
  HttpServerOptions options;
  options.port = first.port();
  const auto second = HttpServer::listen(io, options, echo, *log_);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().message,
            "cannot listen on 127.0.0.1:" + std::to_string(first.port()) + ": Address already in use");
  options.host = "status.example.com";
  EXPECT_FALSE(HttpServer::listen(io, options, echo, *log_));
  options.host = "127.0.0.1";
  options.trusted_proxies = {"10.0.0.0/99"};
  EXPECT_FALSE(HttpServer::listen(io, options, echo, *log_));
}

TEST_F(HttpServerTest, S10_JudgesTheForwardedAddressBehindTrustedProxies) {
  HttpServerOptions options;
  options.trusted_proxies = {"127.0.0.1"};
  RunningServer server(options, echo, *log_);
  EXPECT_EQ(
      test::exchange(server.port(), get("/", "X-Forwarded-For: 203.0.113.1\r\nX-Forwarded-For: 198.51.100.9\r\n")).body,
      "GET / 198.51.100.9 ");
  RawClient other(server.port(), "127.0.0.2");
  other.send(get("/", "X-Forwarded-For: 198.51.100.9\r\n"));
  EXPECT_EQ(other.read_answer().body, "GET / 127.0.0.2 ");
}

TEST_F(HttpServerTest, S11_RefusesAndCloses) {
  int handled = 0;
  RunningServer server(
      {}, [&](const HttpRequest& request) { return ++handled, echo(request); }, *log_);
  RawClient client(server.port());
  client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" +
              get("/smuggled"));
  const auto answer = client.read_answer();
  EXPECT_EQ(answer.status(), 400);
  EXPECT_EQ(answer.header("Connection"), "close");
  EXPECT_TRUE(client.is_closed());
  EXPECT_EQ(handled, 0);
}

TEST_F(HttpServerTest, ARefusalIsToldThePathOnceItWasRead) {
  HttpServerOptions options;
  options.limits.request.body = 4;
  options.refusal = [](int status, std::string_view, std::string_view path) {
    return HttpResponse{status, {}, std::make_shared<const std::string>("[" + std::string(path) + "]"), nullptr};
  };
  RunningServer server(
      options,
      [](const HttpRequest& request) -> HttpResponse {
        if (request.path == "/throw") throw std::runtime_error("third party");
        return echo(request);
      },
      *log_);
  const auto refused = [&](const std::string& bytes) {
    RawClient client(server.port());
    client.send(get("/before"));  // its path must not be taken for the next one's
    EXPECT_EQ(client.read_answer().status(), 200);
    client.send(bytes);
    const auto answer = client.read_answer();
    EXPECT_GE(answer.status(), 400) << bytes;
    return answer.body;
  };
  EXPECT_EQ(refused("GET /status HTTP/1.1\r\n\r\n"), "[/status]");
  EXPECT_EQ(refused("POST /a%20b?x=1 HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello"), "[/a b]");
  EXPECT_EQ(refused("POST /c HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nnonsense\r\n"), "[/c]");
  EXPECT_EQ(refused(get("/status?x=%zz")), "[/status]");
  EXPECT_EQ(refused(get("/throw")), "[/throw]");
  for (const char* unread : {"/a%zz", "/a%00b", "status", "/a\x80"}) EXPECT_EQ(refused(get(unread)), "[]") << unread;
  EXPECT_EQ(refused("GET /status HTTP/3.1\r\nHost: a\r\n\r\n"), "[]");
  EXPECT_EQ(refused("GET /status HTTP/1.1\nHost: a\r\n\r\n"), "[]");
}

TEST_F(HttpServerTest, RunningAnswersFinishAfterStop) {
  const auto body = std::make_shared<const std::string>(8 << 20, 'x');
  std::atomic<bool> asked = false;
  RunningServer server(
      {},
      [&](const HttpRequest&) {
        return asked = true, HttpResponse{200, {}, body, nullptr};
      },
      *log_);
  RawClient idle(server.port());
  RawClient running(server.port());
  running.send(get("/"));
  while (!asked || server.connections() != 2) std::this_thread::yield();
  server.stop();
  EXPECT_TRUE(idle.is_closed());
  EXPECT_FALSE(RawClient(server.port()).connected());
  EXPECT_EQ(running.read_answer().body.size(), body->size());
  EXPECT_TRUE(running.is_closed());
  while (!server.done()) std::this_thread::yield();
  SUCCEED();
}

}  // namespace
}  // namespace allclear::net::http_server_test
