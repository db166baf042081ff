// The way to a target: addresses, proxies, client certificates, cancellation, and what is left behind.
#include <sys/resource.h>

#include <csignal>
#include <mutex>

#include <gtest/gtest.h>

#include "tests/support/dns_server.h"
#include "tests/support/probe_runner.h"
#include "tests/support/scripted_server.h"

namespace allclear::test::way_test {
namespace {

const std::string fine = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

TEST(Way, AClosedPortRefuses) {
  ProbeRunner runner;
  const Observation seen = runner.observe(http_target(closed_port()));
  EXPECT_EQ(reason_of(seen), Reason::refused);
  EXPECT_EQ(seen.error->phase, Phase::connect);
  EXPECT_EQ(seen.error->detail, "Connection refused") << "the address stands beside it";
}

TEST(Way, OfSeveralAddressesTheOneThatTheErrorIsAboutIsTold) {
  const DnsServer dns([](const DnsQuestion& question) {
    DnsReply reply;
    if (question.type == 1) reply.answers = {{1, 60, dns_address("127.0.0.5")}, {1, 60, dns_address("127.0.0.6")}};
    return reply;
  });
  ProbeRunner runner;
  HttpTarget target = http_target(closed_port());
  target.url.host = "web.test";
  target.network.edit().resolver = dns.address();
  const Observation seen = runner.observe(target);
  ASSERT_EQ(reason_of(seen), Reason::refused);
  EXPECT_EQ(seen.address, "127.0.0.5:" + std::to_string(target.url.port));
}

TEST(Way, HappyEyeballsTakeTheFamilyThatAnswers) {
  const ScriptedServer four(answers(fine), "127.0.0.1");
  ProbeRunner runner;
  HttpTarget target = http_target(four.port());
  target.url.host = "localhost";  // ::1 first, where nothing listens
  const Observation seen = runner.observe(target);
  ASSERT_EQ(reason_of(seen), Reason::ok) << seen.error->detail;
  EXPECT_TRUE(seen.address.starts_with("127.0.0.1:"));
  target.network.edit().family = AddressFamily::ipv6;
  EXPECT_EQ(reason_of(runner.observe(target)), Reason::refused);
}

TEST(Way, HappyEyeballsDoNotWaitForASilentAddress) {
  const ScriptedServer web(answers(fine));
  // 192.0.2.0/24 (TEST-NET-1): connecting there is never answered, or fails at once; both must lead on.
  const DnsServer dns([](const DnsQuestion& question) {
    DnsReply reply;
    if (question.type == 1) reply.answers = {{1, 60, dns_address("192.0.2.77")}, {1, 60, dns_address("127.0.0.1")}};
    return reply;
  });
  ProbeRunner runner;
  HttpTarget target = http_target(web.port());
  target.url.host = "web.test";
  target.network.edit().resolver = dns.address();
  const Observation seen = runner.observe(target, milliseconds(5'000));
  ASSERT_EQ(reason_of(seen), Reason::ok) << seen.error->detail;
  EXPECT_TRUE(seen.address.starts_with("127.0.0.1:"));
}

TEST(Way, S6_ChecksMadeOverTheApiReachOnlyListedInternalAddresses) {
  const ScriptedServer server(answers(fine));
  HttpTarget target = http_target(server.port());
  target.network.edit().origin = TargetOrigin::api;
  ProbeRunner closed;
  EXPECT_EQ(reason_of(closed.observe(target)), Reason::blocked_address);
  EXPECT_EQ(server.connections(), 0);
  probe::ProbeOptions options;
  options.api_targets = {*net::AddressRange::parse("127.0.0.0/8")};
  ProbeRunner open(std::move(options));
  EXPECT_EQ(reason_of(open.observe(target)), Reason::ok);
}

TEST(Way, S6_AKeptConnectionIsNoWayAroundTheJudgement) {
  const ScriptedServer server([](Conversation& conversation) {
    while (!conversation.read_until().empty()) conversation.send(fine);
  });
  HttpTarget target = http_target(server.port());
  target.request.edit().keep_alive = true;
  ProbeRunner runner;
  EXPECT_EQ(reason_of(runner.observe(target)), Reason::ok);
  target.network.edit().origin = TargetOrigin::api;
  EXPECT_EQ(reason_of(runner.observe(target)), Reason::blocked_address);
}

// Answers CONNECT, then carries bytes one way and the other: just enough for one exchange.
TEST(Way, AProxyIsAskedToConnect) {
  const Identity root = make_identity({.subject = "Root", .names = {}, .is_authority = true});
  const Identity leaf = make_identity({.names = {"DNS:web.test"}}, &root);
  const ScratchFolder folder;
  std::mutex guard;
  std::string connect;
  const ScriptedServer proxy([&](Conversation& conversation) {
    {
      const std::lock_guard lock(guard);
      connect = conversation.read_until();
    }
    conversation.send("HTTP/1.1 200 Connection established\r\n\r\n");
    if (!conversation.start_tls(leaf)) return;
    conversation.read_until();
    conversation.send(fine);
  });
  HttpTarget target;
  target.url = {Scheme::https, 443, "web.test", "/"};
  target.request.edit().proxy = Url{Scheme::http, proxy.port(), "127.0.0.1", "/"};
  target.tls.edit().ca_file = folder.write("ca.pem", certificate_pem(root));
  ProbeRunner runner;
  const Observation seen = runner.observe(target);
  ASSERT_EQ(reason_of(seen), Reason::ok) << seen.error->detail;
  const std::lock_guard lock(guard);
  EXPECT_TRUE(connect.starts_with("CONNECT web.test:443 HTTP/1.1\r\nHost: web.test:443\r\n")) << connect;
}

TEST(Way, AProxyThatRefusesIsTold) {
  const ScriptedServer proxy(answers("HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n"));
  HttpTarget target;
  target.url = {Scheme::https, 443, "web.test", "/"};
  target.request.edit().proxy = Url{Scheme::http, proxy.port(), "127.0.0.1", "/"};
  ProbeRunner runner;
  const Observation seen = runner.observe(target);
  EXPECT_EQ(reason_of(seen), Reason::protocol_error);
  EXPECT_EQ(seen.error->detail, "the proxy answered 407");
}

TEST(Way, AClientCertificateIsShown) {
  const Identity root = make_identity({.subject = "Root", .names = {}, .is_authority = true});
  const Identity leaf = make_identity({.names = {"DNS:localhost"}}, &root);
  const Identity client = make_identity({.subject = "client", .names = {}}, &root);
  const ScratchFolder folder;
  const ScriptedServer server([&](Conversation& conversation) {
    if (!conversation.start_tls(leaf, TlsVersions::current, &root)) {
      conversation.hold();  // closing at once could overtake the alert
      return;
    }
    conversation.read_until();
    conversation.send(fine);
  });
  ProbeRunner runner;
  HttpTarget target = https_target(server.port(), folder.write("ca.pem", certificate_pem(root)));
  EXPECT_EQ(reason_of(runner.observe(target)), Reason::tls_failure);
  target.tls.edit().client_cert_file = folder.write("client.pem", certificate_pem(client));
  target.tls.edit().client_key_file = folder.write("client.key", key_pem(client));
  const Observation seen = runner.observe(target);
  EXPECT_EQ(reason_of(seen), Reason::ok) << (seen.error ? seen.error->detail : "");
}

TEST(Way, R21_ACancelledCheckHasNoResult) {
  const ScriptedServer silent([](Conversation& conversation) { conversation.hold(); });
  const DnsServer mute([](const DnsQuestion&) {
    DnsReply reply;
    reply.silent = true;
    return reply;
  });
  ProbeRunner runner;
  EXPECT_TRUE(runner.ends_when_cancelled(http_target(silent.port()), milliseconds(50)));
  EXPECT_TRUE(runner.ends_when_cancelled(https_target(silent.port(), ""), milliseconds(50)));
  DnsTarget dns;
  dns.name = "web.test";
  dns.network.edit().resolver = mute.address();
  EXPECT_TRUE(runner.ends_when_cancelled(dns, milliseconds(50)));
}

TEST(Way, R25_AThousandChecksLeaveNoDescriptorBehind) {
  const ScriptedServer server(answers(fine));
  ProbeRunner runner;
  const Target target = http_target(server.port());
  runner.observe(target);
  const Target refused = http_target(closed_port());
  const std::size_t before = open_descriptors();
  for (int i = 0; i < 500; ++i) {
    EXPECT_EQ(reason_of(runner.observe(target)), Reason::ok);
    EXPECT_EQ(reason_of(runner.observe(refused)), Reason::refused);
  }
  EXPECT_LE(open_descriptors(), before + 1);  // the server may still be closing the last one
}

TEST(Way, R13_WithoutDescriptorsEveryCheckIsALocalFault) {
  const ScriptedServer silent([](Conversation& conversation) { conversation.hold(); });
  ProbeRunner runner;
  const Target target = http_target(silent.port());
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
  const rlimit tight{open_descriptors() + 8, before.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &tight), 0);
  const std::vector<Observation> all = runner.observe_all(std::vector<Target>(100, target), milliseconds(300));
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &before), 0);
  int local = 0;
  for (const Observation& seen : all) {
    EXPECT_TRUE(reason_of(seen) == Reason::local_fault || reason_of(seen) == Reason::timeout)
        << to_string(reason_of(seen));
    local += reason_of(seen) == Reason::local_fault ? 1 : 0;
  }
  EXPECT_GE(local, 80);
  const ScriptedServer fine_again(answers(fine));
  EXPECT_EQ(reason_of(runner.observe(http_target(fine_again.port()))), Reason::ok);
}

}  // namespace
}  // namespace allclear::test::way_test
