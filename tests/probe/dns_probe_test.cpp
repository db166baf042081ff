// Names: what a resolver says, does not say, or says wrongly.
#include <gtest/gtest.h>

#include "tests/support/dns_server.h"
#include "tests/support/probe_runner.h"
#include "tests/support/scripted_server.h"

namespace allclear::test {
namespace {

DnsTarget dns_target(const DnsServer& server, const std::string& type = "A", const std::string& name = "web.test") {
  DnsTarget target;
  target.name = name;
  target.type = type;
  target.network.edit().resolver = server.address();
  return target;
}

DnsServer::Script always(DnsReply reply) {
  return [reply = std::move(reply)](const DnsQuestion&) { return reply; };
}

DnsReply with_code(int code) {
  DnsReply reply;
  reply.code = code;
  return reply;
}

DnsReply with(std::vector<DnsRecord> answers) {
  DnsReply reply;
  reply.answers = std::move(answers);
  return reply;
}

DnsReply silence() {
  DnsReply reply;
  reply.silent = true;
  return reply;
}

TEST(DnsProbe, R12_NxdomainServfailAndTimeoutAreDistinct) {
  const DnsServer nobody(always(with_code(3)));
  const DnsServer broken(always(with_code(2)));
  const DnsServer refusing(always(with_code(5)));
  const DnsServer silent(always(silence()));
  ProbeRunner runner;
  EXPECT_EQ(reason_of(runner.observe(dns_target(nobody))), Reason::nxdomain);
  EXPECT_EQ(reason_of(runner.observe(dns_target(broken))), Reason::servfail);
  EXPECT_EQ(reason_of(runner.observe(dns_target(refusing))), Reason::dns_failure);
  const Observation unanswered = runner.observe(dns_target(silent), milliseconds(300));
  EXPECT_EQ(reason_of(unanswered), Reason::timeout);
  EXPECT_EQ(unanswered.error->phase, Phase::dns);
}

TEST(DnsProbe, R12_NamesOfOtherProbesFailByTheSameReasons) {
  const DnsServer nobody(always(with_code(3)));
  const DnsServer broken(always(with_code(2)));
  ProbeRunner runner;
  HttpTarget target = http_target(80);
  target.url.host = "web.test";
  target.network.edit().resolver = nobody.address();
  EXPECT_EQ(reason_of(runner.observe(target)), Reason::nxdomain);
  target.network.edit().resolver = broken.address();
  EXPECT_EQ(reason_of(runner.observe(target)), Reason::servfail);
}

TEST(DnsProbe, R12_AResolverThatNobodyRunsIsTheChecksOwnFailure) {
  ProbeRunner runner;
  DnsTarget target;
  target.name = "web.test";
  target.network.edit().resolver = "127.0.0.1:" + std::to_string(closed_port());
  EXPECT_EQ(reason_of(runner.observe(target)), Reason::dns_failure);
}

ProbeRunner runner_with(const std::string& system_resolvers) {
  probe::ProbeOptions options;
  options.system_resolvers = system_resolvers;
  return ProbeRunner(std::move(options));
}

TEST(DnsProbe, R12_DeadSystemResolversAreAFaultOfOurOwn) {
  const DnsServer silent(always(silence()));
  HttpTarget target = http_target(80);
  target.url.host = "web.test";
  ProbeRunner mute = runner_with(silent.address());
  EXPECT_EQ(reason_of(mute.observe(target, milliseconds(500))), Reason::local_fault);
  ProbeRunner gone = runner_with("127.0.0.1:" + std::to_string(closed_port()));
  EXPECT_EQ(reason_of(gone.observe(target)), Reason::local_fault);
}

TEST(DnsProbe, R12_ANameThatALivingResolverCannotAnswerIsTheTargetsFailure) {
  const DnsServer alive([](const DnsQuestion& question) {
    DnsReply reply;
    reply.silent = question.name == "web.test";
    return reply;
  });
  ProbeRunner runner = runner_with(alive.address());
  HttpTarget target = http_target(80);
  target.url.host = "web.test";
  EXPECT_EQ(reason_of(runner.observe(target, milliseconds(700))), Reason::timeout);
}

TEST(DnsProbe, WritesEveryTypeAsCanonicalText) {
  const std::string numbers = dns_number(10, 2) + dns_number(20, 2) + dns_number(443, 2);
  const std::string timers =
      dns_number(1, 4) + dns_number(2, 4) + dns_number(3, 4) + dns_number(4, 4) + dns_number(5, 4);
  const std::vector<std::tuple<std::string, std::uint16_t, std::string, std::string>> cases{
      {"A", 1, dns_address("192.0.2.1"), "192.0.2.1"},
      {"AAAA", 28, dns_address("2001:db8::1"), "2001:db8::1"},
      {"CNAME", 5, dns_name("Www.Web.test"), "www.web.test"},
      {"NS", 2, dns_name("ns.test"), "ns.test"},
      {"PTR", 12, dns_name("host.test"), "host.test"},
      {"MX", 15, dns_number(10, 2) + dns_name("mx.test"), "10 mx.test"},
      {"TXT", 16, "\x05hello\x06 world", "hello world"},
      {"SRV", 33, numbers + dns_name("srv.test"), "10 20 443 srv.test"},
      {"SOA", 6, dns_name("ns.test") + dns_name("admin.test") + timers, "ns.test admin.test 1 2 3 4 5"},
      {"CAA", 257, std::string("\0\x05", 2) + "issue" + "ca.test", "0 issue \"ca.test\""}};
  ProbeRunner runner;
  for (const auto& [type, number, data, text] : cases) {
    const DnsServer server(always(with({{number, 30, data}})));
    const Observation seen = runner.observe(dns_target(server, type));
    ASSERT_FALSE(seen.error) << type << ": " << seen.error->detail;
    EXPECT_EQ(std::get<DnsFacts>(seen.facts).answers, std::vector<std::string>{text}) << type;
    EXPECT_EQ(std::get<DnsFacts>(seen.facts).least_ttl, std::chrono::seconds(30));
  }
}

TEST(DnsProbe, S17_HostileTextIsCleanedAndAnswersAreBounded) {
  std::vector<DnsRecord> many(20, DnsRecord{16, 60, "\x03\x1B[m"});
  const DnsServer server(always(with(std::move(many))));
  ProbeRunner runner;
  const Observation seen = runner.observe(dns_target(server, "TXT"));
  ASSERT_FALSE(seen.error);
  EXPECT_EQ(std::get<DnsFacts>(seen.facts).answers.front(), " [m");
  EXPECT_LE(std::get<DnsFacts>(seen.facts).answers.size(), 256U);
}

TEST(DnsProbe, BrokenMessagesEndAsFailures) {
  const std::string header = dns_number(0x8180, 2) + dns_number(1, 2) + dns_number(9, 2) + dns_number(0, 4);
  const std::string question = dns_name("web.test") + dns_number(1, 2) + dns_number(1, 2);
  const std::string looping = dns_number(0xC01A, 2) + dns_number(1, 2);
  ProbeRunner runner;
  for (const std::string& raw : {header + question + looping, header + question + "\xFF\xFF", header}) {
    DnsReply reply;
    reply.raw = raw;
    const DnsServer server(always(reply));
    const Observation seen = runner.observe(dns_target(server), milliseconds(300));
    EXPECT_TRUE(reason_of(seen) == Reason::dns_failure || reason_of(seen) == Reason::timeout)
        << to_string(reason_of(seen));
  }
}

TEST(DnsProbe, AnAnswerIsRememberedForItsTtlByOtherProbes) {
  const ScriptedServer web(answers("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"));
  const DnsServer server([](const DnsQuestion& question) {
    return question.type == 1 ? with({{1, 60, dns_address("127.0.0.1")}}) : with({});
  });
  ProbeRunner runner;
  HttpTarget target = http_target(web.port());
  target.url.host = "web.test";
  target.network.edit().resolver = server.address();
  EXPECT_EQ(reason_of(runner.observe(target)), Reason::ok);
  const int asked = server.questions();
  for (int i = 0; i < 5; ++i) EXPECT_EQ(reason_of(runner.observe(target)), Reason::ok);
  EXPECT_EQ(server.questions(), asked);
}

TEST(DnsProbe, S6_ANameThatPointsAtTheMetadataAddressIsBlocked) {
  const DnsServer server(always(with({{1, 60, dns_address("169.254.169.254")}})));
  ProbeRunner runner;
  HttpTarget target = http_target(80);
  target.url.host = "rebinding.test";
  target.network.edit().resolver = server.address();
  target.network.edit().family = AddressFamily::ipv4;
  EXPECT_EQ(reason_of(runner.observe(target)), Reason::blocked_address);
}

TEST(DnsProbe, S6_AChosenResolverIsJudgedToo) {
  const DnsServer server(always(with({{1, 60, dns_address("192.0.2.1")}})));
  ProbeRunner runner;
  DnsTarget target = dns_target(server);
  target.network.edit().origin = TargetOrigin::api;
  EXPECT_EQ(reason_of(runner.observe(target)), Reason::blocked_address);
}

}  // namespace
}  // namespace allclear::test
