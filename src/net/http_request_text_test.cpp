// The bytes of a request: nothing that it is made of begins a line of its own.
#include "net/http_request_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace allclear::net {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

HttpCall call_to(const char* url) {
  HttpCall call;
  call.url = *parse_http_url(url);
  call.user_agent = "test";
  return call;
}

Outcome<std::string> text_of(const HttpCall& call) { return request_text(call, {call.method, call.url, call.body}); }

TEST(HttpRequestText, ARequestIsItsLines) {
  HttpCall call = call_to("https://a.example/b?c");
  call.authorization = "Bearer token\twith a tab";
  call.headers = {{"X-Name", "gr\xC3\xBC\xC3\x9F"}};
  const auto text = text_of(call);
  ASSERT_TRUE(text);
  EXPECT_THAT(*text, testing::StartsWith("GET /b?c HTTP/1.1\r\nHost: a.example\r\n"));
  EXPECT_THAT(*text, HasSubstr("\r\nAuthorization: Bearer token\twith a tab\r\n"));
  EXPECT_THAT(*text, HasSubstr("\r\nX-Name: gr\xC3\xBC\xC3\x9F\r\n"));
}

TEST(HttpRequestText, S17_NoPartOfARequestBeginsALineOfItsOwn) {
  for (const std::string evil : {"tok\r\nX-Evil: yes", "tok\nX-Evil: yes", "tok\rX-Evil: yes", "tok\x01", "tok\x7F"}) {
    HttpCall authorized = call_to("https://a.example/");
    authorized.authorization = "Bearer " + evil;
    HttpCall headed = call_to("https://a.example/");
    headed.headers = {{"X-Key", evil}};
    HttpCall named = call_to("https://a.example/");
    named.headers = {{evil, "x"}};
    HttpCall agent = call_to("https://a.example/");
    agent.user_agent = evil;
    HttpCall path = call_to("https://a.example/");
    path.url.path = "/" + evil;
    HttpCall host = call_to("https://a.example/");
    host.url.host = evil;
    for (const HttpCall* call : {&authorized, &headed, &named, &agent, &path, &host}) {
      const auto text = text_of(*call);
      ASSERT_FALSE(text) << *text;
      EXPECT_EQ(text.error().kind, FaultKind::local_fault);
      EXPECT_THAT(text.error().detail, HasSubstr("cannot be sent"));
    }
  }
}

TEST(HttpRequestText, WhatCannotBeSentIsToldByItsNameWithoutTheSecret) {
  HttpCall call = call_to("https://a.example/");
  call.authorization = "Bearer hunter22\r\nX-Evil: yes";
  const auto text = text_of(call);
  ASSERT_FALSE(text);
  EXPECT_EQ(text.error().detail, "header Authorization cannot be sent");
  EXPECT_THAT(text.error().detail, Not(HasSubstr("hunter22")));
}

}  // namespace
}  // namespace allclear::net
