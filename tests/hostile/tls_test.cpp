// Certificates that must not be trusted, and servers that break the handshake.
#include <future>

#include <gtest/gtest.h>

#include "tests/hostile/behaviour.h"

namespace allclear::test {
namespace {

Identity presented_beside(Identity identity, const Identity& another) {
  identity.presented_issuers.push_back(another.certificate);
  return identity;
}

// An authority that the checks trust, one that they do not, and certificates of both.
struct Certificates {
  ScratchFolder folder;
  Identity root = make_identity({.subject = "Trusted root", .names = {}, .ends_in_days = 3650, .is_authority = true});
  Identity other_root =
      make_identity({.subject = "Other root", .names = {}, .ends_in_days = 3650, .is_authority = true});
  Identity good = make_identity({.names = {"DNS:localhost", "IP:127.0.0.1"}}, &root);
  Identity good_rsa = make_identity({.names = {"DNS:localhost"}, .key = KeyKind::rsa2048}, &root);
  Identity expired = make_identity({.names = {"DNS:localhost"}, .starts_in_days = -30, .ends_in_days = -1}, &root);
  Identity not_yet = make_identity({.names = {"DNS:localhost"}, .starts_in_days = 2}, &root);
  Identity self_signed = make_identity({.names = {"DNS:localhost"}});
  Identity untrusted = make_identity({.names = {"DNS:localhost"}}, &other_root);
  Identity wrong_host = make_identity({.names = {"DNS:elsewhere.test"}}, &root);
  Identity wrong_address = make_identity({.names = {"IP:192.0.2.1"}}, &root);
  Identity good_with_old_cross_sign = presented_beside(good, expired);
  std::string ca_file = folder.write("ca.pem", certificate_pem(root));
};

const Certificates& certificates() {
  static const Certificates all;
  return all;
}

const std::string fine = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

ScriptedServer::Script serves_with(Identity Certificates::*identity) {
  return [identity](Conversation& conversation) {
    if (!conversation.start_tls(certificates().*identity)) return;
    conversation.read_until();
    conversation.send(fine);
  };
}

ScriptedServer::Script after_client_hello(std::string bytes) {
  return [bytes = std::move(bytes)](Conversation& conversation) {
    char first = conversation.read_until("\x16").back();
    (void)first;
    conversation.send(bytes);
    conversation.hold();
  };
}

class Tls : public testing::TestWithParam<Behaviour> {};

TEST_P(Tls, R19_EndsWithItsOwnReason) {
  const ScriptedServer server(GetParam().script);
  observe_hostile(GetParam(), https_target(server.port(), certificates().ca_file));
}

INSTANTIATE_TEST_SUITE_P(
    Certificate, Tls,
    testing::Values(
        Behaviour{"good", serves_with(&Certificates::good), std::nullopt, Phase::tls},
        Behaviour{"expired", serves_with(&Certificates::expired), Reason::tls_expired, Phase::tls},
        Behaviour{"not_yet_valid", serves_with(&Certificates::not_yet), Reason::tls_expired, Phase::tls},
        Behaviour{"self_signed", serves_with(&Certificates::self_signed), Reason::tls_self_signed, Phase::tls},
        Behaviour{"untrusted", serves_with(&Certificates::untrusted), Reason::tls_untrusted, Phase::tls},
        Behaviour{"wrong_host", serves_with(&Certificates::wrong_host), Reason::tls_wrong_host, Phase::tls}),
    behaviour_name);

ScriptedServer::Script chain_of(int length) {
  return [length](Conversation& conversation) {
    Identity long_chain = certificates().good;
    for (int i = 0; i < length; ++i) long_chain.presented_issuers.push_back(certificates().other_root.certificate);
    conversation.start_tls(long_chain);
    conversation.hold();
  };
}

INSTANTIATE_TEST_SUITE_P(
    Handshake, Tls,
    testing::Values(
        Behaviour{"plain_http_on_the_port", after_client_hello(fine), Reason::tls_failure, Phase::tls},
        Behaviour{"garbage", after_client_hello("\x01\x02\x03\xFF\xFE\xFD garbage"), Reason::tls_failure, Phase::tls},
        Behaviour{"an_alert", after_client_hello(std::string("\x15\x03\x03\x00\x02\x02\x28", 7)), Reason::tls_failure,
                  Phase::tls},
        Behaviour{"silence", [](Conversation& c) { c.hold(); }, Reason::timeout, Phase::tls},
        Behaviour{"closed", [](Conversation& c) { c.read_until("\x16"); }, Reason::reset, Phase::tls},
        Behaviour{"a_record_that_drips",
                  [](Conversation& c) {
                    c.drip(std::string("\x16\x03\x03\x40\x00\x02", 6) + std::string(200, 'x'), milliseconds(40));
                  },
                  Reason::timeout, Phase::tls},
        Behaviour{"only_tls_1_1", [](Conversation& c) { c.start_tls(certificates().good, TlsVersions::only_1_1); },
                  Reason::tls_failure, Phase::tls},
        Behaviour{"a_prime_of_its_own_choice",
                  [](Conversation& c) { c.start_tls(certificates().good_rsa, TlsVersions::only_1_2_with_dhe); },
                  Reason::tls_failure, Phase::tls},
        Behaviour{"a_chain_of_a_thousand", chain_of(1'000), Reason::tls_failure, Phase::tls},
        Behaviour{"silence_after_the_handshake",
                  [](Conversation& c) {
                    c.start_tls(certificates().good);
                    c.hold();
                  },
                  Reason::timeout, Phase::first_byte},
        Behaviour{"closed_after_the_handshake", [](Conversation& c) { c.start_tls(certificates().good); },
                  Reason::reset, Phase::first_byte}),
    behaviour_name);

ScriptedServer::Script without_data(Conversation::Empty kind) {
  return [kind](Conversation& conversation) {
    if (!conversation.start_tls(certificates().good)) return;
    conversation.read_until();
    conversation.send("HTTP/1.1 200 OK\r\nContent-Length: 10000000\r\n\r\n");
    conversation.send_empty_records_forever(kind);
  };
}

// OpenSSL goes on within one call for as long as such records come.
TEST(TlsFlood, R19_RecordsWithoutDataEndAfterSomeHundredMessages) {
  for (const auto kind :
       {Conversation::Empty::key_updates, Conversation::Empty::tickets, Conversation::Empty::key_updates_with_a_byte}) {
    const ScriptedServer flood(without_data(kind));
    const Observation seen = ProbeRunner().observe(https_target(flood.port(), certificates().ca_file));
    ASSERT_TRUE(seen.error);
    EXPECT_EQ(seen.error->reason, Reason::tls_failure);
    EXPECT_EQ(seen.error->detail, "more than 500 TLS messages beside the data");
  }
}

ScriptedServer::Script in_records_of_a_byte(
    std::size_t body, std::function<void()> ready = [] {}) {
  return [body, ready = std::move(ready)](Conversation& conversation) {
    if (!conversation.start_tls(certificates().good)) return;
    conversation.read_until();
    conversation.send_in_records_of_a_byte(
        "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body) + "\r\n\r\n" + std::string(body, 'x'), ready);
    conversation.hold();
  };
}

TEST(TlsFlood, R19_AnHonestAnswerInRecordsOfAByteIsReadToItsEnd) {
  const ScriptedServer server(in_records_of_a_byte(60'000));
  const Observation seen = ProbeRunner().observe(https_target(server.port(), certificates().ca_file));
  ASSERT_FALSE(seen.error) << seen.error->detail;
  EXPECT_EQ(std::get<HttpFacts>(seen.facts).body.size(), 60'000u);
}

TEST(TlsFlood, R8_OthersHaveTheirTurnWhileManyRecordsAreDecrypted) {
  std::promise<void> comes;
  const ScriptedServer flood(in_records_of_a_byte(300'000, [&] { comes.set_value(); }));
  const ScriptedServer good([come = comes.get_future().share()](Conversation& conversation) {
    conversation.read_until();
    come.wait();
    conversation.send(fine);
  });
  std::vector<Target> targets(20, http_target(good.port()));
  targets.push_back(https_target(flood.port(), certificates().ca_file));
  const std::vector<Observation> seen = ProbeRunner().observe_all(targets, milliseconds(30'000));
  ASSERT_FALSE(seen.back().error) << seen.back().error->detail;
  for (std::size_t i = 0; i + 1 < seen.size(); ++i) {
    EXPECT_FALSE(seen[i].error);
    EXPECT_LT(seen[i].total, seen.back().total) << "asked at the same time, answered when the flood began";
  }
}

TEST(TlsFacts, FactsOfAChainAreKnownAlsoWhenItIsRefused) {
  const Behaviour behaviour{"", serves_with(&Certificates::expired), Reason::tls_expired, Phase::tls};
  const ScriptedServer server(behaviour.script);
  const Observation seen = observe_hostile(behaviour, https_target(server.port(), certificates().ca_file));
  ASSERT_TRUE(seen.certificate);
  EXPECT_EQ(seen.certificate->names, std::vector<std::string>{"localhost"});
  EXPECT_EQ(seen.certificate->chain_length, 1);
  EXPECT_EQ(seen.certificate->fingerprint.size(), 64U);
  EXPECT_LT(seen.certificate->earliest_expiry, seen.started_at);
}

TEST(TlsFacts, AnAddressIsComparedWithTheCertificatesAddresses) {
  const ScriptedServer good(serves_with(&Certificates::good));
  observe_hostile({"", {}, std::nullopt, Phase::tls}, https_target(good.port(), certificates().ca_file, "127.0.0.1"));
  const ScriptedServer wrong(serves_with(&Certificates::wrong_address));
  observe_hostile({"", {}, Reason::tls_wrong_host, Phase::tls},
                  https_target(wrong.port(), certificates().ca_file, "127.0.0.1"));
}

TEST(TlsFacts, OnlyTheVerifiedPathCountsNotAnExpiredCertificateBesideIt) {
  const ScriptedServer server(serves_with(&Certificates::good_with_old_cross_sign));
  const Observation seen =
      observe_hostile({"", {}, std::nullopt, Phase::tls}, https_target(server.port(), certificates().ca_file));
  ASSERT_TRUE(seen.certificate);
  EXPECT_GT(seen.certificate->earliest_expiry, seen.started_at);
}

TEST(TlsFacts, WithoutVerificationABadCertificateIsOnlyAFact) {
  const ScriptedServer server(serves_with(&Certificates::self_signed));
  HttpTarget target = https_target(server.port(), certificates().ca_file);
  target.tls.edit().verify = false;
  const Observation seen = observe_hostile({"", {}, std::nullopt, Phase::tls}, target);
  EXPECT_EQ(std::get<HttpFacts>(seen.facts).status, 200);
  EXPECT_TRUE(seen.certificate);
}

TEST(TlsFacts, ABodyThatEndsWithoutCloseNotifyIsCutShort) {
  const ScriptedServer server([](Conversation& conversation) {
    if (!conversation.start_tls(certificates().good)) return;
    conversation.read_until();
    conversation.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf");
  });
  const Observation seen =
      observe_hostile({"", {}, std::nullopt, Phase::transfer}, https_target(server.port(), certificates().ca_file));
  EXPECT_TRUE(std::get<HttpFacts>(seen.facts).body_ended_early);
}

}  // namespace
}  // namespace allclear::test
