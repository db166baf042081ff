// What each operator's route does with what stands.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/api/operators_fixture.h"

namespace allclear::api {
namespace {

using test::header_of;
using test::json_of;
using test::OperatorsUnderTest;
using testing::HasSubstr;

const Delivery refused{DeliveryOutcome::rejected, milliseconds(0), "401 (is the address or the secret wrong?)"};
const Delivery accepted{DeliveryOutcome::sent, milliseconds(0), "200"};

std::vector<std::string> ids(const Json& list) {
  std::vector<std::string> found;
  for (const Json& one : list) found.push_back(one["id"]);
  return found;
}
using Ids = std::vector<std::string>;

TEST(AlertsRoute, R5_TheLedgerTellsEveryTry) {
  OperatorsUnderTest api;
  api.owe("shop", "hook", refused);
  const Json page = api.json("/api/v1/alerts");
  ASSERT_EQ(page["alerts"].size(), 1U);
  EXPECT_EQ(page["next"], nullptr);
  const Json& alert = page["alerts"][0];
  EXPECT_EQ(alert["id"], "shop-hook");
  EXPECT_EQ(alert["incident"], "incident-shop");
  EXPECT_EQ(alert["service"], "shop");
  EXPECT_EQ(alert["step"], "opened");
  EXPECT_EQ(alert["channel"], "hook");
  EXPECT_EQ(alert["state"], "dead");
  EXPECT_EQ(alert["created_at"], "2026-11-20T09:00:12Z");
  EXPECT_EQ(alert["due_at"], nullptr);
  EXPECT_EQ(alert["try_count"], 1);
  ASSERT_EQ(alert["tries"].size(), 1U);
  EXPECT_EQ(alert["tries"][0],
            (Json{{"number", 1}, {"at", "2026-11-20T09:00:12Z"}, {"outcome", "rejected"}, {"answer", refused.answer}}));
}

TEST(AlertsRoute, IsNarrowedAndPaged) {
  OperatorsUnderTest api;
  api.owe("a", "hook", refused);
  api.clock.pass(seconds(1));
  api.owe("b", "hook", accepted);
  api.clock.pass(seconds(1));
  api.owe("c", "mail", std::nullopt);
  EXPECT_EQ(ids(api.json("/api/v1/alerts")["alerts"]), (Ids{"c-mail", "b-hook", "a-hook"}));
  EXPECT_EQ(ids(api.json("/api/v1/alerts?state=dead")["alerts"]), Ids{"a-hook"});
  EXPECT_EQ(ids(api.json("/api/v1/alerts?state=owed,sent")["alerts"]), (Ids{"c-mail", "b-hook"}));
  EXPECT_EQ(ids(api.json("/api/v1/alerts?channel=mail")["alerts"]), Ids{"c-mail"});
  EXPECT_EQ(ids(api.json("/api/v1/alerts?service=b&incident=incident-b")["alerts"]), Ids{"b-hook"});
  EXPECT_EQ(ids(api.json("/api/v1/alerts?service=nobody")["alerts"]), Ids{});
  const Json first = api.json("/api/v1/alerts?limit=2");
  EXPECT_EQ(ids(first["alerts"]), (Ids{"c-mail", "b-hook"}));
  const Json second = api.json("/api/v1/alerts?limit=2&cursor=" + first["next"].get<std::string>());
  EXPECT_EQ(ids(second["alerts"]), Ids{"a-hook"});
  EXPECT_EQ(second["next"], nullptr);
}

std::vector<std::string> wrong_members(const net::HttpResponse& answer) {
  std::vector<std::string> named;
  const Json problem = json_of(answer);
  for (const Json& error : problem["errors"]) named.push_back(error["parameter"]);
  return named;
}

TEST(IncidentsRoute, APersonOpensOne) {
  OperatorsUnderTest api;
  api.operations.result.incident = api.open_incident("shop", api.clock.at.wall);
  const auto answer = api.post("/api/v1/incidents", "write",
                               R"({"title":"Payments are slow","services":["shop","mail","shop"],"severity":"major",)"
                               R"("state":"identified","body":"We look\ninto it."})");
  EXPECT_EQ(answer.status, 201);
  EXPECT_EQ(header_of(answer, "Location"), "/api/v1/incidents/" + json_of(answer)["id"].get<std::string>());
  ASSERT_EQ(api.operations.asked.size(), 1U);
  const auto& wanted = std::get<OpenIncident>(api.operations.asked[0].action);
  EXPECT_EQ(wanted.title, "Payments are slow");
  EXPECT_EQ(wanted.services, (std::vector{ServiceId("shop"), ServiceId("mail")}));
  EXPECT_EQ(wanted.severity, Severity::major);
  EXPECT_EQ(wanted.state, IncidentState::identified);
  EXPECT_EQ(wanted.body, "We look\ninto it.");
  EXPECT_EQ(api.operations.asked[0].who, "write");
}

TEST(IncidentsRoute, EveryMemberThatIsWrongIsNamed) {
  OperatorsUnderTest api;
  auto answer = api.post("/api/v1/incidents", "write",
                         R"({"title":"","services":[],"severity":"bad","state":"resolved","body":7,"x":1})");
  EXPECT_EQ(answer.status, 422);
  EXPECT_THAT(wrong_members(answer),
              testing::UnorderedElementsAre("title", "services", "severity", "state", "body", "x"));
  answer = api.post("/api/v1/incidents/i/updates", "write",
                    R"({"body":" \n","visibility":"internal","state":"monitoring"})");
  EXPECT_THAT(wrong_members(answer), testing::UnorderedElementsAre("body", "state"));
  answer = api.post("/api/v1/incidents/i/updates", "write", R"({"visibility":"secret","title":"a\u0007"})");
  EXPECT_EQ(answer.status, 422);
  EXPECT_THAT(wrong_members(answer), testing::UnorderedElementsAre("body", "visibility", "title"));
  EXPECT_EQ(api.post("/api/v1/incidents/i/updates", "write", "{\"body\":\"" + std::string(4'097, 'x') + "\"}").status,
            422);
  EXPECT_EQ(api.post("/api/v1/incidents/i/resolve", "write", R"({"body":"a\u001b[2J"})").status, 422);
  EXPECT_EQ(api.post("/api/v1/incidents/i/reopen", "write", "[]").status, 422);
  EXPECT_EQ(api.post("/api/v1/incidents", "write", "{").status, 400);
  EXPECT_TRUE(api.operations.asked.empty());
}

TEST(IncidentsRoute, WordsThatCannotBeReadAsTheyStandAreWrong) {
  OperatorsUnderTest api;
  constexpr auto base = "/api/v1/incidents/i/";
  const auto wrong_in = [&](const std::string& path, const std::string& member, const std::string& text) {
    const Json body{{member, text}, {member == "body" ? "visibility" : "body", member == "body" ? "public" : "Fine"}};
    const auto answer = api.post(base + path, "write", body.dump());
    EXPECT_TRUE(answer.status == 422 || answer.status == 202) << answer.status;
    return answer.status == 422 ? wrong_members(answer) : std::vector<std::string>{};
  };
  for (const char* text : {" ", "\t\n", "\xC2\xA0\xE3\x80\x80",
                           "a\xC2\x85"
                           "b",
                           "a\x7F", "a\x01",
                           "a\xE2\x80\xAE"
                           "b",
                           "a\xE2\x81\xA6"
                           "b"}) {
    EXPECT_THAT(wrong_in("updates", "title", text), testing::ElementsAre("title")) << text;
    EXPECT_THAT(wrong_in("updates", "body", text), testing::ElementsAre("body")) << text;
  }
  EXPECT_THAT(wrong_in("updates", "title", "a\tb"), testing::ElementsAre("title"));
  EXPECT_THAT(wrong_in("updates", "title", "a\nb"), testing::ElementsAre("title"));
  EXPECT_THAT(wrong_in("updates", "body", "a\tb\r\nc \xD7\xA9\xE2\x80\x8F."), testing::IsEmpty()) << "so people write";
  EXPECT_EQ(api.post(std::string(base) + "resolve", "write", R"({"body":" "})").status, 422);
  EXPECT_EQ(api.post(std::string(base) + "resolve", "write", R"({"body":""})").status, 202) << "says nothing";
}

TEST(IncidentsRoute, WhatIsSaidReachesTheMonitor) {
  OperatorsUnderTest api;
  api.operations.result.incident = api.open_incident("shop", api.clock.at.wall);
  EXPECT_EQ(api.post("/api/v1/incidents/i/updates", "write",
                     R"({"body":"Rolling\tback\r\nnow","state":"monitoring","severity":"critical","title":"T"})")
                .status,
            200);
  const auto update = std::get<UpdateIncident>(api.operations.asked.back().action);
  EXPECT_EQ(update.incident, IncidentId("i"));
  EXPECT_EQ(update.body, "Rolling back\nnow");
  EXPECT_EQ(update.audience, UpdateAudience::open);
  EXPECT_EQ(update.state, IncidentState::monitoring);
  EXPECT_EQ(update.severity, Severity::critical);
  EXPECT_EQ(update.title, "T");
  EXPECT_EQ(api.post("/api/v1/incidents/i/updates", "write", R"({"body":"So","visibility":"internal"})").status, 200);
  EXPECT_EQ(std::get<UpdateIncident>(api.operations.asked.back().action).audience, UpdateAudience::internal);
  EXPECT_EQ(api.post("/api/v1/incidents/i/resolve", "write", R"({"body":"Well again"})").status, 200);
  EXPECT_EQ(std::get<ResolveIncident>(api.operations.asked.back().action).body, "Well again");
  EXPECT_EQ(api.post("/api/v1/incidents/i/reopen", "write").status, 200);
  EXPECT_EQ(std::get<ReopenIncident>(api.operations.asked.back().action).body, "");
}

TEST(AlertsRoute, NamesEveryParameterThatIsWrong) {
  OperatorsUnderTest api;
  const auto answer = api.get("/api/v1/alerts?state=lost&limit=1001&service=&channel=a&channel=b");
  EXPECT_EQ(answer.status, 400);
  std::vector<std::string> named;
  const Json problem = json_of(answer);
  for (const Json& error : problem["errors"]) named.push_back(error["parameter"]);
  EXPECT_THAT(named, testing::UnorderedElementsAre("state", "limit", "service", "channel"));
  for (const char* query : {"state=", "state=dead,", "state=dead,x", "cursor=x", "limit=0", "limit=1.5"}) {
    EXPECT_EQ(api.get(std::string("/api/v1/alerts?") + query).status, 400) << query;
  }
  EXPECT_EQ(api.get("/api/v1/alerts?whatever=1").status, 200);
}

TEST(AlertsRoute, S7_AnswersOfChannelsAreShownWithoutSecrets) {
  OperatorsUnderTest api;
  api.log.mask("hunter2-token");
  api.owe("shop", "hook", Delivery{DeliveryOutcome::rejected, {}, "400: bad key hunter2-token"});
  const std::string body = *api.get("/api/v1/alerts").body;
  EXPECT_THAT(body, HasSubstr("400: bad key ***"));
  EXPECT_THAT(body, testing::Not(HasSubstr("hunter2-token")));
}

TEST(AlertsRoute, R5_ADeadLetterIsReplayedByHand) {
  OperatorsUnderTest api;
  api.owe("shop", "hook", refused);
  api.clock.pass(std::chrono::hours(3));
  const auto answer = api.post("/api/v1/alerts/shop-hook/replay", "write");
  EXPECT_EQ(answer.status, 200);
  const Json alert = json_of(answer);
  EXPECT_EQ(alert["state"], "owed");
  EXPECT_EQ(alert["due_at"], "2026-11-20T12:00:12Z");
  EXPECT_EQ(alert["replayed_at"], "2026-11-20T12:00:12Z");
  EXPECT_EQ(alert["tries"].size(), 1U);
  EXPECT_EQ(api.woken, 1);
  ASSERT_EQ(api.log.all("alert_replayed").size(), 1U);
  EXPECT_EQ(api.log.all("alert_replayed")[0].fields.at("by"), "write");
  const auto again = api.post("/api/v1/alerts/shop-hook/replay", "write");
  EXPECT_EQ(again.status, 409);
  EXPECT_EQ(api.post("/api/v1/alerts/nothing/replay", "write").status, 404);
  EXPECT_EQ(api.woken, 1);
}

TEST(AlertsRoute, AReplayThatTheStoreDropsIsNotAnswered) {
  OperatorsUnderTest api;
  api.owe("shop", "hook", refused);
  api.store_gone = true;
  EXPECT_EQ(api.post("/api/v1/alerts/shop-hook/replay", "write").status, 0) << "the server says 503 then";
}

TEST(IncidentsRoute, OperatorsSeeWhoDidWhatAndTheEvidence) {
  OperatorsUnderTest api;
  Incident incident = api.open_incident("shop", api.clock.at.wall);
  incident.acknowledged_at = api.clock.at.wall;
  incident.acknowledged_by = "ada";
  incident.timeline.push_back({2, api.clock.at.wall, IncidentStep::acknowledged, IncidentState::identified, "",
                               "tcp 192.0.2.1: refused", "ada"});
  Decision decision;
  decision.service = incident.service;
  decision.incident = incident;
  ASSERT_TRUE(api.store.commit({&decision, 1}));
  const Json shown = api.json("/api/v1/incidents/incident-shop");
  EXPECT_EQ(shown["acknowledged_by"], "ada");
  EXPECT_EQ(shown["timeline"].back()["evidence"], "tcp 192.0.2.1: refused");
  EXPECT_EQ(shown["timeline"].back()["author"], "ada");
  EXPECT_EQ(shown["timeline"].back()["step"], "acknowledged");
  EXPECT_EQ(shown["timeline"].size(), incident.timeline.size());
  const Json listed = api.json("/api/v1/incidents")["incidents"][0];
  EXPECT_FALSE(listed.contains("timeline"));
  EXPECT_EQ(listed["acknowledged_by"], "ada");
  EXPECT_EQ(api.get("/api/v1/incidents/nothing").status, 404);
}

TEST(IncidentsRoute, PagesThroughIncidentsOfOneMillisecond) {
  OperatorsUnderTest api;
  Ids all;
  for (int i = 0; i < 200; ++i) {
    const std::string name = std::to_string(1'000 + i);
    api.open_incident(name, api.clock.at.wall - milliseconds(i / 150));  // a storm, and some before it
    all.push_back("incident-" + name);
  }
  std::sort(all.begin() + 0, all.begin() + 150, std::greater<>());
  std::sort(all.begin() + 150, all.end(), std::greater<>());
  Ids paged;
  std::string cursor;
  for (bool more = true; more;) {
    const Json page = api.json("/api/v1/incidents?limit=7" + cursor);
    for (const std::string& id : ids(page["incidents"])) paged.push_back(id);
    more = !page["next"].is_null();
    if (more) cursor = "&cursor=" + page["next"].get<std::string>();
  }
  EXPECT_EQ(paged, all);
  EXPECT_EQ(ids(api.json("/api/v1/incidents?service=1005")["incidents"]), Ids{"incident-1005"});
  for (const char* query : {"cursor=x", "cursor=1", "limit=0", "service="}) {
    EXPECT_EQ(api.get(std::string("/api/v1/incidents?") + query).status, 400) << query;
  }
}

TEST(Acknowledging, IsAskedOfTheMonitorAndAnsweredWithTheIncident) {
  OperatorsUnderTest api;
  api.operations.result.incident = api.open_incident("shop", api.clock.at.wall);
  api.operations.result.incident->acknowledged_by = "write";
  const auto answer = api.post("/api/v1/incidents/incident-shop/ack", "write");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(json_of(answer)["acknowledged_by"], "write");
  ASSERT_EQ(api.operations.asked.size(), 1U);
  EXPECT_EQ(std::get<Acknowledge>(api.operations.asked[0].action).incident, IncidentId("incident-shop"));
  EXPECT_EQ(api.operations.asked[0].who, "write") << "the token's name";
}

TEST(Acknowledging, SaysWhyItWasNotDone) {
  OperatorsUnderTest api;
  for (const auto& [outcome, status] : {std::pair{OperationOutcome::not_found, 404},
                                        {OperationOutcome::refused, 409},
                                        {OperationOutcome::unavailable, 503}}) {
    api.operations.result = {outcome, "because of this", std::nullopt};
    const auto answer = api.post("/api/v1/incidents/x/ack", "write");
    EXPECT_EQ(answer.status, status);
    EXPECT_EQ(json_of(answer)["detail"], "because of this");
    EXPECT_EQ(json_of(answer)["instance"], "/api/v1/incidents/x/ack");
  }
  EXPECT_EQ(header_of(api.post("/api/v1/incidents/x/ack", "write"), "Retry-After"), "5");
  api.operations.keep = true;
  EXPECT_EQ(api.post("/api/v1/incidents/x/ack", "write").status, 0) << "no answer before the monitor's";
}

TEST(CheckingNow, IsBegunAndNotAwaited) {
  OperatorsUnderTest api;
  const auto answer = api.post("/api/v1/services/shop/check", "write");
  EXPECT_EQ(answer.status, 202);
  EXPECT_EQ(json_of(answer), (Json{{"service", "shop"}}));
  EXPECT_EQ(std::get<CheckNow>(api.operations.asked.at(0).action).service, ServiceId("shop"));
}

TEST(TokensRoute, S1_ATokenIsShownOnceAndWorks) {
  OperatorsUnderTest api;
  const auto answer = api.post("/api/v1/tokens", "admin", R"({"name":"ci","scopes":["write","ingest"]})");
  EXPECT_EQ(answer.status, 201);
  const Json made = json_of(answer);
  const std::string text = made["token"];
  EXPECT_EQ(header_of(answer, "Location"), "/api/v1/tokens/" + made["id"].get<std::string>());
  EXPECT_EQ(made["scopes"], (Json{"write", "ingest"}));
  EXPECT_EQ(api.post("/api/v1/alerts/x/replay", text).status, 404);
  const auto list = api.get("/api/v1/tokens", "admin");
  EXPECT_THAT(*list.body, HasSubstr("\"name\":\"ci\""));
  EXPECT_THAT(*list.body, testing::Not(HasSubstr("acl_")));
  EXPECT_EQ(api.log.all("token_created").at(0).fields.at("by"), "admin");
  EXPECT_EQ(api.post("/api/v1/tokens", "admin", R"({"name":"ci","scopes":["read"]})").status, 409);
}

TEST(TokensRoute, ListsHowEachStandsAndWhenItWasUsed) {
  OperatorsUnderTest api;
  api.get("/api/v1/alerts", "read");
  std::map<std::string, Json> tokens;
  const Json listed = json_of(api.get("/api/v1/tokens", "admin"));
  for (const Json& token : listed["tokens"]) tokens[token["name"]] = token;
  EXPECT_EQ(tokens.size(), 7U);
  EXPECT_EQ(tokens["read"]["state"], "active");
  EXPECT_EQ(tokens["read"]["last_used_at"], "2026-11-20T09:00:12Z");
  EXPECT_EQ(tokens["write"]["last_used_at"], nullptr);
  EXPECT_EQ(tokens["expired"]["state"], "expired");
  EXPECT_EQ(tokens["revoked"]["state"], "revoked");
  EXPECT_EQ(tokens["ping"]["kind"], "ping");
  EXPECT_EQ(tokens["ping"]["service"], "backup");
}

TEST(TokensRoute, ABodyThatCannotBeATokenIsNamedMemberByMember) {
  OperatorsUnderTest api;
  const auto answer = api.post("/api/v1/tokens", "admin",
                               R"({"name":"a\nb","scopes":["root"],"expires_at":"2020-01-01T00:00:00Z","x":1})");
  EXPECT_EQ(answer.status, 422);
  std::vector<std::string> named;
  const Json problem = json_of(answer);
  for (const Json& error : problem["errors"]) named.push_back(error["parameter"]);
  EXPECT_THAT(named, testing::UnorderedElementsAre("name", "scopes", "expires_at", "x"));
  for (const char* body :
       {"[]", "1", "{}", R"({"name":"a"})", R"({"name":1,"scopes":["read"]})", R"({"name":"a","scopes":[]})",
        R"({"name":"a","scopes":"read"})", R"({"name":"a","scopes":["read"],"expires_at":5})"}) {
    EXPECT_EQ(api.post("/api/v1/tokens", "admin", body).status, 422) << body;
  }
  for (const char* body : {"{", R"({"name":"a","name":"b","scopes":["read"]})", "\xff"}) {
    EXPECT_EQ(api.post("/api/v1/tokens", "admin", body).status, 400) << body;
  }
}

TEST(TokensRoute, ABodyIsJsonOfAtMost64KiB) {
  OperatorsUnderTest api;
  const std::string body = R"({"name":"ci","scopes":["read"]})";
  for (const char* type : {"text/plain", "", "application/x-www-form-urlencoded", "application/jsonp"}) {
    EXPECT_EQ(api.ask({"POST", "/api/v1/tokens", "admin", body, {{"Content-Type", type}}}).status, 415) << type;
  }
  EXPECT_EQ(api.post("/api/v1/tokens", "admin").status, 415);
  const std::string spaces(64 * 1024 - body.size(), ' ');
  EXPECT_EQ(api.post("/api/v1/tokens", "admin", body + spaces + " ").status, 413);
  const std::vector<net::HttpField> charset{{"Content-Type", "Application/JSON ; charset=utf-8"}};
  EXPECT_EQ(api.ask({"POST", "/api/v1/tokens", "admin", body + spaces, charset}).status, 201);
}

TEST(TokensRoute, RevokingWhatIsNotThereIsA404AndTwiceIsFine) {
  OperatorsUnderTest api;
  EXPECT_EQ(api.ask({"DELETE", "/api/v1/tokens/nothing", "admin", "", {}}).status, 404);
  const std::string path = "/api/v1/tokens/" + api.token_of("write").id.value();
  EXPECT_EQ(api.ask({"DELETE", path, "admin", "", {}}).status, 200);
  EXPECT_EQ(api.ask({"DELETE", path, "admin", "", {}}).status, 200);
  EXPECT_EQ(api.post("/api/v1/incidents/x/ack", "write").status, 401);
}

}  // namespace
}  // namespace allclear::api
