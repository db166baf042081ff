// A channel that does not take its alerts (R5).
#include "core/rules/refusal.h"

#include <gtest/gtest.h>

#include "tests/support/builders.h"

namespace allclear::refusal_test {
namespace {

using test::wall_s;

TEST(Refusal, R5_OneIncidentOfTheMonitorsOwnTellsOfIt) {
  const IncidentUpdate begun = begin_refusal(ChannelId("pager"), "HTTP 400: invalid routing key", wall_s(5));
  const Incident& refusal = begun.incident;
  EXPECT_TRUE(is_refusal(refusal));
  EXPECT_FALSE(is_automatic_incident(refusal));
  EXPECT_EQ(refusal.service, monitor_service());
  EXPECT_EQ(refusal.title, "The channel pager does not take alerts");
  EXPECT_EQ(begun.steps, std::vector{IncidentStep::opened});
  ASSERT_EQ(refusal.timeline.size(), 1U);
  EXPECT_EQ(refusal.timeline[0].evidence, "HTTP 400: invalid routing key") << "the answer is for operators";
  EXPECT_EQ(refusal.timeline[0].body.find("400"), std::string::npos);
  EXPECT_EQ(refusal.diagnosis, "It answered: HTTP 400: invalid routing key") << "whoever is told hears why";
  EXPECT_EQ(begin_refusal(ChannelId("pager"), "", wall_s(5)).incident.diagnosis, "");
  EXPECT_EQ(refusal.id, begin_refusal(ChannelId("pager"), "", wall_s(5)).incident.id);
  EXPECT_NE(refusal.id, begin_refusal(ChannelId("ops"), "", wall_s(5)).incident.id);
}

TEST(Refusal, ItEndsWithAWordOfWhatStillWaits) {
  const Incident refusal = begin_refusal(ChannelId("pager"), "", wall_s(5)).incident;
  const IncidentUpdate over = end_refusal(refusal, wall_s(700));
  EXPECT_EQ(over.steps, std::vector{IncidentStep::resolved});
  EXPECT_EQ(over.incident.resolved_at, wall_s(700));
  EXPECT_NE(over.incident.timeline.back().body.find("replay"), std::string::npos);
  EXPECT_FALSE(over.incident.unwatched);
  EXPECT_TRUE(end_of_channel(refusal, wall_s(9)).incident.unwatched) << "nobody tries it any more";
  EXPECT_EQ(end_of_channel(refusal, wall_s(9)).incident.timeline.back().body,
            "The channel was removed from the configuration.");
}

TEST(Refusal, ThoseWhoRefuseAreNotTold) {
  const ChannelId mail("mail"), pager("pager"), chat("chat");
  EXPECT_EQ(told_of_refusals(std::vector{mail, pager, chat}, std::vector{pager}), (std::vector{mail, chat}));
  EXPECT_TRUE(told_of_refusals(std::vector{pager}, std::vector{pager}).empty());
}

}  // namespace
}  // namespace allclear::refusal_test
