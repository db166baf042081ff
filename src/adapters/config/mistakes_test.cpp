// Every kind of mistake, each with the place and the words that it is told by.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/loaded_config.h"

namespace allclear::config {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;
using testing_support::complaints;

struct Mistake {
  std::string keys;  // of the service
  std::string expected;
};

void expect_each(const std::vector<Mistake>& mistakes) {
  for (const Mistake& mistake : mistakes) {
    const auto found = complaints("services:\n- {id: a, " + mistake.keys + "}\n");
    ASSERT_EQ(found.size(), 1U) << mistake.keys << ::testing::PrintToString(found);
    EXPECT_THAT(found[0], AllOf(StartsWith("f:2:"), HasSubstr("services[a]"), HasSubstr(mistake.expected)))
        << mistake.keys;
  }
}

TEST(Mistakes, OfAUrl) {
  expect_each({
      {"url: example.com", ".url: expected a url with its scheme, such as https://example.com/"},
      {"url: 'htttp://example.com/'", ".url: unknown scheme; did you mean http://?, found \"htttp://example.com/\""},
      {"url: 'gopher://example.com/'",
       ".url: unknown scheme; expected one of: http, https, tcp, tls, dns, icmp, "
       "smtp+starttls, imap+starttls, ws, wss, grpc, grpcs, found"},
      {"url: 'grcp://example.com/'", ".url: unknown scheme; did you mean grpc://?"},
      {"url: 'https://me:secret@example.com/'", ".url: user and password do not belong into a url; write basic_auth"},
      {"url: 'https://exa mple.com/'", ".url: a url has no spaces"},
      {"url: \"https://example.com/\\x85\"", ".url: a url has no spaces or control characters"},
      {"url: 'https:///path'", ".url: expected a host"},
      {"url: 'https://example.com:0/'", ".url: expected a port from 1 to 65535"},
      {"url: 'https://example.com:65536/'", ".url: expected a port from 1 to 65535"},
      {"url: 'https://b\xC3\xBC"
       "cher.example/'",
       ".url: the host is no valid name"},
      {"url: 'https://[::1/'", ".url: expected an IPv6 address in brackets"},
      {"url: 'tcp://db.example.com'", ".url: expected a port, such as tcp://"},
      {"url: 'tcp://db.example.com:1/x'", ".url: tcp has no path or query"},
      {"url: 'icmp://a.example:1'", ".url: icmp has no port"},
      {"url: 'dns://192.0.2.1'", ".url: expected a name to ask for"},
      {"url: 'dns://a.example?type=B'", ".url: expected a record type of: A, AAAA"},
      {"url: 'dns://a.example?class=IN'", ".url: expected ?type=A"},
      {"url: [a]", ".url: expected a text, found a list"},
      {"url: ", ".url: expected a text, found nothing"},
  });
}

TEST(Mistakes, OfWhatIsLeftEmptyAreToldWhereItsKeyIs) {
  const std::string ntfy = "{ntfy: {topic: a}}";
  EXPECT_THAT(complaints("channels:\n  ops:\n    # none yet\n\n  two: " + ntfy + "\nservices: []\n"),
              ElementsAre(StartsWith("f:2:3: channels.ops: expected one of: email")));
  EXPECT_THAT(complaints("channels:\n  two:\n    ntfy: {topic: a}\n    only:\n\nservices: []\n"),
              ElementsAre(StartsWith("f:4:5: channels.two.only: expected down")));
  EXPECT_THAT(complaints("services:\n- id: a\n  heartbeat:\n"),
              ElementsAre(StartsWith("f:3:3: services[a].heartbeat.every: missing")));
  EXPECT_THAT(complaints("services:\n- {id: a, url: 'https://a.example/'}\n-\n\n# the end\n"),
              ElementsAre(StartsWith("f:3:1: services[1]: expected a service")));
}

TEST(Mistakes, ChannelsWithNothingBelowAreNone) { EXPECT_THAT(complaints("channels:\nservices: []\n"), IsEmpty()); }

TEST(Mistakes, OfNamesThatAreBlank) {
  EXPECT_THAT(complaints("page: {name: ' '}\nservices: []\n"),
              ElementsAre(StartsWith("f:1:14: page.name: expected 1 to 128 characters, not only spaces")));
  EXPECT_THAT(complaints("services: []\nmaintenance: [{title: \"\\t \", start: 2026-12-01T02:00, lasts: 1h}]\n"),
              ElementsAre(StartsWith("f:2:23: maintenance[0].title: expected 1 to 128 characters, not only spaces")));
}

TEST(Mistakes, S7_OfAUrlWithAPasswordDoNotRepeatIt) {
  const auto found = complaints(
      "services: [{id: a, url: 'https://me:hunter2@example.com/'}, {id: b, url: 'https://b.example/', proxy: "
      "'ftp://me:hunter2@p'}]");
  ASSERT_EQ(found.size(), 2U);
  for (const std::string& line : found) EXPECT_THAT(line, Not(HasSubstr("hunter2")));
}

TEST(Mistakes, S7_OfWhatHoldsSecretsRepeatNothing) {
  for (const char* text : {
           "services: [{id: a, url: 'https://a.example/', basic_auth: 'me:hunter2'}]",
           "services: [{id: a, url: 'https://a.example/', headers: 'Authorization: Bearer hunter2'}]",
           "services: []\nchannels: {a: {slack: 'https://hooks.example/hunter2'}}",
           "services: []\nchannels: {a: {webhook: 'https://hooks.example/hunter2'}}",
           "services: []\nchannels: {a: {pagerduty: hunter2}}",
           "services: []\nchannels: {a: {email: {to: a@b.example, smtp: 'me:hunter2@mail'}}}",
       }) {
    const auto outcome = load_text(text, "f", testing_support::environment_of({}));
    EXPECT_FALSE(outcome.config.has_value()) << text;
    for (const std::string& line : testing_support::lines_of(outcome)) EXPECT_THAT(line, Not(HasSubstr("hunter2")));
  }
  EXPECT_THAT(complaints("services: [{id: a, url: 'https://a.example/', basic_auth: 'me:hunter2'}]"),
              ElementsAre("f:1:59: services[a].basic_auth: expected a map with keys such as user, found a text"));
}

TEST(Mistakes, OfBrokenYamlSayWhereToLook) {
  EXPECT_THAT(complaints("services:\n\t- id: a\n"),
              ElementsAre("f:2:2: not valid YAML: this line is indented with a tab; YAML takes spaces only"));
  EXPECT_THAT(complaints("services:\n  - id: a\n   url: x\n"),
              ElementsAre(AllOf(StartsWith("f:3:4: not valid YAML: "), HasSubstr("look at the indentation"))));
}

TEST(Mistakes, OfTimes) {
  const std::string url = "url: 'https://a.example/', ";
  expect_each({
      {url + "interval: 30", ".interval: expected a duration such as 500ms, 30s, 1h30m or 1d, found \"30\""},
      {url + "interval: 99ms", ".interval: expected at least 100ms, found \"99ms\""},
      {url + "interval: 401d", ".interval: expected at most 400d, found \"401d\""},
      {url + "timeout: 0s", ".timeout: expected at least 1ms"},
      {url + "timeout: -1s", ".timeout: expected a duration"},
      {url + "reopen: {a: b}", ".reopen: expected a text, found a map"},
      {url + "confirm: {down: 0}", ".confirm.down: expected a whole number from 1 to 100, found \"0\""},
      {url + "confirm: {down: 2.5}", ".confirm.down: expected a whole number"},
      {url + "confirm: {retry: 25h}", ".confirm.retry: expected at most 1d, found \"25h\""},
      {url + "confirm: {retry: 99ms}", ".confirm.retry: expected at least 100ms, found \"99ms\""},
      {url + "confirm: 3", ".confirm: expected a map with keys such as down, found \"3\""},
      {url + "interval: 5s, timeout: 6s",
       "warning: services[a].timeout: the timeout (6s) is longer than the interval (5s)"},
  });
  EXPECT_THAT(complaints("services: [{id: a, url: 'https://a.example/', interval: 5s}]"), IsEmpty());
}

TEST(Mistakes, WhatIsNeverJudgedIsAWarningWhereItStands) {
  const auto warned = [](const std::string& keys) {
    const auto outcome = load_text("services:\n- {id: a, " + keys + "}\n", "f", testing_support::environment_of({}));
    EXPECT_TRUE(outcome.config.has_value()) << keys;
    return testing_support::lines_of(outcome);
  };
  EXPECT_THAT(
      warned("url: 'http://a.example/', expect: {certificate: 14d}, follow_redirects: false"),
      ElementsAre("f:2:46: warning: services[a].expect.certificate: never judged: the url is http:// and redirects "
                  "are not followed"));
  EXPECT_THAT(warned("url: 'http://a.example/', expect: {certificate: 14d}"),
              ElementsAre("f:2:46: warning: services[a].expect.certificate: the url is http://: judged only where a "
                          "redirect leads to https://"));
  EXPECT_THAT(
      warned("url: 'http://a.example/', timeout: 2s, expect: {latency: 2s}"),
      ElementsAre("f:2:59: warning: services[a].expect.latency: never reached: 2s is not shorter than the timeout "
                  "(2s), which makes the check down first"));
  EXPECT_THAT(warned("url: 'tcp://a.example:1', expect: {latency: 10s}"), ElementsAre(HasSubstr("never reached")));
  EXPECT_THAT(warned("url: 'https://a.example/', timeout: 2s, expect: {certificate: 14d, latency: 1999ms}"), IsEmpty());
  EXPECT_THAT(warned("url: 'https://a.example/', interval: 400d"), IsEmpty());
}

TEST(Mistakes, OfWords) {
  const std::string url = "url: 'https://a.example/', ";
  expect_each({
      {url + "name: ''", ".name: expected 1 to 128 characters, found \"\""},
      {url + "name: '  '", ".name: expected 1 to 128 characters, not only spaces, found \"  \""},
      {url + "name: \"\\xA0\\u3000\"", ".name: expected 1 to 128 characters, not only spaces"},
      {url + "group: ' '", ".group: expected 1 to 128 characters, not only spaces"},
      {url + "name: \"a\\x85b\"",
       ".name: expected characters that can be seen, without control or formatting characters such as U+0085"},
      {url + "bearer: \"a\\x85b\"", ".bearer: expected one line without control characters"},
      {url + "headers: {A: \"a\\x9Fb\"}", ".headers.A: expected text on one line"},
      {url + "name: \"a\\tb\"",
       ".name: expected characters that can be seen, without control or formatting characters "
       "such as U+0009, found \"a?b\""},
      {url + "name: \"pay\\u202Elap\"",
       ".name: expected characters that can be seen, without control or formatting "
       "characters such as U+202E, found \"pay?lap\""},
      {url + "group: \"\\u2066Public\"", ".group: expected characters that can be seen"},
      {url + "name: " + std::string(129, 'x'), ".name: expected 1 to 128 characters"},
      {url + "enabled: yes", ".enabled: expected true or false, found \"yes\""},
      {url + "visibility: hidden", ".visibility: expected one of: public, internal, found \"hidden\""},
      {url + "severity: bad", ".severity: expected one of: minor, major, critical"},
      {url + "role: x", ".role: expected one of: reachability, application"},
      {url + "ip: 5", ".ip: expected one of: any, 4, 6"},
      {url + "api_id: x", ": unknown key \"api_id\"; it is written id here"},
      {url + "locations: [Berlin]", ".locations: expected a location"},
      {url + "locations: [berlin]", "warning: services[a].locations: other locations are not built yet"},
  });
}

TEST(Mistakes, S13_ANameHasAtMost128Characters) {
  const auto named = [](int length) {
    std::string name;
    for (int i = 0; i < length; ++i) name += "\xC3\xA9";  // characters are counted, not bytes
    return complaints("services: [{id: a, url: 'https://a.example/', name: '" + name + "'}]");
  };
  EXPECT_THAT(named(128), IsEmpty());
  EXPECT_THAT(named(129), ElementsAre(HasSubstr(".name: expected 1 to 128 characters")));
}

TEST(Mistakes, OfRequests) {
  const std::string url = "url: 'https://a.example/', ";
  expect_each({
      {url + "method: get", ".method: expected one of: GET, HEAD"},
      {url + "headers: [a]", ".headers: expected a map of names to values, found a list"},
      {url + "headers: {'a b': c}", "not a header name"},
      {url + "headers: {A: \"b\\r\\nC: d\"}", ".headers.A: expected text on one line"},
      {url + "headers: {Content-Length: 5}", ".headers.Content-Length: is set by the program"},
      {url + "basic_auth: {user: me}", ".basic_auth.password: missing"},
      {url + "basic_auth: {user: 'a:b', password: c}", ".basic_auth.user: a user's name has no colon"},
      {url + "bearer: a, basic_auth: {user: me, password: x}", ".bearer: write basic_auth or bearer, not both"},
      {url + "bearer: \"a\\nb\"", ".bearer: expected one line without control characters"},
      {url + "bearer_file: /nowhere/token", ".bearer_file: cannot read /nowhere/token: No such file or directory"},
      {url + "max_redirects: 21", ".max_redirects: expected a whole number from 0 to 5, found \"21\""},
      {url + "max_redirects: 6", ".max_redirects: expected a whole number from 0 to 5, found \"6\""},
      {url + "max_redirects: -1", ".max_redirects: expected a whole number from 0 to 5"},
      {url + "proxy: 'https://proxy/'", ".proxy: expected a proxy such as http://"},
      {url + "resolver: dns.example", ".resolver: expected an IP address"},
      {url + "server_name: 'a b'", ".server_name: expected a host name"},
      {url + "client_cert_file: /dev/null", ".client_cert_file: a client certificate needs its key"},
      {"url: 'tcp://a.example:1', method: GET", ".method: applies to http and https checks only"},
      {"url: 'icmp://a.example', send: x", ".send: applies to tcp checks only"},
      {"url: 'dns://a.example?type=A', type: MX", ".type: the url names a type already"},
      {"url: 'dns://192.0.2.1/a.example', resolver: 192.0.2.2", ".resolver: the url names a resolver already"},
  });
}

TEST(Mistakes, NamesMayHoldMarksThatTheirScriptNeeds) {
  for (const char* name : {"\\u05E9\\u05DC\\u200F (API)", "Donau\\u00ADdampfschiff", "\\u200EAPI",
                           "\\U0001F3F4\\U000E0067\\U000E0062\\U000E0073\\U000E0063\\U000E0074\\U000E007F Glasgow"}) {
    EXPECT_THAT(complaints("services: [{id: a, url: 'https://a.example/', name: \"" + std::string(name) + "\"}]"),
                IsEmpty())
        << name;
  }
}

TEST(Mistakes, OfExpectations) {
  const auto expecting = [](const std::string& keys) { return "url: 'https://a.example/', expect: {" + keys + "}"; };
  expect_each({
      {expecting("status: 99"), ".expect.status: expected a status from 100 to 599"},
      {expecting("status: [200, 300-200]"), ".expect.status: expected a status"},
      {expecting("status: []"), ".expect.status: expected at least one status"},
      {expecting("status: "), ".expect.status: expected statuses such as"},
      {expecting("latency: 0s"), ".expect.latency: expected at least 1ms"},
      {expecting("body: Welcome"), ".expect.body: expected a map with keys such as contains, found \"Welcome\""},
      {expecting("body: {}"), ".expect.body: expected contains or matches"},
      {expecting("body: {matches: '('}"), ".expect.body.matches: not a regular expression (RE2): \"missing ): (\""},
      {expecting("body: {contains: ''}"), ".expect.body.contains: expected a text"},
      {expecting("header: {A: '['}"), ".expect.header.A: not a regular expression"},
      {expecting("final_url: /home"), ".expect.final_url: expected a url with its scheme"},
      {expecting("json: [{path: $.ok}]"), ".expect.json[0]: expected one of: equals, exists, above, below"},
      {expecting("json: {path: ok, exists: true}"), ".expect.json[0].path: not a JSON path"},
      {expecting("json: {equals: 1}"), ".expect.json[0].path: missing"},
      {expecting("json: {path: $.a, above: many}"), ".expect.json[0].above: expected a number, found \"many\""},
      {expecting("json: {path: $.a, exists: 1}"), ".expect.json[0].exists: expected true or false"},
      {expecting("answer: 192.0.2.1"), ".expect.answer: applies to dns checks only"},
      {"url: 'dns://a.example', expect: {answer: []}", ".expect.answer: expected at least one answer"},
      {"url: 'dns://a.example', expect: {answer: a.example}",
       ".expect.answer: expected an address of type A, found \"a.example\""},
      {"url: 'icmp://a.example', expect: {status: 200}", ".expect.status: applies to http and https checks only"},
      {"url: 'tcp://a.example:1', expect: {certificate: 1d}",
       ".expect.certificate: applies to http and https, tls and starttls checks only"},
      {"url: 'tcp://a.example:1', expect: {body: {matches: a}}",
       ".expect: a tcp check takes one expect.body with contains"},
      {"url: 'https://a.example/', expect: fast", ".expect: expected a map with keys such as status, found \"fast\""},
  });
}

TEST(Mistakes, OfPageServerAndStore) {
  const std::vector<Mistake> mistakes = {
      {"page: {url: status.example.com}", "f:1:13: page.url: expected the page's public address"},
      {"page: {links: [{text: a, url: 'javascript:alert(1)'}]}",
       "page.links[0].url: expected https://…, http://… or a relative path"},
      {"page: {links: [{text: a, url: '//evil.example'}]}", "page.links[0].url: expected"},
      {"page: {links: [{url: a}]}", "page.links[0].text: missing"},
      {"page: {language: es}", "f:1:18: page.language: expected one of: en, de, fr"},
      {"page: {language: EN}", "page.language: expected one of: en, de, fr"},
      {"page: {language: [en]}", "page.language: expected"},
      {"page: {nmae: x}", "page: unknown key \"nmae\"; did you mean \"name\"?"},
      {"server: {listen: 8080}", "f:1:18: server.listen: expected an address and a port"},
      {"server: {listen: '127.0.0.1:70000'}", "server.listen: expected an address and a port"},
      {"server: {data: ''}", "server.data: expected a folder"},
      {"server: {trusted_proxies: [10.0.0.0/33]}",
       "server.trusted_proxies: expected an address range such as 10.0.0.0/8"},
      {"server: {cors: example.com}", "server.cors: expected \"*\" or an origin"},
      {"server: {metrics: all}", "server.metrics: expected one of: loopback, public, token"},
      {"server: {tls: {cert_file: /dev/null}}", "server.tls.key_file: missing"},
      {"store: postgres", "store: expected sqlite or {dynamodb: …}, found \"postgres\""},
      {"store: {}", "store: expected sqlite or {dynamodb: …}"},
      {"store: {dynamodb: {region: eu-west-1}}", "store.dynamodb.table: missing"},
      {"defaults: {interval: 1}", "f:1:22: defaults.interval: expected a duration"},
      {"defaults: {alerts: [ops]}", "defaults.alerts: expected the name of a channel"},
      {"sevices: []", "f:1:1: unknown key \"sevices\"; did you mean \"services\"?"},
  };
  for (const Mistake& mistake : mistakes) {
    EXPECT_THAT(complaints(mistake.keys + "\nservices: []\n"), ::testing::Contains(HasSubstr(mistake.expected)))
        << mistake.keys;
  }
  EXPECT_THAT(
      complaints("services: {a: b}"),
      ElementsAre(HasSubstr("services: expected a list of services, each beginning with \"- id: …\", found a map")));
  EXPECT_THAT(complaints("services: [a, ~]"),
              ElementsAre(HasSubstr("services[0]: expected a map"), HasSubstr("services[1]: expected a service")));
  EXPECT_THAT(complaints("x-anchors: {a: &a 1}\nservices: []"), IsEmpty());
}

TEST(Mistakes, AMissingVariableIsToldWhereItStands) {
  EXPECT_THAT(complaints("services:\n- {id: a, url: 'https://a.example/', headers: {A: 'Bearer ${TOKEN}'}}\n"),
              ElementsAre(StartsWith("f:2:51: the environment variable TOKEN is not set")));
}

TEST(Mistakes, SameMistakesInSharedExpectationsAreToldAtEachPlace) {
  EXPECT_THAT(complaints("services:\n"
                         "- {id: a, url: 'https://a.example/', expect: {status: 9}}\n"
                         "- {id: b, url: 'https://a.example/', expect: {status: 9}}\n"),
              ElementsAre(StartsWith("f:2:55: services[a]"), StartsWith("f:3:55: services[b]")));
}

}  // namespace
}  // namespace allclear::config
