// S6: where a redirect may lead, through the real client. Loopback plays both sides of the border: 127.0.0.1 is the
// private network, every other address of 127/8 is the Internet.
#include <optional>

#include <boost/asio/co_spawn.hpp>
#include <gtest/gtest.h>

#include "net/http_client.h"
#include "tests/support/dns_server.h"
#include "tests/support/scripted_server.h"

namespace allclear::test {
namespace {

const std::string inside_address = "127.0.0.1";
const std::string internet_address = "127.0.0.2";
const std::string fine = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

net::AddressScope scope_here(const boost::asio::ip::address& address) {
  return address.to_string() == inside_address ? net::AddressScope::internal : net::AddressScope::open;
}

std::string url_of(const std::string& host, const ScriptedServer& server) {
  return "http://" + host + ":" + std::to_string(server.port()) + "/";
}

// Answers every request on a connection.
ScriptedServer::Script always(const std::string& answer) {
  return [answer](Conversation& conversation) {
    while (!conversation.read_until().empty() && conversation.send(answer)) {
    }
  };
}

std::string redirect_to(const std::string& location) {
  return "HTTP/1.1 302 Found\r\nLocation: " + location + "\r\nContent-Length: 0\r\n\r\n";
}

class RedirectPolicy : public testing::Test {
 protected:
  RedirectPolicy()
      : network_(loop_, std::make_shared<net::TlsContexts>()),
        policy_(net::InternalAddresses::allowed, {}, scope_here),
        client_(network_) {}

  net::HttpCall call_to(const std::string& url) const {
    net::HttpCall call;
    call.url = *net::parse_http_url(url);
    call.policy = &policy_;
    return call;
  }
  net::HttpReport ask(const net::HttpCall& call) {
    std::optional<net::HttpReport> report;
    boost::asio::co_spawn(loop_, client_.exchange(call, net::monotonic_now() + std::chrono::seconds(5)),
                          [&](const std::exception_ptr& failed, net::HttpReport seen) {
                            if (failed) std::rethrow_exception(failed);
                            report = std::move(seen);
                          });
    loop_.restart();
    while (!report && loop_.run_one() > 0) {
    }
    return std::move(*report);
  }
  net::HttpReport ask(const std::string& url) { return ask(call_to(url)); }

  static void expect_blocked(const net::HttpReport& report) {
    ASSERT_TRUE(report.fault);
    EXPECT_EQ(report.fault->kind, net::FaultKind::blocked_address) << report.fault->detail;
    EXPECT_EQ(report.fault->phase, net::FaultPhase::connect);
    EXPECT_TRUE(report.fault->detail.starts_with("redirected to http://")) << report.fault->detail;
    EXPECT_TRUE(report.fault->detail.ends_with(": redirects from the Internet to 127.0.0.1 are not allowed"));
  }
  static void expect_arrived(const net::HttpReport& report, std::size_t redirects) {
    ASSERT_FALSE(report.fault) << report.fault->detail;
    EXPECT_EQ(report.answer->status, 200);
    EXPECT_EQ(report.redirects.size(), redirects);
  }

