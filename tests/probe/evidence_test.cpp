// What is seen around a failing target: its names by two resolvers, each address alone, its certificate.
#include <atomic>

#include <gtest/gtest.h>

#include "tests/support/dns_server.h"
#include "tests/support/probe_runner.h"
#include "tests/support/scripted_server.h"

namespace allclear::test::evidence_test {
namespace {

const std::string fine = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

DnsServer::Script always(int code) {
  return [code](const DnsQuestion&) {
    DnsReply reply;
    reply.code = code;
    return reply;
  };
}

// A records.
DnsServer::Script at(std::vector<std::string> addresses) {
  return [addresses = std::move(addresses)](const DnsQuestion& question) {
    DnsReply reply;
    for (const std::string& address : addresses)
      if (question.type == 1) reply.answers.push_back({1, 60, dns_address(address)});
    return reply;
  };
}

ProbeRunner runner_with(const std::string& system_resolvers) {
  probe::ProbeOptions options;
  options.system_resolvers = system_resolvers;
  return ProbeRunner(std::move(options));
}

HttpTarget web_test(std::uint16_t port) {
  HttpTarget target = http_target(port);
  target.url.host = "web.test";
  return target;
}

TEST(Evidence, EachAddressIsTriedAlone) {
  const ScriptedServer web(answers(fine), "127.0.0.5");
  const DnsServer dns(at({"127.0.0.5", "127.0.0.6"}));
  ProbeRunner runner = runner_with(dns.address());
  const Evidence seen = runner.gather(web_test(web.port()));
  ASSERT_EQ(seen.tries.size(), 2U);
  EXPECT_EQ(seen.tries[0].address, "127.0.0.5:" + std::to_string(web.port()));
  EXPECT_FALSE(seen.tries[0].error);
  EXPECT_EQ(seen.tries[0].family, AddressFamily::ipv4);
  ASSERT_TRUE(seen.tries[1].error);
  EXPECT_EQ(seen.tries[1].error->reason, Reason::refused);
  ASSERT_EQ(seen.names.size(), 1U) << "there is no other resolver";
  EXPECT_EQ(seen.names[0].records, (std::vector<std::string>{"127.0.0.5", "127.0.0.6"}));
}

TEST(Evidence, TheOtherFamilyIsTriedWhateverTheCheckPrefers) {
  const ScriptedServer four(answers(fine), "127.0.0.1");
  ProbeRunner runner;
  HttpTarget target = http_target(four.port());
  target.url.host = "localhost";
  target.network.edit().family = AddressFamily::ipv6;
  bool four_answers = false;
  for (const AddressTry& one : runner.gather(target).tries)
    four_answers = four_answers || (one.family == AddressFamily::ipv4 && !one.error);
  EXPECT_TRUE(four_answers);
}

TEST(Evidence, ASecondResolverIsAskedForTheName) {
  const DnsServer broken(always(2));
  const DnsServer knows(at({"127.0.0.1"}));
  ProbeRunner runner = runner_with(knows.address());
  HttpTarget target = web_test(80);
  target.network.edit().resolver = broken.address();
  const Evidence seen = runner.gather(target);
  ASSERT_EQ(seen.names.size(), 2U);
  EXPECT_EQ(seen.names[0].resolver, broken.address());
  ASSERT_TRUE(seen.names[0].error);
  EXPECT_EQ(seen.names[0].error->reason, Reason::servfail);
  EXPECT_EQ(seen.names[1].resolver, "") << "this machine's own";
  EXPECT_EQ(seen.names[1].records, std::vector<std::string>{"127.0.0.1"});
  EXPECT_TRUE(seen.tries.empty()) << "by its own resolver it has no address";
}

TEST(Evidence, OfTwoSystemResolversTheSecondIsAskedByItself) {
  const DnsServer nobody(always(3));
  const DnsServer knows(at({"127.0.0.1"}));
  ProbeRunner runner = runner_with(nobody.address() + "," + knows.address());
  const Evidence seen = runner.gather(web_test(80));
  ASSERT_EQ(seen.names.size(), 2U);
  EXPECT_EQ(seen.names[0].error->reason, Reason::nxdomain);
  EXPECT_EQ(seen.names[1].resolver, knows.address());
  EXPECT_FALSE(seen.names[1].error);
}

TEST(Evidence, ADnsCheckAsksBothForItsRecords) {
  const DnsServer nobody(always(3));
  const DnsServer knows(at({"192.0.2.7"}));
  ProbeRunner runner = runner_with(knows.address());
  DnsTarget target;
  target.name = "web.test";
  target.network.edit().resolver = nobody.address();
  const Evidence seen = runner.gather(target);
  ASSERT_EQ(seen.names.size(), 2U);
  EXPECT_EQ(seen.names[0].error->reason, Reason::nxdomain);
  EXPECT_EQ(seen.names[1].records, std::vector<std::string>{"192.0.2.7"});
  EXPECT_TRUE(seen.tries.empty());
}

TEST(Evidence, TheCertificateAndTheOneBeforeItAreSeen) {
  const Identity root = make_identity({.subject = "Root", .names = {}, .is_authority = true});
  const Identity good = make_identity({.names = {"DNS:localhost"}}, &root);
  const Identity stray = make_identity({.subject = "Stray", .names = {"DNS:staging.test"}});
  std::atomic<bool> strays = false;
  const ScriptedServer server([&](Conversation& conversation) {
    if (!conversation.start_tls(strays ? stray : good)) return;
    conversation.read_until();
    conversation.send(fine);
  });
  const ScratchFolder folder;
  const HttpTarget target = https_target(server.port(), folder.write("ca.pem", certificate_pem(root)));
  ProbeRunner runner;
  ASSERT_EQ(reason_of(runner.observe(target)), Reason::ok);
  strays = true;
  const Evidence seen = runner.gather(target);
  ASSERT_TRUE(seen.certificate && seen.usual_certificate);
  EXPECT_NE(seen.certificate->fingerprint, seen.usual_certificate->fingerprint);
  EXPECT_EQ(seen.certificate->names, std::vector<std::string>{"staging.test"});
  EXPECT_FALSE(seen.shook_hands);
  ASSERT_TRUE(seen.handshake_error);
  EXPECT_EQ(seen.handshake_error->phase, Phase::tls);
}

TEST(Evidence, ItEndsByItsDeadlineAndSaysWhatItHas) {
  const DnsServer silent([](const DnsQuestion&) {
    DnsReply reply;
    reply.silent = true;
    return reply;
  });
  ProbeRunner runner = runner_with(silent.address());
  HttpTarget target = web_test(80);
  target.network.edit().resolver = silent.address();
  const auto began = std::chrono::steady_clock::now();
  const Evidence seen = runner.gather(target, milliseconds(400));
  EXPECT_LT(std::chrono::steady_clock::now() - began, seconds(5));
  ASSERT_FALSE(seen.names.empty());
  EXPECT_EQ(seen.names[0].error->reason, Reason::timeout);
}

TEST(Evidence, S6_WhatAnApiCheckMayNotReachIsNotLookedAtEither) {
  const ScriptedServer web(answers(fine));
  HttpTarget target = http_target(web.port());
  target.network.edit().origin = TargetOrigin::api;
  ProbeRunner runner;
  const Evidence seen = runner.gather(target);
  ASSERT_EQ(seen.tries.size(), 1U);
  ASSERT_TRUE(seen.tries[0].error);
  EXPECT_EQ(seen.tries[0].error->reason, Reason::blocked_address);
  EXPECT_EQ(web.connections(), 0);
}

TEST(Evidence, BehindAProxyAndForHeartbeatsThereIsNothingToLookAt) {
  ProbeRunner runner;
  HttpTarget behind = http_target(80);
  behind.request.edit().proxy = Url{Scheme::http, 3128, "127.0.0.1", "/"};
  EXPECT_TRUE(runner.gather(behind).tries.empty());
  EXPECT_TRUE(runner.gather(HeartbeatTarget{}).tries.empty());
}

}  // namespace
}  // namespace allclear::test::evidence_test
