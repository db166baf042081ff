#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/loaded_config.h"

namespace allclear::config {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing_support::first_check;
using testing_support::loaded;

// A check whose keys are these.
Check check_with(const std::string& keys) { return first_check("services: [{id: a, " + keys + "}]"); }

TEST(Checks, AUrlOnAServiceIsItsOnlyCheck) {
  const Check check = check_with("url: 'https://Example.com/a?b=1', interval: 30s, timeout: 1.5s, role: application");
  EXPECT_EQ(check.service.value(), "a");
  EXPECT_EQ(check.id.value(), "a");
  EXPECT_EQ(check.interval, seconds(30));
  EXPECT_EQ(check.timeout, milliseconds(1'500));
  EXPECT_EQ(check.role, Role::application);
  EXPECT_EQ(std::get<HttpTarget>(check.target).url, (Url{Scheme::https, 443, "example.com", "/a?b=1"}));
  ASSERT_EQ(check.expect->status.size(), 1U);
  EXPECT_EQ(check.expect->status[0].first, 200);
  EXPECT_EQ(check.expect->status[0].last, 299);
}

TEST(Checks, EveryKeyOfAnHttpCheckReachesItsTarget) {
  const Check check = check_with(
      "url: 'http://example.com:81', method: POST, headers: {Accept: text/html, X-Number: 7}, body: '{}', bearer: "
      "token, "
      "follow_redirects: false, max_redirects: 2, keep_alive: true, user_agent: me, proxy: 'http://proxy:3128', "
      "verify: false, "
      "server_name: other.example, ip: 6, resolver: '192.0.2.53:5353'");
  const auto& http = std::get<HttpTarget>(check.target);
  EXPECT_EQ(to_string(http.url), "http://example.com:81/");
  EXPECT_EQ(http.request->method, "POST");
  ASSERT_EQ(http.request->headers.size(), 2U);
  EXPECT_EQ(http.request->headers[1].value, "7");
  EXPECT_EQ(http.request->body, "{}");
  EXPECT_EQ(http.request->bearer, "token");
  EXPECT_FALSE(http.request->follow_redirects);
  EXPECT_EQ(http.request->max_redirects, 2);
  EXPECT_TRUE(http.request->keep_alive);
  EXPECT_EQ(http.request->user_agent, "me");
  EXPECT_EQ(http.request->proxy, (Url{Scheme::http, 3128, "proxy", "/"}));
  EXPECT_FALSE(http.tls->verify);
  EXPECT_EQ(http.tls->server_name, "other.example");
  EXPECT_EQ(http.network->family, AddressFamily::ipv6);
  EXPECT_EQ(http.network->resolver, "192.0.2.53:5353");
  EXPECT_EQ(http.network->origin, TargetOrigin::config);
}

TEST(Checks, EveryExpectation) {
  const Check check = check_with(
      "url: 'https://a.example/', expect: {status: [200-299, 304], latency: 800ms, certificate: 14d, final_url: "
      "'HTTPS://A.example', header: {Content-Type: ^text/}, body: [{contains: Welcome}, {matches: 'v[0-9]+'}], "
      "json: [{path: $.ok, equals: true}, {path: $.n, equals: '1'}, {path: $.n, above: 1.5, below: 9}, {path: $.x, "
      "exists: false}]}");
  const Expectations& expect = *check.expect;
  ASSERT_EQ(expect.status.size(), 2U);
  EXPECT_EQ(expect.status[1].first, 304);
  EXPECT_EQ(expect.latency, milliseconds(800));
  EXPECT_EQ(expect.certificate, std::chrono::days(14));
  EXPECT_EQ(expect.final_url, "https://a.example/");
  ASSERT_EQ(expect.headers.size(), 1U);
  EXPECT_TRUE(expect.headers[0].pattern.found_in("text/html"));
  ASSERT_EQ(expect.body.size(), 2U);
  EXPECT_EQ(expect.body[0].contains, "Welcome");
  EXPECT_TRUE(expect.body[1].matches->found_in("v2"));
  ASSERT_EQ(expect.json.size(), 5U);
  EXPECT_EQ(expect.json[0].value, Json(true));
  EXPECT_EQ(expect.json[1].value, Json("1"));
  EXPECT_EQ(expect.json[2].operation, JsonOperator::above);
  EXPECT_EQ(expect.json[3].operation, JsonOperator::below);
  EXPECT_EQ(expect.json[4].value, Json(false));
}

TEST(Checks, ValuesToCompareWithKeepTheirType) {
  const auto value = [](const std::string& text) {
    return check_with("url: 'https://a.example/', expect: {json: {path: $.x, equals: " + text + "}}")
        .expect->json.at(0)
        .value;
  };
  EXPECT_EQ(value("1"), Json(1));
  EXPECT_EQ(value("1.5"), Json(1.5));
  EXPECT_EQ(value("'1.5'"), Json("1.5"));
  EXPECT_EQ(value("true"), Json(true));
  EXPECT_EQ(value("~"), Json(nullptr));
  EXPECT_EQ(value("[1, {a: b}]"), Json::parse(R"([1, {"a": "b"}])"));
}

TEST(Checks, TcpTlsDnsAndIcmp) {
  const auto tcp = std::get<TcpTarget>(
      check_with("url: 'tcp://a.example:1', send: \"PING\\r\\n\", expect: {body: {contains: PONG}}").target);
  EXPECT_EQ(tcp.send, "PING\r\n");
  EXPECT_EQ(tcp.expect, "PONG");
  const auto mail =
      std::get<TlsTarget>(check_with("url: 'imap+starttls://a.example', expect: {certificate: 7d}").target);
  EXPECT_EQ(mail.start_tls, StartTls::imap);
  EXPECT_EQ(mail.port, 143);
  const auto dns = std::get<DnsTarget>(
      check_with("url: 'dns://192.0.2.53/a.example', type: mx, expect: {answer: 10 m.example}").target);
  EXPECT_EQ(dns.type, "MX");
  EXPECT_EQ(dns.network->resolver, "192.0.2.53");
  EXPECT_THAT(dns.expected, ElementsAre("10 m.example"));
  const auto reverse =
      std::get<DnsTarget>(check_with("url: 'dns://192.0.2.1?type=PTR', expect: {answer: Web.Example.}").target);
  EXPECT_EQ(reverse.name, "192.0.2.1");
  EXPECT_THAT(reverse.expected, ElementsAre("web.example"));
  const auto v6 =
      std::get<DnsTarget>(check_with("url: 'dns://a.example?type=AAAA', expect: {answer: '2001:DB8::0:1'}").target);
  EXPECT_THAT(v6.expected, ElementsAre("2001:db8::1"));
  EXPECT_EQ(std::get<IcmpTarget>(check_with("url: 'icmp://[2001:db8::1]'").target).host, "2001:db8::1");
}

TEST(Checks, WhatIsNotBuiltYetIsUnsupportedAndSaysSo) {
  const auto config = loaded("services: [{id: a, url: 'grpc://a.example:50051'}]");
  EXPECT_EQ(kind_of(config.catalogue->services.at(0)->checks.at(0)->target), "grpc");
  EXPECT_THAT(
      config.warnings,
      ElementsAre(HasSubstr("services[a].url: grpc is not built yet: the check is unknown, reason unsupported")));
}

TEST(Checks, EqualExpectationsAreShared) {
  const auto config = loaded(
      "services:\n"
      "  - {id: a, url: 'https://a.example/', expect: {status: 200, latency: 1s}}\n"
      "  - {id: b, url: 'https://b.example/', expect: {status: 200, latency: 1s}}\n"
      "  - {id: c, url: 'https://c.example/', expect: {status: '200', latency: 1s}}\n"
      "  - {id: d, url: 'https://d.example/'}\n"
      "  - {id: e, url: 'https://e.example/', expect: {}}\n");
  const auto expect = [&](std::size_t i) { return config.catalogue->services.at(i)->checks.at(0)->expect; };
  EXPECT_TRUE(expect(0).same(expect(1)));
  EXPECT_FALSE(expect(0).same(expect(2)));
  EXPECT_FALSE(expect(0).same(expect(3)));
}

TEST(Checks, BytesBeyondAsciiInAPathAreEncoded) {
  EXPECT_EQ(std::get<HttpTarget>(check_with("url: 'http://a.example/caf\xC3\xA9?q=\xC3\xA9#top'").target).url.path,
            "/caf%C3%A9?q=%C3%A9");
  EXPECT_EQ(std::get<HttpTarget>(check_with("url: 'http://a.example?q=1'").target).url.path, "/?q=1");
}

}  // namespace
}  // namespace allclear::config