  boost::asio::io_context loop_{1};
  net::NetworkLoop network_;
  net::AddressPolicy policy_;
  net::HttpClient client_;
};

TEST_F(RedirectPolicy, S6_TheInternetCannotLeadIntoThePrivateNetwork) {
  const ScriptedServer inside(always(fine), inside_address);
  const ScriptedServer outside(always(redirect_to(url_of(inside_address, inside))), internet_address);
  expect_blocked(ask(url_of(internet_address, outside)));
  EXPECT_EQ(inside.connections(), 0);
}

TEST_F(RedirectPolicy, S6_ButIntoARangeThatTheOperatorListed) {
  const ScriptedServer inside(always(fine), inside_address);
  const ScriptedServer outside(always(redirect_to(url_of(inside_address, inside))), internet_address);
  policy_ =
      net::AddressPolicy(net::InternalAddresses::allowed, {*net::AddressRange::parse(inside_address)}, scope_here);
  expect_arrived(ask(url_of(internet_address, outside)), 1);
}

TEST_F(RedirectPolicy, S6_NorByWayOfAnotherHostOnTheInternet) {
  const ScriptedServer inside(always(fine), inside_address);
  const ScriptedServer second(always(redirect_to(url_of(inside_address, inside))), "127.0.0.3");
  const ScriptedServer first(always(redirect_to(url_of("127.0.0.3", second))), internet_address);
  const net::HttpReport report = ask(url_of(internet_address, first));
  expect_blocked(report);
  EXPECT_EQ(report.redirects.size(), 2U);
  EXPECT_EQ(inside.connections(), 0);
}

TEST_F(RedirectPolicy, S6_ATargetInsideMayLeadAnywhere) {
  const ScriptedServer last(always(fine), inside_address);
  const ScriptedServer outside(always(redirect_to(url_of(inside_address, last))), internet_address);
  const ScriptedServer first(always(redirect_to(url_of(internet_address, outside))), inside_address);
  expect_arrived(ask(url_of(inside_address, first)), 2);
}

TEST_F(RedirectPolicy, OnTheInternetRedirectsAreFollowed) {
  const ScriptedServer second(always(fine), "127.0.0.3");
  const ScriptedServer first(always(redirect_to(url_of("127.0.0.3", second))), internet_address);
  expect_arrived(ask(url_of(internet_address, first)), 1);
}

// A name server on a private address, as most are.
DnsReply addresses(std::initializer_list<std::string> texts, std::uint32_t ttl_s = 0) {
  DnsReply reply;
  for (const std::string& text : texts) reply.answers.push_back({1, ttl_s, dns_address(text)});
  return reply;
}

TEST_F(RedirectPolicy, S6_NamesAreJudgedByTheirAddressAndTheResolverIsNot) {
  const ScriptedServer inside(always(fine), inside_address);
  const ScriptedServer second(always(fine), "127.0.0.3");
  std::string location;
  const ScriptedServer first(
      [&](Conversation& conversation) {
        conversation.read_until();
        conversation.send(redirect_to(location));
      },
      internet_address);
  const DnsServer dns([](const DnsQuestion& question) {
    if (question.type != 1) return DnsReply{};
    if (question.name == "inside.test") return addresses({inside_address});
    return addresses({question.name == "second.test" ? "127.0.0.3" : internet_address});
  });
  net::HttpCall call = call_to(url_of("first.test", first));
  const std::string resolver = dns.address();
  call.resolver = resolver;
  location = url_of("second.test", second);
  expect_arrived(ask(call), 1);
  location = url_of("inside.test", inside);
  expect_blocked(ask(call));
  EXPECT_EQ(inside.connections(), 0);
}

TEST_F(RedirectPolicy, S6_ANameWithBothAddressesKeepsItsPublicOne) {
  const ServersOnOnePort both(always(fine), "127.0.0.3", always(fine), inside_address);
  const ScriptedServer first(always(redirect_to(url_of("both.test", *both.first))), internet_address);
  const DnsServer dns([](const DnsQuestion& question) {
    return question.type == 1 ? addresses({inside_address, "127.0.0.3"}) : DnsReply{};
  });
  net::HttpCall call = call_to(url_of(internet_address, first));
  const std::string resolver = dns.address();
  call.resolver = resolver;
  expect_arrived(ask(call), 1);
  EXPECT_EQ(both.first->connections(), 1);
  EXPECT_EQ(both.second->connections(), 0);
}

TEST_F(RedirectPolicy, S6_TheSameNameThatMovesInsideBetweenTwoHopsIsRefused) {
  const ServersOnOnePort both(always(redirect_to("/next")), internet_address, always(fine), inside_address);
  int asked = 0;
  const DnsServer dns([&](const DnsQuestion& question) {
    if (question.type != 1) return DnsReply{};
    return addresses({asked++ == 0 ? internet_address : inside_address});
  });
  net::HttpCall call = call_to(url_of("rebinding.test", *both.first));
  const std::string resolver = dns.address();
  call.resolver = resolver;
  call.family = net::IpFamily::ipv4;
  expect_blocked(ask(call));
  EXPECT_EQ(both.second->connections(), 0);
}

TEST_F(RedirectPolicy, S6_AKeptConnectionIsNoWayAroundIt) {
  const ScriptedServer inside(always(fine), inside_address);
  const ScriptedServer first(always(redirect_to(url_of(inside_address, inside))), inside_address);
  const ScriptedServer outside(always(redirect_to(url_of(inside_address, inside))), internet_address);
  for (const ScriptedServer* start : {&first, &outside}) {
    net::HttpCall call = call_to(url_of(start == &first ? inside_address : internet_address, *start));
    call.connection = net::ConnectionUse::kept_alive;
    const net::HttpReport report = ask(call);
    start == &first ? expect_arrived(report, 1) : expect_blocked(report);
  }
  EXPECT_EQ(inside.connections(), 1);
}

TEST_F(RedirectPolicy, BehindAProxyTheChecksOwnPolicyDecides) {
  const ScriptedServer proxy(
      [](Conversation& conversation) {
        const bool again = conversation.read_until().starts_with("GET http://inside.test/");
        conversation.send(again ? fine : redirect_to("http://inside.test/"));
      },
      internet_address);
  net::HttpCall call = call_to("http://web.test/");
  call.proxy = net::HttpUrl{net::HttpScheme::http, internet_address, proxy.port(), "/"};
  expect_arrived(ask(call), 1);
}

}  // namespace
}  // namespace allclear::test
