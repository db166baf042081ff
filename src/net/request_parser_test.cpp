#include "net/request_parser.h"

#include <map>
#include <random>

#include <gtest/gtest.h>

namespace allclear::net::request_parser_test {
namespace {

struct Case {
  const char* name;
  std::string bytes;
  int status;  // 0: accepted
};

constexpr const char* host = "Host: a\r\n";

// Feeds the bytes in pieces of `step`, as a socket would; the status of the refusal, 0 when complete, -1 when more is needed.
int status_of(const std::string& bytes, std::size_t step, RequestParser& parser) {
  std::string pending;
  for (std::size_t at = 0; at < bytes.size(); at += step) {
    pending += bytes.substr(at, step);
    for (;;) {
      const auto used = parser.put(pending);
      if (!used) return used.error().status;
      pending.erase(0, *used);
      if (parser.phase() == RequestPhase::complete) return 0;
      if (*used == 0) break;
    }
  }
  return -1;
}

void expect_status(const Case& example) {
  for (const std::size_t step : {std::size_t{1}, std::size_t{2}, std::size_t{7}, example.bytes.size()}) {
    RequestParser parser({});
    EXPECT_EQ(status_of(example.bytes, step, parser), example.status) << example.name << " in pieces of " << step;
  }
}

std::string post(const std::string& headers, const std::string& body) {
  return "POST / HTTP/1.1\r\nHost: a\r\n" + headers + "\r\n" + body;
}
std::string get(const std::string& headers) { return "GET / HTTP/1.1\r\nHost: a\r\n" + headers + "\r\n"; }

TEST(RequestParser, AcceptsWhatClientsSend) {
  const Case cases[] = {
      {"plain", get(""), 0},
      {"blank lines first", "\r\n\r\n" + get(""), 0},
      {"HTTP/1.0 without Host", "GET / HTTP/1.0\r\n\r\n", 0},
      {"absolute form", std::string("GET http://a/status?x=1 HTTP/1.1\r\n") + host + "\r\n", 0},
      {"spaces around a value", get("X: \t v \t\r\n"), 0},
      {"obs-text", get("X: caf\xe9\r\n"), 0},
      {"length", post("Content-Length: 3\r\n", "abc"), 0},
      {"no body", post("Content-Length: 0\r\n", ""), 0},
      {"chunked", post("Transfer-Encoding: chunked\r\n", "3\r\nabc\r\nA;x=y\r\n0123456789\r\n0\r\n\r\n"), 0},
      {"trailer", post("Transfer-Encoding: Chunked\r\n", "1\r\na\r\n0\r\nX: y\r\n\r\n"), 0},
      {"unfinished", "GET / HTTP/1.1\r\nHost: a\r\n", -1},
      {"unfinished body", post("Content-Length: 3\r\n", "ab"), -1}};
  for (const Case& example : cases) expect_status(example);
}

TEST(RequestParser, S11_RefusesFramingThatTwoReadersCouldSeeDifferently) {
  const Case cases[] = {
      {"length then chunked", post("Content-Length: 3\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"), 400},
      {"chunked then length", post("Transfer-Encoding: chunked\r\nContent-Length: 3\r\n", "0\r\n\r\n"), 400},
      {"two lengths", post("Content-Length: 3\r\nContent-Length: 4\r\n", "abcd"), 400},
      {"the same length twice", post("Content-Length: 3\r\nContent-Length: 3\r\n", "abc"), 400},
      {"length list", post("Content-Length: 3, 3\r\n", "abc"), 400},
      {"signed length", post("Content-Length: +3\r\n", "abc"), 400},
      {"negative length", post("Content-Length: -3\r\n", "abc"), 400},
      {"hexadecimal length", post("Content-Length: 0x3\r\n", "abc"), 400},
      {"empty length", post("Content-Length: \r\n", ""), 400},
      {"overflowing length", post("Content-Length: 99999999999999999999\r\n", ""), 400},
      {"two codings", post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"), 400},
      {"unknown coding", post("Transfer-Encoding: gzip\r\n", ""), 501},
      {"coding list", post("Transfer-Encoding: gzip, chunked\r\n", "0\r\n\r\n"), 501},
      {"chunked twice", post("Transfer-Encoding: chunked, chunked\r\n", "0\r\n\r\n"), 501},
      {"identity", post("Transfer-Encoding: identity\r\n", ""), 501},
      {"coding with HTTP/1.0", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
      {"coding with a vertical tab",
       post("Transfer-Encoding: \x0b"
            "chunked\r\n",
            "0\r\n\r\n"),
       400}};
  for (const Case& example : cases) expect_status(example);
}

TEST(RequestParser, S11_RefusesLooseLineEndings) {
  const Case cases[] = {
      {"bare LF everywhere", "GET / HTTP/1.1\nHost: a\n\n", 400},
      {"bare LF after the request line", "GET / HTTP/1.1\nHost: a\r\n\r\n", 400},
      {"bare LF in a header", "GET / HTTP/1.1\r\nHost: a\nX: y\r\n\r\n", 400},
      {"bare LF at the end", "GET / HTTP/1.1\r\nHost: a\r\n\n", 400},
      {"bare CR", "GET / HTTP/1.1\r\nHost: a\rX: y\r\n\r\n", 400},
      {"bare CR at the end", "GET / HTTP/1.1\r\nHost: a\r\n\rX", 400},
      {"obs-fold with a space", get("X: a\r\n b\r\n"), 400},
      {"obs-fold with a tab", get("X: a\r\n\tb\r\n"), 400},
      {"folded first line", "GET / HTTP/1.1\r\n X: a\r\nHost: a\r\n\r\n", 400},
      {"NUL", std::string("GET / HTTP/1.1\r\nHost: a\r\nX: \0\r\n\r\n", 34), 400},
      {"DEL", get("X: \x7f\r\n"), 400},
      {"bare LF after a chunk size", post("Transfer-Encoding: chunked\r\n", "3\nabc\r\n0\r\n\r\n"), 400},
      {"bare LF after a chunk", post("Transfer-Encoding: chunked\r\n", "3\r\nabc\n0\r\n\r\n"), 400}};
  for (const Case& example : cases) expect_status(example);
}

TEST(RequestParser, S11_RefusesBadChunks) {
  const std::string chunked = "Transfer-Encoding: chunked\r\n";
  const Case cases[] = {{"not hexadecimal", post(chunked, "x\r\nabc\r\n0\r\n\r\n"), 400},
                        {"prefixed", post(chunked, "0x3\r\nabc\r\n0\r\n\r\n"), 400},
                        {"negative", post(chunked, "-3\r\nabc\r\n0\r\n\r\n"), 400},
                        {"signed", post(chunked, "+3\r\nabc\r\n0\r\n\r\n"), 400},
                        {"empty", post(chunked, "\r\nabc\r\n0\r\n\r\n"), 400},
                        {"leading space", post(chunked, " 3\r\nabc\r\n0\r\n\r\n"), 400},
                        {"overflowing", post(chunked, "fffffffffffffffff\r\nabc"), 400},
                        {"shorter than its data", post(chunked, "2\r\nabc\r\n0\r\n\r\n"), 400},
                        {"larger than allowed", post(chunked, "100001\r\n"), 413},
                        {"short and wrong", post(chunked, "zz\r\n"), 400},
                        {"short and empty", post(chunked, "\r\n"), 400},
                        {"prefixed and short", post(chunked, "0x5\r\n"), 400},
                        {"bare CR", post(chunked, "1\rX"), 400},
                        {"bare CR after a chunk", post(chunked, "1\r\na\rX"), 400},
                        {"short with a bare LF", post(chunked, "0\n\n"), 400},
                        {"bare LFs only", post(chunked, "5\nhello\n0\n\n"), 400},
                        {"short and wrong after a chunk", post(chunked, "3\r\nabcx"), 400},
                        {"bare LF after a chunk", post(chunked, "3\r\nabc\n"), 400},
                        {"bare LFs after a chunk", post(chunked, "3\r\nabc\r\n5\nhello\n"), 400},
                        {"endless extension", post(chunked, "3;" + std::string(20'000, 'x')), 400},
                        {"endless trailer", post(chunked, "0\r\nX: " + std::string(20'000, 'x')), 400}};
  for (const Case& example : cases) expect_status(example);
}

TEST(RequestParser, S11_RefusesBadRequestLinesAndTargets) {
  const auto line = [](const std::string& text) { return text + "\r\nHost: a\r\n\r\n"; };
  const Case cases[] = {{"no target", line("GET HTTP/1.1"), 400},
                        {"two spaces", line("GET  / HTTP/1.1"), 400},
                        {"no version", line("GET /"), 400},
                        {"space in the target", line("GET /a b HTTP/1.1"), 505},
                        {"HTTP/2.0", line("GET / HTTP/2.0"), 505},
                        {"HTTP/1.2", line("GET / HTTP/1.2"), 505},
                        {"lower-case version", line("GET / http/1.1"), 505},
                        {"asterisk", line("OPTIONS * HTTP/1.1"), 0},
                        {"asterisk of another method", line("GET * HTTP/1.1"), 400},
                        {"more than an asterisk", line("OPTIONS *? HTTP/1.1"), 400},
                        {"authority", line("CONNECT a:443 HTTP/1.1"), 400},
                        {"no leading slash", line("GET status HTTP/1.1"), 400},
                        {"fragment", line("GET /#x HTTP/1.1"), 400},
                        {"unencoded text", line("GET /caf\xc3\xa9 HTTP/1.1"), 400},
                        {"short escape", line("GET /%4 HTTP/1.1"), 400},
                        {"bad escape", line("GET /%zz HTTP/1.1"), 400},
                        {"escaped NUL", line("GET /%00 HTTP/1.1"), 400},
                        {"escaped line break", line("GET /?a=%0d%0aX HTTP/1.1"), 400},
                        {"escaped broken UTF-8", line("GET /%c0%af HTTP/1.1"), 400},
                        {"method with a separator", line("G(T / HTTP/1.1"), 400},
                        {"no Host", "GET / HTTP/1.1\r\n\r\n", 400},
                        {"a space in Host", "GET / HTTP/1.1\r\nHost: a b\r\n\r\n", 400},
                        {"a path in Host", "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", 400},
                        {"a user in Host", "GET / HTTP/1.1\r\nHost: a@b\r\n\r\n", 400},
                        {"two ports in Host", "GET / HTTP/1.1\r\nHost: a:1:2\r\n\r\n", 400},
                        {"a port of letters", "GET / HTTP/1.1\r\nHost: a:http\r\n\r\n", 400},
                        {"a port beyond all", "GET / HTTP/1.1\r\nHost: a:99999\r\n\r\n", 400},
                        {"an open bracket", "GET / HTTP/1.1\r\nHost: [::1\r\n\r\n", 400},
                        {"more behind the bracket", "GET / HTTP/1.1\r\nHost: [::1]a\r\n\r\n", 400},
                        {"an empty Host", "GET / HTTP/1.1\r\nHost:\r\n\r\n", 0},
                        {"a name and a port", "GET / HTTP/1.1\r\nHost: status.example.com:8443\r\n\r\n", 0},
                        {"an address and a port", "GET / HTTP/1.1\r\nHost: [2001:db8::1]:80\r\n\r\n", 0},
                        {"two Hosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400},
                        {"space before the colon", get("X : y\r\n"), 400},
                        {"no colon", get("X\r\n"), 400},
                        {"empty name", get(": y\r\n"), 400}};
  for (const Case& example : cases) expect_status(example);
}

TEST(RequestParser, S13_TextOfARequestIsCleanUtf8) {
  const auto target = [](const std::string& text) { return "GET " + text + " HTTP/1.1\r\nHost: a\r\n\r\n"; };
  const Case cases[] = {{"two bytes", target("/?a=%C3%A9"), 0},
                        {"four bytes", target("/?a=%F0%9F%9A%A6"), 0},
                        {"overlong", target("/?a=%C0%80"), 400},
                        {"surrogate", target("/?a=%ED%A0%80"), 400},
                        {"beyond Unicode", target("/?a=%F4%90%80%80"), 400},
                        {"cut short", target("/?a=%E2%82"), 400},
                        {"lone tail", target("/%80"), 400},
                        {"control character", target("/?%1b=x"), 400}};
  for (const Case& example : cases) expect_status(example);
}

TEST(RequestParser, S10_BoundsHeadFieldsAndBody) {
  const std::string many = [] {
    std::string text;
    for (int i = 0; i < 101; ++i) text += "X: y\r\n";
    return text;
  }();
  const Case cases[] = {{"long target", "GET /" + std::string(17'000, 'a') + " HTTP/1.1\r\nHost: a\r\n\r\n", 431},
                        {"endless target", "GET /" + std::string(17'000, 'a'), 431},
                        {"endless header", "GET / HTTP/1.1\r\nX: " + std::string(17'000, 'a'), 431},
                        {"endless header name", "GET / HTTP/1.1\r\n" + std::string(17'000, 'a'), 431},
                        {"too many fields", get(many), 431},
                        {"announced body", post("Content-Length: 1048577\r\n", ""), 413}};
  for (const Case& example : cases) expect_status(example);
}

TEST(RequestParser, ReadsTargetHeadersAndBody) {
  RequestParser parser({});
  ASSERT_EQ(
      status_of(
          "POST /a%20b?x=1+2&y=%C3%A9&flag HTTP/1.1\r\nHost: a\r\nX-One:  two \r\nTransfer-Encoding: chunked\r\n\r\n"
          "3\r\nabc\r\n2\r\nde\r\n0\r\nX-Trailer: no\r\n\r\n",
          5, parser),
      0);
  const HttpRequest& request = parser.request();
  EXPECT_EQ(request.method, "POST");
  EXPECT_EQ(request.path, "/a b");
  ASSERT_EQ(request.query.size(), 3U);
  EXPECT_EQ(*request.query_value("x"), "1 2");
  EXPECT_EQ(*request.query_value("y"), "\u00e9");
  EXPECT_EQ(*request.query_value("flag"), "");
  EXPECT_EQ(request.header("x-one"), "two");
  EXPECT_EQ(request.header("X-Trailer"), "");
  EXPECT_EQ(request.body, "abcde");
}

TEST(RequestParser, ReadsTheAsteriskOfOptions) {
  RequestParser parser({});
  ASSERT_EQ(status_of("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", 7, parser), 0);
  EXPECT_EQ(parser.request().path, "*");
}

TEST(RequestParser, KeepsNothingOfTheRequestBefore) {
  RequestParser parser({});
  ASSERT_EQ(status_of(post("Content-Length: 3\r\nX: y\r\nExpect: 100-continue\r\n", "abc"), 4, parser), 0);
  EXPECT_TRUE(parser.expects_continue());
  EXPECT_TRUE(parser.keep_alive());
  parser.next();
  ASSERT_EQ(status_of("GET /b HTTP/1.0\r\n\r\n", 3, parser), 0);
  EXPECT_EQ(parser.request().body, "");
  EXPECT_TRUE(parser.request().headers.empty());
  EXPECT_FALSE(parser.keep_alive());
  EXPECT_FALSE(parser.expects_continue());
  EXPECT_TRUE(parser.http_1_0());
}

// Damages good requests at random places: whatever comes out, it must not depend on how the bytes arrive.
TEST(RequestParser, S11_JudgesDamagedRequestsAlikeInAnyPieces) {
  const std::string good[] = {get("X: y\r\nAccept-Encoding: gzip\r\n"), post("Content-Length: 5\r\n", "abcde"),
                              post("Transfer-Encoding: chunked\r\n", "3;a=b\r\nabc\r\n0\r\nT: x\r\n\r\n")};
  const std::string damage("\r\n\0 \t:;,%#/09afxGH\x7f\xff", 21);
  std::mt19937 random(20261120);
  std::map<int, int> outcomes;
  for (int round = 0; round < 20'000; ++round) {
    std::string bytes = good[random() % 3];
    for (auto times = random() % 3 + 1; times > 0; --times) {
      const auto at = random() % bytes.size();
      switch (random() % 3) {
        case 0: bytes[at] = damage[random() % damage.size()]; break;
        case 1: bytes.insert(at, 1, damage[random() % damage.size()]); break;
        case 2: bytes.erase(at, 1); break;
      }
    }
    RequestParser whole({});
    RequestParser pieces({});
    const int status = status_of(bytes, bytes.size(), whole);
    ASSERT_EQ(status_of(bytes, 1 + random() % 5, pieces), status) << testing::PrintToString(bytes);
    ++outcomes[status];
  }
  EXPECT_GT(outcomes[0], 1'000);
  EXPECT_GT(outcomes[400], 1'000);
}

TEST(RequestParser, LeavesThePipelinedRequestUnread) {
  RequestParser parser({});
  const std::string first = post("Content-Length: 3\r\n", "abc");
  std::string pending = first + get("");
  while (parser.phase() != RequestPhase::complete) {
    const auto used = parser.put(pending);
    ASSERT_TRUE(used && *used > 0);
    pending.erase(0, *used);
  }
  EXPECT_EQ(pending, get(""));
}

}  // namespace
}  // namespace allclear::net::request_parser_test
