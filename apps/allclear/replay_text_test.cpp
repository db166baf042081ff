#include "apps/allclear/replay_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/json.h"
#include "tests/support/paged_incident.h"

namespace allclear::app::replay_text_test {
namespace {

using runtime::ReplayReport;
using test::paged_incident;
using test::wall_s;
using testing::HasSubstr;
using testing::IsEmpty;

ReplayReport sample() {
  ReplayReport report;
  report.from = wall_s(0);
  report.results_from = wall_s(0);
  report.facts.results = 1'000;
  report.facts.first_at = wall_s(0);
  report.did.incidents = {paged_incident("api", 0, 90), paged_incident("shop", 100, 200)};
  report.did.alerts[ChannelId("ops")] = {{IncidentStep::opened, 2}, {IncidentStep::resolved, 2}};
  auto longer = paged_incident("shop", 100, std::nullopt);
  longer.severity = Severity::minor;
  report.would.incidents = {longer, paged_incident("web", 300, 400)};
  report.would.alerts[ChannelId("ops")] = {{IncidentStep::opened, 2}};
  report.comparison = compare_paging(report.did, report.would, wall_s(0));
  return report;
}

const Catalogue nothing_special;
const ReplayWords words{"new.yaml", wall_s(0), false};

TEST(ReplayText, BothCountsAndWhatDiffersAreShown) {
  const std::string text = draw_replay(sample(), words, nothing_special);
  EXPECT_THAT(text, HasSubstr("1000 stored results from 2026-01-01T00:00:00Z on, judged by new.yaml; 0 otherwise"));
  EXPECT_THAT(text, HasSubstr("incidents                          2       2\n"));
  EXPECT_THAT(text, HasSubstr("alerts                             4       2\n"));
  EXPECT_THAT(text, HasSubstr("    ops                              4       2\n"));
  EXPECT_THAT(text, HasSubstr("  - api: 2026-01-01T00:00:00Z, 1 min 30 s, major, timeout, tells ops\n"));
  EXPECT_THAT(text, HasSubstr("  + web: 2026-01-01T00:05:00Z"));
  EXPECT_THAT(text, HasSubstr("  ~ shop: other end, severity\n"));
  EXPECT_THAT(text, HasSubstr("would  2026-01-01T00:01:40Z, goes on, minor, timeout, tells ops\n"));
}

TEST(ReplayText, AReopenedOneLastedWithoutTheCalmBetween) {
  ReplayReport report = sample();
  for (PagedIncident& incident : report.did.incidents) incident.calm = std::chrono::seconds(30);
  report.comparison = compare_paging(report.did, report.would, wall_s(0));
  EXPECT_THAT(draw_replay(report, words, nothing_special), HasSubstr("  - api: 2026-01-01T00:00:00Z, 1 min, major,"));
  EXPECT_EQ((*parse_json(render_replay(report, words, nothing_special)))["differences"][0]["did"]["duration_s"], 60);
}

TEST(ReplayText, JsonHoldsTheSame) {
  const Json json = *parse_json(render_replay(sample(), words, nothing_special));
  EXPECT_EQ(json["did"]["incidents"], 2);
  EXPECT_EQ(json["did"]["channels"]["ops"]["resolved"], 2);
  EXPECT_EQ(json["would"]["alerts"], 2);
  ASSERT_EQ(json["differences"].size(), 3u);
  EXPECT_EQ(json["differences"][0]["kind"], "did_only");
  EXPECT_EQ(json["differences"][0]["did"]["duration_s"], 90);
  EXPECT_TRUE(json["differences"][0]["would"].is_null());
  EXPECT_EQ(json["differences"][1]["differs_in"], Json::array({"end", "severity"}));
  EXPECT_TRUE(json["differences"][1]["would"]["ended_at"].is_null());
  EXPECT_EQ(json["differences"][2]["kind"], "would_only");
}

TEST(ReplayText, NothingThatDiffersIsSaidSo) {
  ReplayReport report = sample();
  report.would = report.did;
  report.comparison = compare_paging(report.did, report.would, wall_s(0));
  EXPECT_THAT(draw_replay(report, words, nothing_special), HasSubstr("No incident differs: 2 the same."));
  EXPECT_THAT(draw_replay(ReplayReport{{}, wall_s(0), {}, {}, {}, 0, {}}, words, nothing_special),
              HasSubstr("No incidents, with either."));
}

TEST(ReplayText, AFloodOfDifferencesIsCut) {
  ReplayReport report;
  report.results_from = wall_s(0);
  for (int i = 0; i < 203; ++i) report.did.incidents.push_back(paged_incident("api", i * 1'000, i * 1'000 + 90));
  report.comparison = compare_paging(report.did, report.would, wall_s(0));
  const std::string text = draw_replay(report, words, nothing_special);
  EXPECT_THAT(text, HasSubstr("203 differ"));
  EXPECT_THAT(text, HasSubstr("… and 3 more, which --json prints\n"));
  EXPECT_EQ(parse_json(render_replay(report, words, nothing_special))->at("differences").size(), 203u);
}

TEST(ReplayText, NotesTellWhatTheCountsDoNot) {
  ReplayReport report = sample();
  EXPECT_THAT(notes_on(report, words, nothing_special), IsEmpty());
  report.facts.missing_retries = 1;
  report.facts.slower_than_timeout = 2;
  report.facts.without_results = {{ServiceId("web"), CheckId("login")}, {ServiceId("new"), CheckId("new")}};
  report.facts.unnamed = {ServiceId("old"), monitor_service()};
  report.undelivered = 3;
  std::string all;
  for (const std::string& note : notes_on(report, {"new.yaml", wall_s(-600), true}, nothing_special))
    all += note + "\n";
  EXPECT_THAT(all, HasSubstr("reach back to 2026-01-01T00:00:00Z"));
  EXPECT_THAT(all, HasSubstr("never failing here: web/login, new."));
  EXPECT_THAT(all, HasSubstr("nobody would be paged for: old."));
  EXPECT_THAT(all, HasSubstr("1 quick retry that this config would have made has no stored result"));
  EXPECT_THAT(all, HasSubstr("2 answers took longer than this config's timeout"));
  EXPECT_THAT(all, HasSubstr("3 have not been delivered"));
}

}  // namespace
}  // namespace allclear::app::replay_text_test
