// What operators see of the present: the overview, services, and the events between two overviews.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/api/operators_fixture.h"

namespace allclear::live_test {
namespace {

using test::header_of;
using test::json_of;
using test::OperatorsUnderTest;
using testing::HasSubstr;
using testing::Not;

// One event of the stream, as it was sent.
struct Event {
  std::string type;
  std::uint64_t id = 0;
  Json data;
};

class Live : public testing::Test {
 protected:
  // Opens the stream.
  int watch(const std::string& target = "/events", const std::string& token = "read",
            std::vector<net::HttpField> headers = {}) {
    return api_.ask({"GET", target, token, "", std::move(headers)}).status;
  }
  std::string raw() {
    std::vector<net::StreamBytes> out;
    state_ = api_.stream->pull(out);
    std::string all;
    for (const auto& part : out) all += *part;
    return all;
  }
  std::vector<Event> events() {
    std::vector<Event> found;
    std::istringstream lines(raw());
    Event event;
    for (std::string line; std::getline(lines, line);) {
      if (line.starts_with("event: ")) event.type = line.substr(7);
      if (line.starts_with("id: ")) event.id = std::stoull(line.substr(4));
      if (line.starts_with("data: ")) event.data = *parse_json(line.substr(6));
      if (line.empty() && !event.type.empty()) found.push_back(std::exchange(event, {}));
    }
    return found;
  }
  void set_verdict(std::size_t index, Verdict verdict) {
    api_.publish([&](Snapshot& snapshot) { snapshot.services.edit(index).state.verdict = verdict; });
  }
  Json overview() { return json_of(api_.get("/api/v1/overview")); }

