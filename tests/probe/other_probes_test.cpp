// TCP, TLS and ICMP against targets that behave.
#include <ostream>
#include <stdexcept>

#include <gtest/gtest.h>

#include "tests/support/probe_runner.h"
#include "tests/support/scripted_server.h"

namespace allclear::test {
namespace {

TEST(TcpProbe, ConnectingIsEnoughUnlessTextIsExpected) {
  const ScriptedServer server([](Conversation& conversation) {
    if (conversation.read_until("\r\n") == "PING\r\n") conversation.send("+PONG\r\n");
    conversation.hold();
  });
  ProbeRunner runner;
  TcpTarget target;
  target.host = "127.0.0.1";
  target.port = server.port();
  EXPECT_EQ(reason_of(runner.observe(target)), Reason::ok);
  target.send = "PING\r\n";
  target.expect = "PONG";
  const Observation seen = runner.observe(target);
  EXPECT_EQ(reason_of(seen), Reason::ok);
  EXPECT_EQ(std::get<TcpFacts>(seen.facts).received, "+PONG\r\n");
}

struct Words {
  const char* name;
  StartTls start_tls;
};

void PrintTo(const Words& words, std::ostream* out) { *out << words.name; }

class StartTlsServers : public testing::TestWithParam<Words> {};

TEST_P(StartTlsServers, TheCertificateIsSeenBehindTheProtocolsWords) {
  const Identity root = make_identity({.subject = "Root", .names = {}, .is_authority = true});
  const Identity leaf = make_identity({.subject = "mail", .names = {"DNS:mail.test"}}, &root);
  const ScratchFolder folder;
  const ScriptedServer server([&](Conversation& conversation) {
    if (GetParam().start_tls == StartTls::smtp) {
      conversation.send("220-mail.test\r\n220 ready\r\n");
      conversation.read_until("\r\n");
      conversation.send("250-mail.test\r\n250-SIZE 1\r\n250 STARTTLS\r\n");
      conversation.read_until("\r\n");
      conversation.send("220 go ahead\r\n");
    } else if (GetParam().start_tls == StartTls::imap) {
      conversation.send("* OK ready\r\n");
      conversation.read_until("\r\n");
      conversation.send("* CAPABILITY IMAP4rev1\r\na1 OK begin\r\n");
    }
    conversation.start_tls(leaf);
    conversation.hold();
  });
  TlsTarget target;
  target.host = "127.0.0.1";
  target.port = server.port();
  target.start_tls = GetParam().start_tls;
  target.tls.edit().server_name = "mail.test";
  target.tls.edit().ca_file = folder.write("ca.pem", certificate_pem(root));
  ProbeRunner runner;
  const Observation seen = runner.observe(target);
  ASSERT_EQ(reason_of(seen), Reason::ok) << seen.error->detail;
  EXPECT_EQ(seen.certificate->subject, "CN=mail");
  EXPECT_EQ(seen.certificate->issuer, "CN=Root");
  EXPECT_TRUE(seen.timings.tls);
}

INSTANTIATE_TEST_SUITE_P(All, StartTlsServers,
                         testing::Values(Words{"none", StartTls::none}, Words{"smtp", StartTls::smtp},
                                         Words{"imap", StartTls::imap}));

// What a machine permits differs: then the probe says which permission is missing, as unknown.
TEST(IcmpProbe, PingsLoopbackOrSaysWhatIsMissing) {
  ProbeRunner runner;
  for (const char* host : {"127.0.0.1", "::1"}) {
    IcmpTarget target;
    target.host = host;
    target.count = 3;
    const Observation seen = runner.observe(target);
    if (seen.error) {
      EXPECT_EQ(seen.error->reason, Reason::local_fault) << seen.error->detail;
      EXPECT_EQ(seen.error->detail, "needs CAP_NET_RAW (or net.ipv4.ping_group_range)");
      continue;
    }
    EXPECT_EQ(std::get<IcmpFacts>(seen.facts).sent, 3);
    EXPECT_EQ(std::get<IcmpFacts>(seen.facts).received, 3);
    EXPECT_TRUE(seen.timings.first_byte);
  }
}

// Stands for whatever a library may throw that nobody thought of.
struct FailsToBecomeATarget {
  operator TcpTarget() const { throw std::length_error("no target"); }
};

TEST(ProbeRegistry, R13_AnExceptionThatNobodyExpectedIsALocalFaultOfItsCheckOnly) {
  Target broken;
  EXPECT_THROW(broken.emplace<TcpTarget>(FailsToBecomeATarget{}), std::length_error);
  ASSERT_TRUE(broken.valueless_by_exception());  // visiting it throws std::bad_variant_access
  ProbeRunner runner;
  const std::vector<Observation> seen = runner.observe_all({broken, UnsupportedTarget{"grpc"}}, milliseconds(5'000));
  EXPECT_EQ(reason_of(seen.at(0)), Reason::local_fault);
  EXPECT_EQ(seen.at(0).error->phase, Phase::local);
  EXPECT_EQ(reason_of(seen.at(1)), Reason::unsupported);
}

TEST(UnsupportedTarget, IsSaidToBeUnsupported) {
  ProbeRunner runner;
  EXPECT_EQ(reason_of(runner.observe(UnsupportedTarget{"grpc"})), Reason::unsupported);
}

}  // namespace
}  // namespace allclear::test
