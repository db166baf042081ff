#include "core/rules/aggregate.h"

#include <deque>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/support/builders.h"

namespace allclear {
namespace {

using test::make_check;
using test::make_service;
using test::wall_s;

// One location of one check: its verdict and since when.
struct Place {
  char verdict;
  int since;
};

struct Scene {
  Service service;
  std::deque<CheckState> states;
  std::vector<CheckView> views;

  explicit Scene(const std::vector<std::vector<Place>>& checks, int quorum = 1) {
    std::vector<Check> made;
    for (std::size_t i = 0; i < checks.size(); ++i) {
      made.push_back(make_check("shop", fmt::format("check-{}", i)));
      made.back().quorum = static_cast<std::uint16_t>(quorum);
    }
    service = make_service("shop", std::move(made));
    for (std::size_t i = 0; i < checks.size(); ++i) {
      for (const Place& place : checks[i]) {
        CheckState& state = states.emplace_back();
        state.verdict = test::verdict_of(place.verdict);
        state.reason = test::usual_reason(state.verdict);
        state.since = wall_s(place.since);
        views.push_back({service.checks[i].get(), local_location(), &state});
      }
    }
  }
  Aggregate judged() const { return aggregate(service, views); }
};

struct Case {
  const char* name;
  std::vector<std::vector<Place>> checks;
  int quorum;
  char verdict;
  int since;
  const char* cause;
};

TEST(Aggregate, AServiceIsAsBadAsItsWorstKnownCheck) {
  const Case cases[] = {
      {"one up", {{{'U', 5}}}, 1, 'U', 5, "check-0"},
      {"one down", {{{'D', 5}}}, 1, 'D', 5, "check-0"},
      {"worst of three", {{{'U', 1}}, {{'S', 2}}, {{'D', 3}}}, 1, 'D', 3, "check-2"},
      {"degraded among good", {{{'U', 1}}, {{'S', 2}}, {{'U', 3}}}, 1, 'S', 2, "check-1"},
      {"the first of equally bad", {{{'D', 9}}, {{'D', 4}}, {{'D', 6}}}, 1, 'D', 4, "check-1"},
      {"the last of equally good", {{{'U', 9}}, {{'U', 4}}}, 1, 'U', 9, "check-0"},
      {"unknown counts only alone", {{{'?', 1}}, {{'U', 2}}}, 1, 'U', 2, "check-1"},
      {"unknown behind a known one", {{{'S', 2}}, {{'?', 1}}}, 1, 'S', 2, "check-0"},
      {"all unknown", {{{'?', 3}}, {{'?', 1}}}, 1, '?', 3, "check-0"},
      {"quorum not reached", {{{'D', 1}, {'U', 2}, {'U', 3}}}, 2, 'U', 3, "check-0"},
      {"quorum reached when the second joined", {{{'D', 1}, {'D', 7}, {'U', 3}}}, 2, 'D', 7, "check-0"},
      {"down counts toward degraded", {{{'D', 1}, {'S', 4}, {'U', 3}}}, 2, 'S', 4, "check-0"},
      {"unknown locations do not agree", {{{'D', 1}, {'?', 2}, {'U', 3}}}, 2, 'U', 3, "check-0"},
      {"too few known ones", {{{'D', 1}, {'?', 2}}}, 2, '?', 2, "check-0"},
      {"nobody agrees on anything", {{{'D', 1}}}, 2, '?', 0, "check-0"},
      {"a quorum below one counts as one", {{{'D', 4}}}, 0, 'D', 4, "check-0"},
  };
  for (const Case& one : cases) {
    const Aggregate judged = Scene(one.checks, one.quorum).judged();
    EXPECT_EQ(test::letter_of(judged.verdict), one.verdict) << one.name;
    EXPECT_EQ(judged.since, one.since == 0 ? WallTime{} : wall_s(one.since)) << one.name;
    EXPECT_EQ(judged.cause.value(), one.cause) << one.name;
  }
}

TEST(Aggregate, TellsTheDecidingChecksReason) {
  Scene scene({{{'U', 1}}, {{'D', 2}}});
  scene.states[1].reason = Reason::timeout;
  EXPECT_EQ(scene.judged().reason, Reason::timeout);
}

TEST(Aggregate, AMilderVerdictFromAWorseLocationTellsItsLastReason) {
  Scene scene({{{'S', 1}, {'D', 4}}}, 2);
  scene.states[1].last_reason = Reason::slow;
  const Aggregate judged = scene.judged();
  EXPECT_EQ(judged.verdict, Verdict::degraded);
  EXPECT_EQ(judged.reason, Reason::slow);
}

TEST(Aggregate, APausedServiceIsUnknown) {
  Scene scene({{{'D', 1}}});
  scene.service.enabled = false;
  EXPECT_EQ(scene.judged().verdict, Verdict::unknown);
  EXPECT_EQ(scene.judged().reason, Reason::paused);
}

TEST(Aggregate, ADisabledCheckDoesNotCount) {
  Check off = make_check("shop", "off");
  off.enabled = false;
  Service service = make_service("shop", {off, make_check("shop", "on")});
  CheckState down;
  down.verdict = Verdict::down;
  CheckState up;
  up.verdict = Verdict::up;
  const std::vector<CheckView> views{{service.checks[0].get(), local_location(), &down},
                                     {service.checks[1].get(), local_location(), &up}};
  EXPECT_EQ(aggregate(service, views).verdict, Verdict::up);
  EXPECT_EQ(aggregate(service, std::span(views).first(1)).reason, Reason::paused);
}

}  // namespace
}  // namespace allclear