  OperatorsUnderTest api_;
  net::StreamState state_ = net::StreamState::open;
};

TEST_F(Live, TheOverviewHasARowForEveryService) {
  api_.live.put_uptimes(api::uptimes_of({{ServiceId("service-0"), {}, {0.99999, 1, 1, 1}}}));
  api_.publish([](Snapshot& snapshot) {
    auto hidden = std::make_shared<Service>(*snapshot.services[5].service);
    hidden->visibility = Visibility::internal;
    snapshot.services.edit(5).service = hidden;
    auto incident = std::make_shared<Incident>(*snapshot.services[2].open_incident);
    incident->acknowledged_at = snapshot.at;
    snapshot.services.edit(2).open_incident = incident;
  });
  const Json all = overview();
  const Json& services = all["services"];
  for (const auto& [name, column] : services.items()) EXPECT_EQ(column.size(), 6U) << name;
  EXPECT_EQ(services["id"][5], "service-5");
  EXPECT_EQ(services["visibility"], Json({"public", "public", "public", "public", "public", "internal"}));
  EXPECT_EQ(services["state"][2], "down");
  EXPECT_EQ(services["reason"][2], "timeout");
  EXPECT_EQ(services["since"][2], std::chrono::floor<seconds>(test::sample_now()).time_since_epoch().count() - 18 * 60);
  EXPECT_EQ(services["latency_ms"][0], 80);
  EXPECT_EQ(services["uptime_24h"][0], 0.9999);
  EXPECT_EQ(services["uptime_24h"][1], nullptr);
  EXPECT_EQ(services["acknowledged"], Json({false, false, true, false, false, false}));
  EXPECT_EQ(services["incident"][0], nullptr);
  EXPECT_EQ(services["incident"][2],
            all["incidents"][0]["service"] == "service-2" ? all["incidents"][0]["id"] : all["incidents"][1]["id"]);
  EXPECT_EQ(all["incidents"].size(), 2U);
}

TEST_F(Live, TheOverviewIsRenderedOnceForAllAndCompressed) {
  const auto one = api_.ask({"GET", "/api/v1/overview", "read", "", {{"Accept-Encoding", "gzip"}}});
  const auto two = api_.ask({"GET", "/api/v1/overview", "admin", "", {{"Accept-Encoding", "gzip"}}});
  EXPECT_EQ(header_of(one, "Content-Encoding"), "gzip");
  EXPECT_EQ(one.body, two.body) << "not rendered again";
  EXPECT_EQ(header_of(one, "Cache-Control"), "no-store");
  EXPECT_EQ(header_of(api_.get("/api/v1/overview"), "Content-Encoding"), "");
  set_verdict(0, Verdict::down);
  EXPECT_NE(api_.ask({"GET", "/api/v1/overview", "read", "", {{"Accept-Encoding", "gzip"}}}).body, one.body);
}

TEST_F(Live, AChangeTellsOnlyWhatChanged) {
  ASSERT_EQ(watch(), 200);
  EXPECT_EQ(raw(), "retry: 3000\n\n");
  api_.publish([](Snapshot& snapshot) {
    snapshot.services.edit(0).state.verdict = Verdict::down;
    snapshot.services.edit(3).checks[0].state.last_latency = BriefTime(123'460);
    snapshot.services.edit(4).checks[0].state.last_latency += BriefTime(1);  // nothing that is shown
  });
  const auto told = events();
  ASSERT_EQ(told.size(), 1U);
  EXPECT_EQ(told[0].type, "change");
  EXPECT_EQ(told[0].data["seq"], told[0].id);
  EXPECT_EQ(told[0].data["services"],
            Json({{{"id", "service-0"}, {"state", "down"}}, {{"id", "service-3"}, {"latency_ms", 123.5}}}));
  EXPECT_TRUE(told[0].data["incidents"].empty() && told[0].data["closed"].empty());
  EXPECT_EQ(raw(), "") << "once";
}

TEST_F(Live, IncidentsComeChangeAndGo) {
  watch();
  raw();
  const std::string first = overview()["services"]["incident"][2];
  api_.publish([](Snapshot& snapshot) {
    auto changed = std::make_shared<Incident>(*snapshot.services[2].open_incident);
    changed->title = "Worse";
    snapshot.services.edit(2).open_incident = changed;
    auto by_hand = std::make_shared<Incident>(*changed);
    by_hand->id = IncidentId("by-hand");
    snapshot.by_hand.push_back(by_hand);
  });
  const auto changed = events();
  ASSERT_EQ(changed.size(), 1U);
  EXPECT_TRUE(changed[0].data["services"].empty());
  ASSERT_EQ(changed[0].data["incidents"].size(), 2U);
  EXPECT_EQ(changed[0].data["incidents"][0]["title"], "Worse");
  EXPECT_EQ(changed[0].data["incidents"][1]["id"], "by-hand");
  api_.publish([](Snapshot& snapshot) {
    snapshot.services.edit(2).open_incident.reset();
    snapshot.by_hand.clear();
  });
  const auto closed = events();
  ASSERT_EQ(closed.size(), 1U);
  EXPECT_EQ(closed[0].data["closed"], Json({first, "by-hand"}));
  EXPECT_EQ(closed[0].data["services"][0]["incident"], nullptr);
}

TEST_F(Live, AnOverviewAndWhatFollowsItIsTheNextOverview) {
  const Json before = overview();
  watch("/events?last=" + before["seq"].dump());
  for (int i = 0; i < 3; ++i) set_verdict(static_cast<std::size_t>(i), Verdict::unknown);
  Json rows = before["services"];
  std::uint64_t seq = before["seq"];
  for (const Event& event : events()) {
    EXPECT_GT(event.id, seq);
    seq = event.id;
    for (const Json& row : event.data["services"]) {
      const auto place = std::find(rows["id"].begin(), rows["id"].end(), row["id"]) - rows["id"].begin();
      for (const auto& [name, value] : row.items()) rows[name][static_cast<std::size_t>(place)] = value;
    }
  }
  const Json after = overview();
  EXPECT_EQ(after["services"], rows);
  EXPECT_EQ(after["seq"], seq);
}

TEST_F(Live, WhatWasMissedIsSentFromTheLastEventThatIsKnown) {
  watch();
  set_verdict(0, Verdict::down);
  const auto first = events();
  api_.stream.reset();
  set_verdict(1, Verdict::down);
  set_verdict(3, Verdict::down);
  watch("/events?last=1", "read", {{"Last-Event-ID", std::to_string(first[0].id)}});
  const auto missed = events();
  ASSERT_EQ(missed.size(), 2U);
  EXPECT_EQ(missed[0].data["services"][0]["id"], "service-1");
  EXPECT_EQ(missed[1].data["services"][0]["id"], "service-3");
}

TEST_F(Live, WhatIsNotKnownAnyMoreMeansABeginningAnew) {
  const std::string seq = overview()["seq"].dump();
  struct Row {
    const char* why;
    std::string last;
    std::size_t changes;
    std::string expected;
  };
  for (const Row& row :
       {Row{"the last one", seq, 0, ""}, Row{"of another run", "17", 0, "reset"}, Row{"no number", "xyz", 0, "reset"},
        Row{"a later one", "99999999999999", 0, "reset"}, Row{"too long ago", seq, 301, "reset"}}) {
    for (std::size_t i = 0; i < row.changes; ++i) set_verdict(0, i % 2 == 0 ? Verdict::down : Verdict::up);
    watch("/events?last=" + row.last);
    const auto told = events();
    EXPECT_EQ(told.empty() ? "" : told[0].type, row.expected) << row.why;
    EXPECT_LE(told.size(), 1U) << row.why;
    if (told.empty()) continue;
    EXPECT_EQ(told[0].id, overview()["seq"]) << row.why;
  }
}

TEST_F(Live, AnotherCatalogueIsABeginningAnew) {
  watch();
  raw();
  api_.publish([](Snapshot& snapshot) {
    auto renamed = std::make_shared<Service>(*snapshot.services[0].service);
    snapshot.services.edit(0).service = renamed;
  });
  EXPECT_TRUE(events().empty()) << "the same content, read again";
  api_.publish([](Snapshot& snapshot) {
    auto renamed = std::make_shared<Service>(*snapshot.services[0].service);
    renamed->name = SharedText(std::string("Other"));
    snapshot.services.edit(0).service = renamed;
  });
  auto told = events();
  ASSERT_EQ(told.size(), 1U);
  EXPECT_EQ(told[0].type, "reset");
  EXPECT_EQ(overview()["services"]["name"][0], "Other");
  set_verdict(0, Verdict::down);
  EXPECT_EQ(events()[0].type, "change");
  api_.add_service(ServiceId("new"), IcmpTarget{});
  api_.publish([](Snapshot&) {});
  EXPECT_EQ(events()[0].type, "reset");
}

TEST_F(Live, ChangesComeAtMostOnceASecondAndSilenceIsBroken) {
  watch();
  raw();
  set_verdict(0, Verdict::down);
  EXPECT_EQ(events().size(), 1U);
  auto later = std::make_shared<Snapshot>();
  api_.publish([&](Snapshot& snapshot) {
    *later = snapshot;
    api_.clock.pass(-milliseconds(1));
    snapshot.services.edit(0).state.verdict = Verdict::up;
  });
  EXPECT_TRUE(events().empty()) << "999 ms later";
  api_.clock.pass(milliseconds(14'000));
  EXPECT_EQ(raw(), "");
  api_.clock.pass(milliseconds(1'001));
  EXPECT_EQ(raw(), ": alive\n\n");
  EXPECT_EQ(raw(), "");
  api_.publish([](Snapshot&) {});
  EXPECT_EQ(events()[0].data["services"].size(), 1U) << "what was held back";
  for (int i = 0; i < 9; ++i) api_.publish([](Snapshot&) {});
  EXPECT_EQ(raw(), "");
  api_.publish([](Snapshot&) {});
  const auto pulse = events();
  ASSERT_EQ(pulse.size(), 1U) << "all stands as it did, until now";
  EXPECT_TRUE(pulse[0].data["services"].empty());
}

TEST_F(Live, S1_AStreamEndsWithItsToken) {
  watch();
  raw();
  EXPECT_EQ(state_, net::StreamState::open);
  api_.ask({"DELETE", "/api/v1/tokens/" + api_.token_of("read").id.value(), "admin", "", {}});
  EXPECT_EQ(raw(), "");
  EXPECT_EQ(state_, net::StreamState::ended);
  const auto made = json_of(api_.post("/api/v1/tokens", "admin",
                                      R"({"name":"short","scopes":["read"],"expires_at":"2026-11-20T10:00:12Z"})"));
  watch("/events", made["token"]);
  raw();
  EXPECT_EQ(state_, net::StreamState::open);
  api_.clock.pass(std::chrono::hours(1));
  EXPECT_EQ(raw(), "");
  EXPECT_EQ(state_, net::StreamState::ended);
}

TEST_F(Live, S10_SoManyMayWatch) {
  std::vector<std::shared_ptr<net::StreamSource>> all;
  for (int i = 0; i < 200; ++i) {
    ASSERT_EQ(watch(), 200) << i;
    all.push_back(std::move(api_.stream));
  }
  const auto refused = api_.get("/events");
  EXPECT_EQ(refused.status, 503);
  EXPECT_NE(header_of(refused, "Retry-After"), "");
  all.pop_back();
  EXPECT_EQ(watch(), 200);
}

TEST_F(Live, WhileNobodyWatchesNothingIsKept) {
  const std::string seq = overview()["seq"].dump();
  api_.clock.pass(seconds(61));
  set_verdict(0, Verdict::down);
  watch("/events?last=" + seq);
  EXPECT_EQ(events()[0].type, "reset");
  EXPECT_EQ(overview()["services"]["state"][0], "down");
}

TEST_F(Live, ServicesComeInPages) {
  const Json first = json_of(api_.get("/api/v1/services?limit=4"));
  EXPECT_EQ(first["services"].size(), 4U);
  EXPECT_EQ(first["next"], "service-3");
  const Json last = json_of(api_.get("/api/v1/services?limit=4&cursor=service-3"));
  EXPECT_EQ(last["services"].size(), 2U);
  EXPECT_EQ(last["services"][0]["id"], "service-4");
  EXPECT_EQ(last["next"], nullptr);
  EXPECT_EQ(json_of(api_.get("/api/v1/services?cursor=nobody"))["errors"][0]["parameter"], "cursor");
}

TEST_F(Live, AServiceTellsWhatItsLastFailureSaid) {
  CheckResult result;
  result.at = test::sample_now() - seconds(16);  // the newest one is not stored yet
  result.verdict = Verdict::down;
  result.reason = Reason::timeout;
  result.detail = "no answer from 192.0.2.1:443";
  Decision decision;
  decision.key = {ServiceId("service-2"), CheckId("service-2")};
  decision.service = decision.key->service;
  decision.result = result;
  ASSERT_TRUE(api_.store.commit({&decision, 1}));
  const Json service = json_of(api_.get("/api/v1/services/service-2"));
  EXPECT_EQ(service["checks"][0]["error"], "no answer from 192.0.2.1:443");
  EXPECT_EQ(service["checks"][0]["phases_ms"]["dns"], 1.2);
  EXPECT_EQ(service["incident"]["service"], "service-2");
  EXPECT_EQ(json_of(api_.get("/api/v1/services/service-0"))["checks"][0]["error"], nullptr);
  EXPECT_EQ(json_of(api_.get("/api/v1/services/service-1"))["checks"][0]["error"], "slower than expected");
}

TEST_F(Live, ASeriesHasAnEntryForEachStepAndGapsAreGaps) {
  const auto say = [&](WallTime at, int latency_ms, Verdict verdict) {
    CheckResult result;
    result.at = at;
    result.verdict = verdict;
    result.latency = milliseconds(latency_ms);
    result.timings.first_byte = milliseconds(7);
    Decision decision;
    decision.key = {ServiceId("service-0"), CheckId("service-0")};
    decision.service = decision.key->service;
    decision.result = result;
    ASSERT_TRUE(api_.store.commit({&decision, 1}));
  };
  const WallTime now = api_.clock.at.wall;  // 09:00:12
  say(now - seconds(1), 40, Verdict::up);
  say(now - seconds(2), 50, Verdict::down);
  say(now - seconds(3'580), 30, Verdict::up);  // 08:00:32, the step before the first
  say(now - seconds(3'540), 30, Verdict::up);
  const Json hour = json_of(api_.get("/api/v1/services/service-0/series?range=1h"));
  EXPECT_EQ(hour["step_s"], 60);
  ASSERT_EQ(hour["checks"].size(), 1U);
  const Json& line = hour["checks"][0];
  EXPECT_EQ(line["check"], "service-0");
  EXPECT_EQ(line["location"], "local");
  for (const char* name : {"t", "count", "failed", "p50_ms", "p95_ms", "p99_ms"})
    EXPECT_EQ(line[name].size(), 60U) << name;
  const auto minute = std::chrono::floor<std::chrono::minutes>(now).time_since_epoch().count() * 60;
  EXPECT_EQ(line["t"][59], minute);
  EXPECT_EQ(line["t"][0], minute - 59 * 60);
  EXPECT_EQ(line["count"][59], 2);
  EXPECT_EQ(line["failed"][59], 1);
  EXPECT_EQ(line["p99_ms"][59], 40);
  EXPECT_EQ(line["count"][0], 1);
  EXPECT_EQ(line["failed"][0], 0);
  EXPECT_EQ(line["count"][30], nullptr);
  EXPECT_EQ(line["p50_ms"][30], nullptr);
  EXPECT_EQ(line["phases_ms"]["first_byte"][59], 7);
  EXPECT_EQ(line["phases_ms"]["dns"][59], nullptr);
  const Json week = json_of(api_.get("/api/v1/services/service-0/series?range=7d"))["checks"][0];
  EXPECT_EQ(week["count"].size(), 168U);
  EXPECT_EQ(week["count"][167], 2);
  EXPECT_EQ(week["count"][166], 2);
  EXPECT_EQ(week["phases_ms"], nullptr);
  EXPECT_EQ(week["check"], "service-0") << "its only one";
  EXPECT_EQ(json_of(api_.get("/api/v1/services/service-0/series?range=90d"))["checks"][0]["count"][89], 4);
  EXPECT_TRUE(json_of(api_.get("/api/v1/services/service-1/series"))["checks"].empty());
}

TEST_F(Live, S7_NoSecretOfTheConfigIsTold) {
  HttpTarget target;
  target.url = {Scheme::https, 8443, "shop.example.com", "/health"};
  HttpRequest request;
  request.headers = {{"X-Api-Key", "CANARY-header"}};
  request.body = "CANARY-body";
  request.basic_auth = Credentials{"CANARY-user", "CANARY-password"};
  request.bearer = "CANARY-bearer";
  request.proxy = Url{Scheme::http, 3128, "CANARY-proxy", "/"};
  target.request = Shared<HttpRequest>(request);
  TlsOptions tls;
  tls.client_key_file = "/CANARY-key";
  target.tls = Shared<TlsOptions>(tls);
  api_.add_service(ServiceId("shop"), target);
  TcpTarget tcp;
  tcp.host = "db.example.com";
  tcp.port = 5432;
  tcp.send = SharedText(std::string("CANARY-send"));
  api_.add_service(ServiceId("db"), tcp);
  HeartbeatTarget heartbeat;
  heartbeat.token_digest = SharedText(std::string("CANARY-digest"));
  api_.add_service(ServiceId("job"), heartbeat);
  api_.publish([](Snapshot& snapshot) {
    for (const std::size_t i : {6U, 7U, 8U}) {
      const ServiceId id = snapshot.services[i].service->id;
      snapshot.services.edit(i).checks.push_back({{id, CheckId(id.text())}, {}});
    }
  });
  for (const auto& [id, target_text] : {std::pair{"shop", "https://shop.example.com:8443/health"},
                                        {"db", "tcp://db.example.com:5432"},
                                        {"job", "heartbeat"}}) {
    const auto answer = api_.get("/api/v1/services/" + std::string(id));
    EXPECT_EQ(json_of(answer)["checks"][0]["target"], target_text);
    EXPECT_THAT(*answer.body, Not(HasSubstr("CANARY")));
  }
  for (const char* path : {"/api/v1/services", "/api/v1/overview"})
    EXPECT_THAT(*api_.get(path).body, Not(HasSubstr("CANARY")));
}

}  // namespace
}  // namespace allclear::live_test
