#include "adapters/notify/event.h"

#include <gtest/gtest.h>

#include "adapters/notify/http_channel.h"
#include "base/json.h"
#include "tests/support/sample_notice.h"

namespace allclear::notify {
namespace {

using std::chrono::minutes;

using testing_support::noon;

Notice notice_of(const std::string& hostile = "did not answer in time") {
  Notice notice;
  notice.alert.id = AlertId("0123456789abcdef0123456789abcdef");
  notice.alert.service = ServiceId("shop");
  notice.alert.ordinal = 2;
  notice.alert.step = IncidentStep::resolved;
  notice.alert.created_at = noon();
  notice.incident.id = IncidentId("01INCIDENT");
  notice.incident.service = ServiceId("shop");
  notice.incident.title = "Shop is down";
  notice.incident.worst = Verdict::down;
  notice.incident.severity = Severity::major;
  notice.incident.state = IncidentState::resolved;
  notice.incident.reason = Reason::timeout;
  notice.incident.opened_at = noon() - minutes(5);
  notice.incident.resolved_at = noon();
  notice.incident.timeline = {
      {1, noon() - minutes(4), IncidentStep::opened, IncidentState::investigating, hostile, "10.0.0.1 secret", ""},
      {2, noon(), IncidentStep::resolved, IncidentState::resolved, "Shop is up again after 5 min", "", ""}};
  notice.page_url = "https://status.example.com";
  return notice;
}

Json rendered(const Notice& notice) {
  auto event = parse_json(render_event(notice));
  EXPECT_TRUE(event) << event.error().message;
  return event.value_or(Json());
}

TEST(Event, IsACloudEventWithTheContractsData) {
  const Json event = rendered(notice_of());
  EXPECT_EQ(event["specversion"], "1.0");
  EXPECT_EQ(event["id"], "0123456789abcdef0123456789abcdef");
  EXPECT_EQ(event["type"], "dev.allclear.incident.resolved");
  EXPECT_EQ(event["subject"], "shop");
  EXPECT_EQ(event["time"], "2026-11-20T12:00:00Z");
  const Json& data = event["data"];
  EXPECT_EQ(data["service"]["name"], "shop") << "the config no longer names it";
  EXPECT_EQ(data["service"]["state"], "up");
  EXPECT_EQ(data["incident"]["duration_s"], 300);
  EXPECT_EQ(data["incident"]["updates"].size(), 2U);
  EXPECT_EQ(data["transition"]["text"], "Shop is up again after 5 min");
  EXPECT_TRUE(data["diagnosis"].is_null());
  EXPECT_EQ(data["links"]["page"], "https://status.example.com/");
  EXPECT_TRUE(data["links"]["incident"].is_null()) << "the config no longer names the service";
  Notice paused = notice_of();
  paused.incident.unwatched = true;
  EXPECT_EQ(rendered(paused)["data"]["service"]["state"], "unknown");
}

TEST(Event, EveryStepHasATextAndLeadsToItsIncident) {
  for (const IncidentStep step : testing_support::every_step) {
    const Json data = rendered(testing_support::sample_notice(step))["data"];
    EXPECT_FALSE(data["transition"]["text"].get<std::string>().empty()) << to_string(step);
    EXPECT_EQ(data["links"]["incident"], "https://status.example.com/incidents/01JD4Z8Q2W9N5T0V7X3Y6B1CMK.html");
  }
  const Json acknowledged = rendered(testing_support::sample_notice(IncidentStep::acknowledged));
  EXPECT_EQ(acknowledged["data"]["transition"]["text"], "anna looks after it");
}

TEST(Event, AReopenedOneLastedWithoutTheCalmBetween) {
  Notice notice = notice_of();
  notice.incident.calm = minutes(3);
  EXPECT_EQ(rendered(notice)["data"]["incident"]["duration_s"], 120);
}

TEST(Event, AReopeningIsAnOpening) {
  const auto of = [](const ServiceId& service, const ChannelId& group = {}) {
    Incident incident;
    incident.service = service;
    incident.group = group;
    return incident;
  };
  EXPECT_EQ(event_type(of(monitor_service(), ChannelId("ops")), IncidentStep::opened), "dev.allclear.group");
  EXPECT_EQ(event_type(of(ServiceId("shop")), IncidentStep::reopened), "dev.allclear.incident.opened");
  EXPECT_EQ(event_type(of(ServiceId("shop")), IncidentStep::escalated), "dev.allclear.incident.escalated");
  EXPECT_EQ(event_type(of(monitor_service()), IncidentStep::opened), "dev.allclear.monitor.blind");
  EXPECT_EQ(event_type(of(monitor_service()), IncidentStep::resolved), "dev.allclear.incident.resolved");
  Incident refusal = of(monitor_service());
  refusal.refusing = ChannelId("pager");
  EXPECT_EQ(event_type(refusal, IncidentStep::opened), "dev.allclear.monitor.dead_letters");
  EXPECT_EQ(event_type(refusal, IncidentStep::resolved), "dev.allclear.incident.resolved");
}

TEST(Event, S17_S23_ForeignTextStaysTextAndEvidenceStaysHere) {
  const std::string hostile = "\"},\"x\":\"\r\nBcc: a\xff<script>";
  const std::string text = render_event(notice_of(hostile));
  EXPECT_EQ(text.find('\n'), std::string::npos);
  EXPECT_EQ(text.find("secret"), std::string::npos);
  const auto event = parse_json(text);
  ASSERT_TRUE(event) << event.error().message;
  EXPECT_EQ((*event)["data"]["incident"]["updates"][0]["body"], "\"},\"x\":\"\r\nBcc: a\ufffd<script>");
  EXPECT_FALSE(event->contains("x"));
}

TEST(Webhook, R5_HowLongToWaitMayStandInTheBodyToo) {
  const auto wait = [](const std::string& body) {
    net::HttpAnswer answer;
    answer.status = 429;
    answer.body = body;
    return judge_answer(answer, noon()).retry_after;
  };
  EXPECT_EQ(wait(R"({"message": "You are being rate limited.", "retry_after": 0.65, "global": false})"),
            milliseconds(650));
  EXPECT_EQ(wait(R"({"ok": false, "error_code": 429, "parameters": {"retry_after": 35}})"), seconds(35));
  for (const char* odd :
       {R"({"retry_after": "soon"})", R"({"retry_after": -5})", "[1]", R"({"parameters": []})", "retry_after: 5", ""}) {
    EXPECT_EQ(wait(odd), milliseconds(0)) << odd;
  }
  EXPECT_EQ(wait(R"({"retry_after": 1e300})"), seconds(1'000'000));
}

TEST(Webhook, S7_ASecretThatIsACommonWordTearsNothingOfOurs) {
  const std::vector<std::string> secrets = {"wrong", "hunter22hunter22"};
  net::HttpAnswer answer;
  answer.status = 403;
  answer.body = "wrong is wrong";
  EXPECT_EQ(judge_answer(answer, noon(), {}, secrets).answer, "403 (is the address or the secret wrong?): *** is ***");
  answer.body = std::string(290, 'x') + "hunter22hunter22";
  EXPECT_EQ(judge_answer(answer, noon(), {}, secrets).answer.find("hunter"), std::string::npos)
      << "nor the half of one where the answer is cut";
}

TEST(Webhook, WhatToLookAtIsSaidInWords) {
  net::HttpAnswer answer;
  answer.status = 403;
  EXPECT_EQ(judge_answer(answer, noon()).answer, "403 (is the address or the secret wrong?)");
  answer.status = 400;
  answer.body = R"({"status":"invalid event","errors":["Invalid routing key"]})";
  Advice advice;
  advice.malformed = "is the routing key right?";
  EXPECT_EQ(judge_answer(answer, noon(), advice).answer, "400 (is the routing key right?): " + answer.body);
}

TEST(HttpChannel, S7_AnAddressThatIsASecretIsHiddenWholeAndInParts) {
  const auto secrets = secrets_of_url("https://hooks.slack.com/services/T0/B0/abcdef");
  EXPECT_EQ(hide("POST /services/T0/B0/abcdef to https://hooks.slack.com/services/T0/B0/abcdef", secrets),
            "POST *** to ***");
  EXPECT_TRUE(secrets_of_url("http://127.0.0.1:1234/").empty());
}

Delivery judged(int status, const std::string& retry_after = "", const std::string& body = "",
                const std::string& date = "") {
  net::HttpAnswer answer;
  answer.status = status;
  answer.body = body;
  if (!retry_after.empty()) answer.headers.push_back({"Retry-After", retry_after});
  if (!date.empty()) answer.headers.push_back({"Date", date});
  return judge_answer(answer, noon());
}

TEST(Webhook, R5_WhatAnAnswerMeans) {
  for (const int status : {200, 201, 202, 204}) EXPECT_EQ(judged(status).outcome, DeliveryOutcome::sent) << status;
  for (const int status : {408, 425, 429, 500, 502, 503, 504}) {
    EXPECT_EQ(judged(status).outcome, DeliveryOutcome::retry_after) << status;
  }
  for (const int status : {301, 302, 400, 401, 403, 404, 410, 413, 422}) {
    EXPECT_EQ(judged(status).outcome, DeliveryOutcome::rejected) << status;
  }
  EXPECT_EQ(judged(429, "120").retry_after, std::chrono::seconds(120));
  for (const char* odd : {"-1", "soon", "1.5", "99999999999999999999 s", ""}) {
    EXPECT_EQ(judged(429, odd).retry_after, milliseconds(0)) << odd;
  }
  for (const char* endless : {"2147483647", "9223372036854775808", "99999999999999999999", "1000001"}) {
    EXPECT_EQ(judged(429, endless).retry_after, seconds(1'000'000)) << endless << ": no less than the longest wait";
  }
  EXPECT_EQ(judged(400, "", "no\r\nsuch \x1b[31mfield").answer.find('\n'), std::string::npos);
  EXPECT_LE(judged(500, "", std::string(10'000, 'a')).answer.size(), 320U);
}

TEST(Webhook, R5_RetryAfterMayBeADateOfTheReceiversClock) {
  const auto wait = [](const std::string& retry_after, const std::string& date = "") {
    return judged(503, retry_after, "", date).retry_after;
  };
  EXPECT_EQ(wait("Fri, 20 Nov 2026 12:02:00 GMT"), minutes(2)) << "by our clock, which stands at noon";
  EXPECT_EQ(wait("Sun, 22 Nov 2026 18:03:50 GMT", "Sun, 22 Nov 2026 18:03:00 GMT"), seconds(50));
  EXPECT_EQ(wait("Fri, 20 Nov 2026 12:02:00 GMT", "yesterday"), minutes(2));
  EXPECT_EQ(wait("Fri, 20 Nov 2026 11:59:00 GMT"), milliseconds(0)) << "it is over";
  EXPECT_EQ(wait("Fri, 20 Nov 2026 12:02:00 GMT", "Fri, 20 Nov 2026 12:03:00 GMT"), milliseconds(0));
  for (const char* odd :
       {"Sat, 20 Nov 2026 12:02:00 GMT", "Fri, 20 Nov 2026 24:02:00 GMT", "Fri, 20 Foo 2026 12:02:00 GMT",
        "Fri, 20 Nov 2026 12:02:00 CET", "Fri, 20 Nov 2026 1x:02:00 GMT", "Mon, 31 Nov 2026 12:02:00 GMT",
        "Friday, 20-Nov-26 12:02:00 GMT"}) {
    EXPECT_EQ(wait(odd), milliseconds(0)) << odd;
  }
  EXPECT_EQ(wait("Fri, 19 Nov 9999 12:02:00 GMT"), seconds(1'000'000));
}

}  // namespace
}  // namespace allclear::notify
