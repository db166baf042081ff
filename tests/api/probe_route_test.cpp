// /probe: who may ask what, and what Prometheus reads.
#include "adapters/api/probe_route.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/json.h"

namespace allclear::api::probe_route_test {
namespace {

using testing::HasSubstr;
using testing::Not;

class Asked final : public net::Responder {
 public:
  explicit Asked(std::optional<net::HttpResponse>& answer) : answer_(answer) {}
  void respond(Make make) override { answer_ = make(); }

 private:
  std::optional<net::HttpResponse>& answer_;
};

class ProbeRoute : public testing::Test {
 protected:
  net::HttpResponse ask(std::vector<std::pair<std::string, std::string>> query,
                        std::vector<net::HttpField> headers = {}) {
    net::HttpRequest request;
    request.method = "GET";
    request.path = "/probe";
    request.query = std::move(query);
    request.headers = std::move(headers);
    request.client_address = client_;
    net::Reply reply = api_.handle(request);
    if (auto* now = std::get_if<net::HttpResponse>(&reply)) return std::move(*now);
    std::optional<net::HttpResponse> answer;
    std::get<net::Later>(reply)(std::make_shared<Asked>(answer));
    return answer.value_or(net::HttpResponse{});
  }
  static std::string error_of(const net::HttpResponse& answer) {
    return parse_json(*answer.body)->at("errors").at(0).at("detail").get<std::string>();
  }

  std::string client_ = "10.1.2.3";
  std::vector<ProbeQuestion> questions_;
  Result<ProbeSighting> seen_ = ProbeSighting{};
  std::vector<std::function<void(Result<ProbeSighting>)>> waiting_;
  bool wait_ = false;
  ProbeApi api_{{},
                {{*net::AddressRange::parse("10.0.0.0/8")},
                 [this](const ProbeQuestion& question, std::function<void(Result<ProbeSighting>)> done) {
                   questions_.push_back(question);
                   wait_ ? waiting_.push_back(std::move(done)) : done(seen_);
                 }}};
};

ProbeSighting answered() {
  ProbeSighting seen;
  seen.observation.total = microseconds(12'500);
  seen.observation.address = "192.0.2.1:443";
  seen.observation.timings.dns = microseconds(1'000);
  seen.observation.timings.first_byte = microseconds(8'000);
  HttpFacts http;
  http.status = 200;
  http.body = "hello";
  http.final_url = "https://example.com/";
  seen.observation.facts = http;
  seen.observation.certificate = CertificateFacts{};
  seen.observation.certificate->earliest_expiry = WallTime(milliseconds(1'800'000'000'000));
  seen.result.verdict = Verdict::up;
  seen.result.reason = Reason::ok;
  return seen;
}

TEST_F(ProbeRoute, WhatAModuleAsks) {
  seen_ = answered();
  EXPECT_EQ(ask({{"target", "example.com"}}).status, 200);
  EXPECT_EQ(questions_.back().url, "http://example.com");
  EXPECT_EQ(questions_.back().timeout, milliseconds(10'000));
  ask({{"target", "https://example.com/x"}, {"module", "http_post_2xx"}},
      {{"X-Prometheus-Scrape-Timeout-Seconds", "5"}});
  EXPECT_EQ(questions_.back().url, "https://example.com/x");
  EXPECT_EQ(questions_.back().method, "POST");
  EXPECT_EQ(questions_.back().timeout, milliseconds(4'500));
  ask({{"target", "db:5432"}, {"module", "tcp_connect"}}, {{"X-Prometheus-Scrape-Timeout-Seconds", "60"}});
  EXPECT_EQ(questions_.back().url, "tcp://db:5432");
  EXPECT_EQ(questions_.back().timeout, milliseconds(14'000)) << "the server waits no longer";
  ask({{"target", "192.0.2.1"}, {"module", "icmp"}});
  EXPECT_EQ(questions_.back().url, "icmp://192.0.2.1");
}

TEST_F(ProbeRoute, WhatIsWrongIsNamed) {
  EXPECT_THAT(error_of(ask({})), HasSubstr("expected a host"));
  EXPECT_THAT(error_of(ask({{"target", ""}})), HasSubstr("expected a host"));
  EXPECT_THAT(error_of(ask({{"target", "x"}, {"module", "dns_udp"}})),
              HasSubstr("http_2xx, http_post_2xx, tcp_connect"));
  EXPECT_THAT(error_of(ask({{"target", "https://x"}, {"module", "tcp_connect"}})), HasSubstr("no such scheme"));
  EXPECT_THAT(error_of(ask({{"target", "x"}}, {{"X-Prometheus-Scrape-Timeout-Seconds", "nan"}})), HasSubstr("seconds"));
  EXPECT_EQ(ask({{"target", "x"}, {"target", "y"}}).status, 400);
  EXPECT_TRUE(questions_.empty());
  seen_ = failure("expected a host name");
  const auto answer = ask({{"target", "a b"}});
  EXPECT_EQ(answer.status, 400);
  EXPECT_EQ(error_of(answer), "expected a host name");
}

TEST_F(ProbeRoute, OnlyWhomTheConfigNames) {
  client_ = "192.0.2.9";
  EXPECT_EQ(ask({{"target", "example.com"}}).status, 403);
  client_ = "nonsense";
  EXPECT_EQ(ask({{"target", "example.com"}}).status, 403);
  EXPECT_TRUE(questions_.empty());
  ProbeApi off{{}, {}};
  EXPECT_EQ(std::get<net::HttpResponse>(off.handle({})).status, 404);
}

TEST_F(ProbeRoute, WhatPrometheusReads) {
  seen_ = answered();
  const auto answer = ask({{"target", "https://example.com/"}});
  for (const char* line :
       {"probe_success 1\n", "probe_duration_seconds 0.0125\n", "probe_http_status_code 200\n", "probe_http_ssl 1\n",
        "probe_ip_protocol 4\n", "probe_http_duration_seconds{phase=\"processing\"} 0.008\n",
        "probe_dns_lookup_time_seconds 0.001\n", "probe_ssl_earliest_cert_expiry 1800000000\n",
        "probe_http_uncompressed_body_length 5\n", "allclear_probe_info{state=\"up\",reason=\"ok\"} 1\n"})
    EXPECT_THAT(*answer.body, HasSubstr(line));
}

TEST_F(ProbeRoute, ATargetThatFailsIsAnAnswerAFaultOfOursIsNone) {
  seen_->result.verdict = Verdict::down;
  seen_->result.reason = Reason::refused;
  const auto down = ask({{"target", "example.com"}});
  EXPECT_EQ(down.status, 200);
  EXPECT_THAT(*down.body, HasSubstr("probe_success 0\n"));
  EXPECT_THAT(*down.body, HasSubstr("reason=\"refused\""));
  EXPECT_THAT(*down.body, Not(HasSubstr("probe_http")));
  seen_->result.verdict = Verdict::unknown;
  EXPECT_EQ(ask({{"target", "example.com"}}).status, 503);
}

TEST_F(ProbeRoute, AtMostAHundredAtOnceAlsoWhenWhoAskedHasGone) {
  wait_ = true;
  for (int i = 0; i < 100; ++i) ask({{"target", "example.com"}});
  EXPECT_EQ(ask({{"target", "example.com"}}).status, 503);
  EXPECT_EQ(questions_.size(), 100U);
  waiting_.clear();  // dropped: nobody was answered
  wait_ = false;
  seen_ = answered();
  EXPECT_EQ(ask({{"target", "example.com"}}).status, 200);
}

}  // namespace
}  // namespace allclear::api::probe_route_test
