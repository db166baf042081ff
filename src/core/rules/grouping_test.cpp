// What a group's messages say (R17).
#include "core/rules/grouping.h"

#include <gtest/gtest.h>

#include "tests/support/builders.h"

namespace allclear::grouping_test {
namespace {

using test::wall_s;

std::vector<GroupMember> members(int count) {
  std::vector<GroupMember> all;
  for (int i = 0; i < count; ++i) all.push_back({"s" + std::to_string(i), Verdict::degraded, Severity::minor});
  return all;
}

TEST(Grouping, R17_AGroupIsTheMonitorsOwnAndItsIdFollowsFromChannelAndTime) {
  const Incident group = begin_group(ChannelId("ops"), wall_s(5));
  EXPECT_TRUE(is_group(group));
  EXPECT_EQ(group.service, monitor_service());
  EXPECT_EQ(group.id, begin_group(ChannelId("ops"), wall_s(5)).id);
  EXPECT_NE(group.id, begin_group(ChannelId("pager"), wall_s(5)).id);
  EXPECT_NE(group.id, incident_id(monitor_service(), wall_s(5)));
  EXPECT_FALSE(is_automatic_incident(group));
}

TEST(Grouping, R17_ItsWordsListTheWorstFirstAndCountTheRest) {
  std::vector<GroupMember> open = members(60);
  open[59].worst = Verdict::down;
  open[59].severity = Severity::major;
  IncidentUpdate told = tell_of_group(begin_group(ChannelId("ops"), wall_s(0)), open, 61, wall_s(10));
  EXPECT_EQ(told.steps, std::vector{IncidentStep::opened});
  EXPECT_EQ(told.incident.title, "61 services began to fail at once");
  EXPECT_EQ(told.incident.worst, Verdict::down);
  EXPECT_EQ(told.incident.severity, Severity::major);
  const std::string body = told.incident.timeline.back().body;
  EXPECT_TRUE(body.starts_with("61 services began to fail at once; still failing: s59, s0, s1, ")) << body;
  EXPECT_TRUE(body.ends_with(", s48 and 10 more")) << body;
  EXPECT_EQ(told.incident.reason, Reason::ok) << "it has none";
  told = tell_of_group(told.incident, members(2), 70, wall_s(310));
  EXPECT_EQ(told.steps, std::vector{IncidentStep::updated});
  EXPECT_EQ(told.incident.timeline.back().body, "2 of 70 services still fail: s0, s1");
  EXPECT_TRUE(told.incident.open());
  EXPECT_EQ(told.incident.stood_for, 70U) << "for a start to count on from";
  EXPECT_EQ(told.incident.title, "70 services began to fail at once") << "as the text says";
  told = tell_of_group(told.incident, {}, 70, wall_s(610));
  EXPECT_EQ(told.steps, std::vector{IncidentStep::resolved});
  EXPECT_EQ(told.incident.timeline.back().body, "All of 70 services are up again");
  EXPECT_EQ(told.incident.timeline.back().ordinal, 3U);
  EXPECT_EQ(told.incident.resolved_at, wall_s(610));
}

TEST(Grouping, R17_LongNamesGiveWaySoThatNoChannelCutsOffTheirCount) {
  std::vector<GroupMember> open = members(60);
  for (GroupMember& member : open) member.name = std::string(24, 'x') + member.name;
  const Incident group = begin_group(ChannelId("ops"), wall_s(0));
  std::string body = tell_of_group(group, open, 60, wall_s(10)).incident.timeline.back().body;
  EXPECT_TRUE(body.ends_with("s27 and 32 more")) << body;
  EXPECT_LT(body.size(), 900U) << "with the subject it is below the 1,000 bytes of a headline";
  for (GroupMember& member : open) member.name = std::string(900, 'x');
  body = tell_of_group(group, open, 60, wall_s(10)).incident.timeline.back().body;
  EXPECT_TRUE(body.ends_with("x and 59 more")) << "one is named whatever its length";
}

TEST(Grouping, R17_WhatIsOverBeforeTheFirstWordIsToldAllTheSame) {
  const IncidentUpdate told = tell_of_group(begin_group(ChannelId("ops"), wall_s(0)), {}, 1, wall_s(10));
  EXPECT_EQ(told.steps, std::vector{IncidentStep::opened});
  EXPECT_EQ(told.incident.timeline.back().body, "1 service began to fail at once; all are up again");
  EXPECT_TRUE(told.incident.open());
}

TEST(Grouping, ALongStormKeepsItsBeginningAndItsEnd) {
  Incident group = begin_group(ChannelId("ops"), wall_s(0));
  for (int i = 0; i < 300; ++i) group = tell_of_group(std::move(group), members(1), 1, wall_s(i)).incident;
  EXPECT_EQ(group.timeline.size(), 200U);
  EXPECT_EQ(group.timeline.front().step, IncidentStep::opened);
  EXPECT_EQ(group.timeline.back().ordinal, 300U);
}

}  // namespace
}  // namespace allclear::grouping_test
