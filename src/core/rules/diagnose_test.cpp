// What a failure comes from, by what is seen of it: a table of them, and of what changes the verdict.
#include "core/rules/diagnose.h"

#include <algorithm>
#include <set>
#include <tuple>

#include <gtest/gtest.h>

#include "tests/support/builders.h"

namespace allclear::diagnose_test {
namespace {

using test::wall_s;

constexpr microseconds ms(int count) { return microseconds(count * 1'000); }

class Diagnosing : public testing::Test {
 protected:
  Diagnosing() {
    view_.check = &check_;
    view_.failure = &failure_;
  }

  void fail(Reason reason, Phase phase) {
    failure_.verdict = Verdict::down;
    failure_.reason = reason;
    failure_.phase = phase;
    failure_.timings = {};
    if (phase >= Phase::dns) failure_.timings.dns = ms(2);
    if (phase >= Phase::connect) failure_.timings.connect = ms(10);
    if (phase > Phase::tls) failure_.timings.tls = ms(20);
  }
  void see(Evidence evidence) {
    evidence_ = std::move(evidence);
    view_.evidence = &evidence_;
  }
  static Evidence seen(std::vector<NameAnswer> names, std::vector<AddressTry> tries = {}) {
    Evidence evidence;
    evidence.names = std::move(names);
    evidence.tries = std::move(tries);
    return evidence;
  }
  Diagnosis diagnosis() {
    const auto made = diagnose(view_, wall_s(1'000));
    EXPECT_TRUE(made.has_value());
    return made.value_or(Diagnosis{});
  }
  static bool has(const std::vector<std::string>& list, const std::string& part) {
    return std::any_of(list.begin(), list.end(),
                       [&](const std::string& one) { return one.find(part) != std::string::npos; });
  }
  static NameAnswer knows(const std::string& resolver) { return {resolver, {"192.0.2.1"}, std::nullopt}; }
  static NameAnswer fails(const std::string& resolver, Reason reason) {
    return {resolver, {}, ProbeError{Phase::dns, reason, ""}};
  }
  static AddressTry open(const std::string& address, AddressFamily family = AddressFamily::ipv4) {
    return {address, family, std::nullopt, ms(1)};
  }
  static AddressTry closed(const std::string& address, Reason reason, AddressFamily family = AddressFamily::ipv4) {
    return {address, family, ProbeError{Phase::connect, reason, ""}, ms(1)};
  }
  static CertificateFacts certificate(WallTime expiry, const std::string& fingerprint, const std::string& issuer) {
    return {expiry, "CN=shop.example", issuer, {"shop.example"}, 2, fingerprint};
  }

  Check check_ = test::make_check("shop", "shop");
  CheckResult failure_;
  Evidence evidence_;
  FailureView view_;
};

TEST_F(Diagnosing, ANameThatTwoResolversDoNotKnowDoesNotExist) {
  fail(Reason::nxdomain, Phase::dns);
  EXPECT_EQ(diagnosis().cause, Cause::name);
  EXPECT_EQ(diagnosis().confidence, Confidence::medium) << "nobody looked yet";
  see(seen({fails("", Reason::nxdomain), fails("192.0.2.53", Reason::nxdomain)}));
  EXPECT_EQ(diagnosis().cause, Cause::name);
  EXPECT_EQ(diagnosis().confidence, Confidence::high);
  EXPECT_EQ(diagnosis().verdict, "DNS: the name does not exist; two resolvers say so");
}

TEST_F(Diagnosing, ANameThatAnotherResolverKnowsIsTheResolversFault) {
  fail(Reason::servfail, Phase::dns);
  see(seen({fails("192.0.2.53", Reason::servfail), knows("")}));
  EXPECT_EQ(diagnosis().cause, Cause::resolver);
  EXPECT_EQ(diagnosis().verdict,
            "DNS: the resolver 192.0.2.53 fails (name server failed), while this machine's resolver knows the name");
  EXPECT_TRUE(has(diagnosis().ruled_out, "the name itself"));
}

TEST_F(Diagnosing, WhatAnswersAMomentLaterHasPassed) {
  fail(Reason::timeout, Phase::dns);
  see(seen({knows("")}));
  EXPECT_EQ(diagnosis().cause, Cause::passed);
  fail(Reason::timeout, Phase::connect);
  see(seen({knows("")}, {open("192.0.2.1:443"), open("192.0.2.2:443")}));
  EXPECT_EQ(diagnosis().cause, Cause::passed);
}

TEST_F(Diagnosing, AHandshakeThatSucceedsAMomentLaterHasPassedButAnEndInSightHasNot) {
  Evidence evidence = seen({knows("")}, {open("192.0.2.1:443")});
  evidence.shook_hands = true;
  see(evidence);
  fail(Reason::tls_failure, Phase::tls);
  EXPECT_EQ(diagnosis().cause, Cause::passed);
  fail(Reason::tls_untrusted, Phase::tls);
  EXPECT_EQ(diagnosis().cause, Cause::passed) << "the balancer's other machine has the right one";
  fail(Reason::certificate_expiring, Phase::judge);
  EXPECT_EQ(diagnosis().cause, Cause::certificate);
}

TEST_F(Diagnosing, ARefusalMeansThatTheHostIsThere) {
  fail(Reason::refused, Phase::connect);
  see(seen({knows("")}, {closed("192.0.2.1:443", Reason::refused), closed("192.0.2.2:443", Reason::refused)}));
  EXPECT_EQ(diagnosis().cause, Cause::no_listener);
  EXPECT_EQ(diagnosis().confidence, Confidence::high);
  EXPECT_EQ(diagnosis().verdict, "TCP: the host is there, nothing listens on the port; all 2 addresses alike");
  EXPECT_TRUE(has(diagnosis().ruled_out, "DNS"));
  EXPECT_FALSE(has(diagnosis().ruled_out, "TCP"));
}

TEST_F(Diagnosing, OneOfSeveralAddressesIsNamed) {
  fail(Reason::timeout, Phase::connect);
  see(seen({knows("")}, {open("192.0.2.1:443"), closed("192.0.2.2:443", Reason::timeout)}));
  EXPECT_EQ(diagnosis().cause, Cause::some_addresses);
  EXPECT_EQ(diagnosis().verdict, "TCP: 1 of 2 addresses fail");
  EXPECT_TRUE(has(diagnosis().seen, "192.0.2.2:443 (did not answer in time)"));
}

TEST_F(Diagnosing, AFamilyThatFailsAloneIsNamedUnlessThisMachineHasNoWayForIt) {
  fail(Reason::timeout, Phase::connect);
  see(seen({knows("")}, {open("192.0.2.1:443"), closed("[2001:db8::1]:443", Reason::timeout, AddressFamily::ipv6)}));
  EXPECT_EQ(diagnosis().cause, Cause::address_family);
  EXPECT_EQ(diagnosis().verdict, "TCP: IPv6 fails, IPv4 is fine");
  see(seen({knows("")}, {closed("192.0.2.1:443", Reason::timeout),
                         closed("[2001:db8::1]:443", Reason::local_fault, AddressFamily::ipv6)}));
  EXPECT_EQ(diagnosis().cause, Cause::unreachable);
}

TEST_F(Diagnosing, SilenceIsTheHostsOrThePortsByWhatTheNeighboursSay) {
  fail(Reason::timeout, Phase::connect);
  see(seen({knows("")}, {closed("192.0.2.1:443", Reason::timeout)}));
  EXPECT_EQ(diagnosis().cause, Cause::unreachable);
  EXPECT_EQ(diagnosis().confidence, Confidence::medium);
  view_.on_host = {3, 0};
  EXPECT_EQ(diagnosis().cause, Cause::no_listener);
  EXPECT_TRUE(has(diagnosis().ruled_out, "the host: the other 3 services on this host answer"));
  view_.on_host = {0, 1};
  EXPECT_EQ(diagnosis().cause, Cause::unreachable);
  EXPECT_EQ(diagnosis().confidence, Confidence::high);
  EXPECT_TRUE(has(diagnosis().seen, "the other service on this host fails, too"));
  view_.on_host = {1, 2};
  EXPECT_TRUE(has(diagnosis().seen, "2 of 3 other services on this host fail, too"));
}

TEST_F(Diagnosing, AnExpiredCertificateSaysSinceWhen) {
  fail(Reason::tls_expired, Phase::tls);
  Evidence evidence = seen({knows("")}, {open("192.0.2.1:443")});
  evidence.certificate = evidence.usual_certificate = certificate(wall_s(760), "aa", "CN=Example CA");
  see(evidence);
  view_.on_host = {3, 0};
  const Diagnosis made = diagnosis();
  EXPECT_EQ(made.cause, Cause::certificate);
  EXPECT_EQ(made.confidence, Confidence::high);
  EXPECT_EQ(made.verdict, "TLS: the certificate expired 4 min ago");
  EXPECT_EQ(made.ruled_out,
            (std::vector<std::string>{"DNS", "TCP", "the host: the other 3 services on this host answer"}));
  EXPECT_EQ(describe(made),
            "TLS: the certificate expired 4 min ago. Confidence: high.\n"
            "Ruled out: DNS; TCP; the host: the other 3 services on this host answer.\n"
            "Seen: it is the certificate of the last good answer.");
}

TEST_F(Diagnosing, WhatChangedInACertificateIsTold) {
  fail(Reason::tls_untrusted, Phase::tls);
  Evidence evidence = seen({knows("")}, {open("192.0.2.1:443")});
  evidence.usual_certificate = certificate(wall_s(90'000), "aa", "CN=Example CA");
  evidence.certificate = certificate(wall_s(90'000), "bb", "CN=Staging CA");
  evidence.certificate->names = {"staging.example"};
  see(evidence);
  EXPECT_TRUE(has(diagnosis().seen, "another certificate than at the last good answer"));
  EXPECT_TRUE(has(diagnosis().seen, "issued by CN=Staging CA, before by CN=Example CA"));
  EXPECT_TRUE(has(diagnosis().seen, "for staging.example, before for shop.example"));
}

TEST_F(Diagnosing, NamesOfACertificateAreClippedAndHarmless) {
  fail(Reason::tls_wrong_host, Phase::tls);
  Evidence evidence;
  evidence.certificate = certificate(wall_s(90'000), "aa", "CN=x");
  evidence.certificate->names = {std::string(5'000, 'a') + ".example", "two\r\nBcc: x@example.com", "3", "4", "5", "6"};
  see(evidence);
  const std::string text = describe(diagnosis());
  EXPECT_LT(text.size(), 800U);
  EXPECT_EQ(text.find('\r'), std::string::npos);
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 2) << text;
  EXPECT_NE(text.find("and 1 more"), std::string::npos);
}

TEST_F(Diagnosing, AWrongAnswerIsTheApplicationsAndTheRolesOfTheChecksMatter) {
  fail(Reason::unexpected_status, Phase::judge);
  failure_.status_code = 503;
  EXPECT_EQ(diagnosis().verdict, "Application: it answers with status 503");
  EXPECT_EQ(diagnosis().confidence, Confidence::high);
  EXPECT_EQ(diagnosis().ruled_out, (std::vector<std::string>{"DNS", "TCP", "TLS"}));
  fail(Reason::timeout, Phase::first_byte);
  EXPECT_EQ(diagnosis().cause, Cause::application);
  EXPECT_EQ(diagnosis().confidence, Confidence::medium);
  view_.reachability = {1, 0};
  EXPECT_EQ(diagnosis().confidence, Confidence::high);
  EXPECT_TRUE(has(diagnosis().ruled_out, "reachability"));
  view_.reachability = {0, 1};
  EXPECT_EQ(diagnosis().cause, Cause::unreachable) << "nothing of the service answers";
  EXPECT_TRUE(has(diagnosis().seen, "checks of its reachability fail, too"));
}

TEST_F(Diagnosing, SlownessNamesThePhaseThatGrewMost) {
  fail(Reason::slow, Phase::judge);
  failure_.verdict = Verdict::degraded;
  failure_.latency = ms(2'000);
  failure_.timings = {ms(300), ms(10), ms(20), ms(1'600), ms(70)};
  view_.last_good = LastGood{wall_s(940), ms(400), {ms(290), ms(10), ms(20), ms(60), ms(20)}, 200};
  const Diagnosis made = diagnosis();
  EXPECT_EQ(made.cause, Cause::slowness);
  EXPECT_EQ(made.verdict, "Slow: waiting for the first byte took 1600 of 2000 ms");
  EXPECT_TRUE(has(made.seen, "the same took 60 ms when it was fast"));
  EXPECT_TRUE(has(made.seen, "the last good result came 1 min ago: status 200, 400 ms"));
}

TEST_F(Diagnosing, OfWhatNoProbeSawNothingIsSaid) {
  for (const Reason reason : {Reason::missed, Reason::local_fault, Reason::unsupported, Reason::blocked_address,
                              Reason::threshold, Reason::paused, Reason::no_data, Reason::ok}) {
    fail(reason, Phase::judge);
    EXPECT_FALSE(diagnose(view_, wall_s(1'000)).has_value()) << to_string(reason);
  }
}

TEST_F(Diagnosing, EveryOtherReasonHasAVerdict) {
  for (const Reason reason : {Reason::slow,
                              Reason::timeout,
                              Reason::refused,
                              Reason::reset,
                              Reason::dns_failure,
                              Reason::nxdomain,
                              Reason::servfail,
                              Reason::tls_expired,
                              Reason::tls_self_signed,
                              Reason::tls_untrusted,
                              Reason::tls_wrong_host,
                              Reason::tls_failure,
                              Reason::certificate_expiring,
                              Reason::unexpected_status,
                              Reason::body_mismatch,
                              Reason::json_mismatch,
                              Reason::redirect_limit,
                              Reason::too_large,
                              Reason::protocol_error,
                              Reason::truncated}) {
    for (const Phase phase : {Phase::dns, Phase::connect, Phase::tls, Phase::first_byte, Phase::transfer}) {
      fail(reason, phase);
      EXPECT_FALSE(diagnosis().verdict.empty()) << to_string(reason);
    }
  }
}

TEST_F(Diagnosing, WithoutEvidenceItSaysWhatTheFailureAloneTells) {
  fail(Reason::refused, Phase::connect);
  EXPECT_EQ(diagnosis().verdict, "TCP: the host is there, nothing listens on the port");
  EXPECT_EQ(diagnosis().confidence, Confidence::medium);
  fail(Reason::timeout, Phase::connect);
  EXPECT_EQ(diagnosis().verdict, "TCP: the host or the network before it: did not answer in time");
  view_.on_host = {2, 0};
  EXPECT_EQ(diagnosis().confidence, Confidence::medium) << "the port was not looked at";
  fail(Reason::tls_expired, Phase::tls);
  EXPECT_EQ(diagnosis().verdict, "TLS: the certificate is not valid at this time");
  failure_.certificate_expiry = wall_s(940);
  EXPECT_EQ(diagnosis().verdict, "TLS: the certificate expired 1 min ago");
  fail(Reason::certificate_expiring, Phase::judge);
  failure_.certificate_expiry.reset();
  EXPECT_EQ(diagnosis().verdict, "TLS: the certificate ends soon");
  EXPECT_FALSE(has(diagnosis().ruled_out, "TLS")) << "it is about its certificate";
  failure_.certificate_expiry = wall_s(1'000 + 7'200);
  EXPECT_EQ(diagnosis().verdict, "TLS: the certificate ends in 2 h");
}

TEST_F(Diagnosing, ResolversThatFailInDifferentWaysLeaveItOpen) {
  fail(Reason::servfail, Phase::dns);
  see(seen({fails("", Reason::servfail)}));
  EXPECT_EQ(diagnosis().verdict, "DNS: name server failed (this machine's resolver)");
  see(seen({fails("", Reason::servfail), fails("192.0.2.53", Reason::nxdomain)}));
  EXPECT_EQ(diagnosis().cause, Cause::name);
  EXPECT_EQ(diagnosis().confidence, Confidence::medium);
  EXPECT_EQ(diagnosis().verdict, "DNS: name server failed; another resolver: name does not exist");
}

TEST_F(Diagnosing, IPv4AloneCanFailToo) {
  fail(Reason::timeout, Phase::connect);
  see(seen({knows("")}, {closed("192.0.2.1:443", Reason::timeout), open("[2001:db8::1]:443", AddressFamily::ipv6)}));
  EXPECT_EQ(diagnosis().verdict, "TCP: IPv4 fails, IPv6 is fine");
}

TEST_F(Diagnosing, AddressesOfBothFamiliesThatFailInPartAreCounted) {
  fail(Reason::timeout, Phase::connect);
  const AddressFamily ipv6 = AddressFamily::ipv6;
  see(seen({knows("")}, {open("192.0.2.1:443"), closed("192.0.2.2:443", Reason::timeout),
                         closed("[2001:db8::1]:443", Reason::refused, ipv6)}));
  EXPECT_EQ(diagnosis().verdict, "TCP: 2 of 3 addresses fail") << "IPv4 is not fine either";
  see(seen({knows("")}, {open("[2001:db8::1]:443", ipv6), closed("[2001:db8::2]:443", Reason::refused, ipv6),
                         closed("192.0.2.1:443", Reason::timeout)}));
  EXPECT_EQ(diagnosis().verdict, "TCP: 2 of 3 addresses fail") << "nor is IPv6";
  see(seen({knows("")}, {open("[2001:db8::1]:443", ipv6), open("192.0.2.1:443"),
                         closed("[2001:db8::2]:443", Reason::timeout, ipv6)}));
  EXPECT_EQ(diagnosis().cause, Cause::some_addresses);
}

TEST_F(Diagnosing, AResolverThatKnowsNoSuchNameWhileAnotherCannotSayIsNotAlone) {
  fail(Reason::nxdomain, Phase::dns);
  see(seen({fails("", Reason::nxdomain), fails("192.0.2.53", Reason::servfail)}));
  EXPECT_EQ(diagnosis().cause, Cause::name);
  EXPECT_EQ(diagnosis().confidence, Confidence::medium);
  EXPECT_EQ(diagnosis().verdict, "DNS: name does not exist; another resolver: name server failed");
}

TEST_F(Diagnosing, EvidenceOfSomethingElseLeavesWhatTheFailureTells) {
  fail(Reason::nxdomain, Phase::dns);
  see(seen({}));
  EXPECT_EQ(diagnosis().verdict, "DNS: name does not exist");
  fail(Reason::timeout, Phase::connect);
  view_.reachability = {0, 1};
  EXPECT_EQ(diagnosis().confidence, Confidence::medium) << "its checks fail alike, but nobody looked at the port";
  view_.on_host = {0, 1};
  EXPECT_EQ(diagnosis().confidence, Confidence::medium);
  see(seen({knows("")}, {closed("192.0.2.1:443", Reason::timeout)}));
  EXPECT_EQ(diagnosis().confidence, Confidence::high);
}

TEST_F(Diagnosing, AWrongAnswerWhoseReachabilityIsMixedStaysTheApplications) {
  fail(Reason::timeout, Phase::first_byte);
  view_.reachability = {1, 1};
  EXPECT_EQ(diagnosis().cause, Cause::application);
  EXPECT_EQ(diagnosis().confidence, Confidence::medium);
  EXPECT_FALSE(has(diagnosis().ruled_out, "reachability"));
  view_.reachability = {0, 1};
  view_.on_host = {1, 1};
  fail(Reason::body_mismatch, Phase::judge);
  EXPECT_EQ(diagnosis().cause, Cause::application) << "it did answer";
  EXPECT_EQ(diagnosis().confidence, Confidence::medium) << "of its neighbours some are fine";
}

TEST_F(Diagnosing, ACertificateThatIsNotYetValidHasNoAge) {
  fail(Reason::tls_expired, Phase::tls);
  failure_.certificate_expiry = wall_s(90'000);
  EXPECT_EQ(diagnosis().verdict, "TLS: the certificate is not valid at this time");
}

TEST_F(Diagnosing, EveryFaultOfACertificateHasItsWords) {
  for (const auto& [reason, words] : {std::pair{Reason::tls_self_signed, "signed by itself alone"},
                                      {Reason::tls_untrusted, "no authority that is trusted here"},
                                      {Reason::tls_wrong_host, "for other names"},
                                      {Reason::tls_failure, "the handshake failed"}}) {
    fail(reason, Phase::tls);
    EXPECT_NE(diagnosis().verdict.find(words), std::string::npos) << diagnosis().verdict;
    EXPECT_EQ(diagnosis().cause == Cause::certificate, reason != Reason::tls_failure);
  }
  fail(Reason::tls_wrong_host, Phase::tls);
  Evidence evidence;
  evidence.usual_certificate = certificate(wall_s(9'000), "aa", "CN=CA");
  evidence.certificate = certificate(wall_s(9'000), "bb", "CN=CA");
  evidence.certificate->names.clear();
  evidence.certificate->chain_length = 1;
  see(evidence);
  EXPECT_TRUE(has(diagnosis().seen, "its names: CN=shop.example")) << "the subject stands in for them";
  EXPECT_TRUE(has(diagnosis().seen, "a chain of 1, before of 2"));
}

TEST_F(Diagnosing, EveryWrongAnswerHasItsWords) {
  for (const auto& [reason, phase, words] :
       {std::tuple{Reason::timeout, Phase::transfer, "its answer began and did not end in time"},
        {Reason::timeout, Phase::first_byte, "does not answer in time"},
        {Reason::reset, Phase::first_byte, "ended the connection before"},
        {Reason::truncated, Phase::transfer, "ended the connection before"},
        {Reason::body_mismatch, Phase::judge, "unexpected content"}}) {
    fail(reason, phase);
    EXPECT_NE(diagnosis().verdict.find(words), std::string::npos) << diagnosis().verdict;
  }
  view_.on_host = {0, 2};
  EXPECT_EQ(diagnosis().confidence, Confidence::low) << "something that they share";
}

TEST_F(Diagnosing, ACheckOfReachabilityHearsOfTheApplication) {
  check_.role = Role::reachability;
  fail(Reason::timeout, Phase::connect);
  view_.application = {1, 0};
  EXPECT_TRUE(has(diagnosis().seen, "checks of its application answer all the same"));
  view_.application = {};
  EXPECT_TRUE(diagnosis().seen.empty());
}

TEST_F(Diagnosing, EveryCauseAndConfidenceHasAName) {
  std::set<std::string_view> names;
  for (const Cause cause : {Cause::name, Cause::resolver, Cause::no_listener, Cause::some_addresses,
                            Cause::address_family, Cause::unreachable, Cause::certificate, Cause::encryption,
                            Cause::application, Cause::slowness, Cause::passed, Cause::unclear})
    names.insert(to_string(cause));
  for (const Confidence confidence : {Confidence::low, Confidence::medium, Confidence::high})
    names.insert(to_string(confidence));
  EXPECT_EQ(names.size(), 15U);
}

}  // namespace
}  // namespace allclear::diagnose_test
