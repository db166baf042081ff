#include "adapters/config/check_target.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace allclear::config {
namespace {

using ::testing::HasSubstr;

std::string mistake(std::string_view target, const CheckOptions& options = {}) {
  const auto check = check_from_target(target, options);
  return check ? "none" : check.error().message;
}

Target target_of(std::string_view text, const CheckOptions& options = {}) {
  const auto check = check_from_target(text, options);
  EXPECT_TRUE(check.has_value()) << (check ? "" : check.error().message);
  return check ? (*check)->target : Target{};
}

TEST(CheckTarget, ABareHostMeansHttps) {
  EXPECT_EQ(to_string(std::get<HttpTarget>(target_of("example.com")).url), "https://example.com/");
  EXPECT_EQ(to_string(std::get<HttpTarget>(target_of("localhost:8443/health?x=1")).url),
            "https://localhost:8443/health?x=1");
  EXPECT_EQ(to_string(std::get<HttpTarget>(target_of("HTTP://Example.COM#part")).url), "http://example.com/");
}

TEST(CheckTarget, EverySchemePicksItsProbe) {
  EXPECT_EQ(describe(target_of("tcp://db.example.com:5432")), "tcp://db.example.com:5432");
  EXPECT_EQ(describe(target_of("tls://[2001:db8::1]")), "tls://[2001:db8::1]:443");
  EXPECT_EQ(describe(target_of("smtp+starttls://mail.example.com")), "smtp+starttls://mail.example.com:587");
  EXPECT_EQ(describe(target_of("imap+starttls://mail.example.com")), "imap+starttls://mail.example.com:143");
  EXPECT_EQ(describe(target_of("icmp://192.0.2.1")), "icmp://192.0.2.1");
  EXPECT_EQ(describe(target_of("dns://example.com?type=mx")), "dns://example.com?type=MX");
  EXPECT_EQ(describe(target_of("dns://192.0.2.53/example.com")), "dns://192.0.2.53/example.com?type=A");
  EXPECT_EQ(kind_of(target_of("grpc://example.com")), "grpc");
}

TEST(CheckTarget, TheResolverOfADnsUrlStandsBeforeTheName) {
  const auto dns = std::get<DnsTarget>(target_of("dns://192.0.2.53:5353/example.com?type=AAAA"));
  EXPECT_EQ(dns.network->resolver, "192.0.2.53:5353");
  EXPECT_EQ(dns.name, "example.com");
  EXPECT_EQ(dns.type, "AAAA");
  EXPECT_EQ(std::get<DnsTarget>(target_of("dns://[2001:db8::53]:53/a.example")).network->resolver, "[2001:db8::53]:53");
  EXPECT_EQ(std::get<DnsTarget>(target_of("dns:example.org")).name, "example.org");
  EXPECT_THAT(mistake("dns://resolver.example/example.com"), HasSubstr("must be an IP address"));
}

TEST(CheckTarget, FlagsBecomeExpectations) {
  CheckOptions options;
  options.expect_status = "200-299,304";
  options.timeout = "5s";
  options.degraded_above = "800ms";
  options.contains = {"Welcome"};
  options.matches = {"[0-9]+"};
  options.json_path = {"$.ok=true", "$.load<5", "$['a=b']"};
  options.expect_header = {"Content-Type: ^text/"};
  const auto check = check_from_target("example.com", options);
  ASSERT_TRUE(check.has_value());
  const Expectations& expect = *(*check)->expect;
  EXPECT_EQ((*check)->timeout, seconds(5));
  EXPECT_EQ(expect.latency, milliseconds(800));
  ASSERT_EQ(expect.status.size(), 2U);
  EXPECT_EQ(expect.status[1].first, 304);
  EXPECT_EQ(expect.body.size(), 2U);
  ASSERT_EQ(expect.json.size(), 3U);
  EXPECT_EQ(expect.json[0].value, Json(true));
  EXPECT_EQ(expect.json[1].operation, JsonOperator::below);
  EXPECT_EQ(expect.json[2].operation, JsonOperator::exists);
  ASSERT_EQ(expect.headers.size(), 1U);
  EXPECT_TRUE(expect.headers[0].pattern.found_in("text/html"));
}

TEST(CheckTarget, FlagsOfARequestReachTheTarget) {
  CheckOptions options;
  options.method = "POST";
  options.headers = {"Accept: text/html"};
  options.basic_auth = "me:secret:word";
  options.verify = false;
  options.ip = AddressFamily::ipv6;
  options.resolver = "192.0.2.53";
  const auto http = std::get<HttpTarget>(target_of("https://example.com", options));
  EXPECT_EQ(http.request->method, "POST");
  EXPECT_EQ(http.request->headers.at(0).value, "text/html");
  EXPECT_EQ(http.request->basic_auth->password, "secret:word");
  EXPECT_FALSE(http.tls->verify);
  EXPECT_EQ(http.network->family, AddressFamily::ipv6);
  EXPECT_EQ(http.network->resolver, "192.0.2.53");
}

struct Wrong {
  std::string target;
  CheckOptions options;
  std::string expected;
};

TEST(CheckTarget, AMistakeNamesItsFlag) {
  const auto with = [](auto member, auto value) {
    CheckOptions options;
    options.*member = value;
    return options;
  };
  const Wrong cases[] = {
      {"https://example.com:99999/", {}, "TARGET: expected a port from 1 to 65535"},
      {"https://me:secret@example.com/", {}, "TARGET: user and password do not belong into a url"},
      {"htps://example.com/", {}, "TARGET: unknown scheme; did you mean https://?"},
      {"gopher://example.com/", {}, "imap+starttls, ws, wss, grpc, grpcs"},
      {"tcp://example.com", {}, "TARGET: expected a port"},
      {"https://", {}, "TARGET: expected a host"},
      {"exa mple.com", {}, "TARGET: a url has no spaces"},
      {"example.com", with(&CheckOptions::timeout, "fast"), "--timeout: expected a duration"},
      {"example.com", with(&CheckOptions::timeout, "0s"), "--timeout: expected more than nothing"},
      {"example.com", with(&CheckOptions::expect_status, "200,"), "none"},
      {"example.com", with(&CheckOptions::expect_status, "2xx"), "--expect-status: expected a status"},
      {"example.com", with(&CheckOptions::method, "get"), "--method: expected one of: GET"},
      {"example.com", with(&CheckOptions::ca_file, "/nowhere/ca.pem"), "--ca-file: cannot read"},
      {"example.com", with(&CheckOptions::json_path, std::vector<std::string>{"$.a<b"}),
       "--json-path: expected a number"},
      {"example.com", with(&CheckOptions::matches, std::vector<std::string>{"("}),
       "--matches: not a regular expression"},
      {"example.com", with(&CheckOptions::headers, std::vector<std::string>{"a b: c"}), "--header: expected a header"},
      {"example.com", with(&CheckOptions::basic_auth, "me"), "--basic-auth: expected user:password"},
      {"tcp://example.com:1", with(&CheckOptions::method, "GET"), "--method: applies to http and https checks only"},
      {"icmp://example.com", with(&CheckOptions::expect_status, "200"), "--expect-status: applies to http"},
      {"tcp://example.com:1", with(&CheckOptions::matches, std::vector<std::string>{"x"}),
       "--matches: applies to http"},
  };
  for (const Wrong& one : cases) EXPECT_THAT(mistake(one.target, one.options), HasSubstr(one.expected)) << one.target;
}

}  // namespace
}  // namespace allclear::config
