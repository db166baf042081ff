// The verified-chain cache never says more than verification would.
#include "net/chain_cache.h"

#include <gtest/gtest.h>

#include "tests/support/probe_runner.h"
#include "tests/support/scripted_server.h"

namespace allclear::test {
namespace {

ScriptedServer::Script serves(Identity identity) {
  return [identity = std::move(identity)](Conversation& conversation) {
    if (!conversation.start_tls(identity)) return;
    conversation.read_until();
    conversation.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
  };
}

TEST(ChainCache, AKnownChainIsStillJudgedForEachNameAndTrustStore) {
  const Identity root = make_identity({.subject = "Root", .names = {}, .is_authority = true});
  const Identity other = make_identity({.subject = "Other", .names = {}, .is_authority = true});
  const Identity leaf = make_identity({.names = {"DNS:localhost"}}, &root);
  const ScratchFolder folder;
  const std::string trusted = folder.write("trusted.pem", certificate_pem(root));
  const std::string distrusted = folder.write("other.pem", certificate_pem(other));
  const ScriptedServer server(serves(leaf));
  ProbeRunner runner;
  for (int i = 0; i < 3; ++i) {
    const Observation seen = runner.observe(https_target(server.port(), trusted));
    ASSERT_EQ(reason_of(seen), Reason::ok) << seen.error->detail;
    EXPECT_EQ(seen.certificate->names, std::vector<std::string>{"localhost"});
    EXPECT_EQ(reason_of(runner.observe(https_target(server.port(), trusted, "elsewhere.test"))),
              Reason::tls_wrong_host);
    EXPECT_EQ(reason_of(runner.observe(https_target(server.port(), distrusted))), Reason::tls_untrusted);
  }
}

TEST(ChainCache, AcceptedWithoutVerificationIsNotVerified) {
  const Identity self_signed = make_identity({.names = {"DNS:localhost"}});
  const Identity root = make_identity({.subject = "Root", .names = {}, .is_authority = true});
  const ScratchFolder folder;
  const ScriptedServer server(serves(self_signed));
  HttpTarget careless = https_target(server.port(), folder.write("ca.pem", certificate_pem(root)));
  HttpTarget careful = careless;
  careless.tls.edit().verify = false;
  ProbeRunner runner;
  EXPECT_EQ(reason_of(runner.observe(careless)), Reason::ok);
  EXPECT_EQ(reason_of(runner.observe(careful)), Reason::tls_self_signed);
}

TEST(ChainCache, AnEntryEndsWithItsTimeOrItsCertificates) {
  net::ChainCache cache;
  const net::ChainCache::Key key{1};
  const WallTime wall(seconds(1'000'000));
  const MonotonicTime start(seconds(100));
  cache.put(key, {std::make_shared<net::PeerCertificate>(), wall - seconds(10), wall + seconds(10)}, start);
  EXPECT_NE(cache.find(key, wall, start), nullptr);
  EXPECT_EQ(cache.find(key, wall + seconds(10), start), nullptr);
  EXPECT_EQ(cache.find(key, wall - seconds(10), start), nullptr);
  EXPECT_EQ(cache.find(key, wall, start + std::chrono::hours(1)), nullptr);
  EXPECT_EQ(cache.find({2}, wall, start), nullptr);
}

}  // namespace
}  // namespace allclear::test
