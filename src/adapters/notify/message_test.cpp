#include "adapters/notify/message.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/sample_notice.h"

namespace allclear::notify {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using testing_support::every_step;
using testing_support::ForeignText;
using testing_support::sample_notice;

std::string value_of(const Message& message, std::string_view label) {
  for (const Fact& fact : message.facts) {
    if (fact.label == label) return fact.value;
  }
  return "(none)";
}

TEST(Message, TellsWhatFailedSinceWhenAndWhereToLook) {
  const Message message = make_message(sample_notice());
  EXPECT_EQ(message.subject, "Shop is down");
  EXPECT_EQ(message.body, "Shop is down: did not answer in time");
  EXPECT_EQ(value_of(message, "Service"), "Shop");
  EXPECT_EQ(value_of(message, "Group"), "Web");
  EXPECT_EQ(value_of(message, "State"), "down");
  EXPECT_EQ(value_of(message, "Reason"), "did not answer in time");
  EXPECT_EQ(value_of(message, "Since"), "2026-11-20 11:55:00 UTC");
  EXPECT_EQ(message.page_link, "https://status.example.com/");
  EXPECT_THAT(plain_text(message), HasSubstr("Status page: https://status.example.com/\n"));
}

TEST(Message, EachStepIsToldInItsOwnWords) {
  const auto subject = [](IncidentStep step) { return make_message(sample_notice(step)).subject; };
  EXPECT_EQ(subject(IncidentStep::escalated), "Worse: Shop is down");
  EXPECT_EQ(subject(IncidentStep::reopened), "Again: Shop is down");
  EXPECT_EQ(subject(IncidentStep::updated), "Update: Shop is down");
  EXPECT_EQ(subject(IncidentStep::resolved), "Resolved: Shop is down");
  const Message acknowledged = make_message(sample_notice(IncidentStep::acknowledged));
  EXPECT_EQ(acknowledged.subject, "Acknowledged: Shop is down");
  EXPECT_EQ(acknowledged.body, "anna looks after it");
  EXPECT_EQ(acknowledged.standing, Standing::acknowledged);
  const Message reminder = make_message(sample_notice(IncidentStep::reminder));
  EXPECT_EQ(reminder.body, "Shop is down: did not answer in time. It has lasted 5 min and nobody has acknowledged it");
  const Message resolved = make_message(sample_notice(IncidentStep::resolved));
  EXPECT_EQ(resolved.standing, Standing::over);
  EXPECT_EQ(acknowledged.headline, "Acknowledged: Shop is down: anna looks after it");
  EXPECT_EQ(reminder.headline, "Reminder: " + reminder.body);
  EXPECT_EQ(make_message(sample_notice()).headline, "Shop is down: did not answer in time");
  EXPECT_EQ(value_of(resolved, "State"), "up");
  EXPECT_EQ(value_of(resolved, "Until"), "2026-11-20 12:00:00 UTC (5 min)");
}

TEST(Message, WhatNobodyLooksAfterAnyMoreIsNotSaidToBeUp) {
  Notice notice = sample_notice(IncidentStep::resolved);
  notice.incident.unwatched = true;
  notice.incident.timeline.back().body = "Checking was paused.";
  notice.incident.timeline.back().state = IncidentState::resolved;
  Message message = make_message(notice);
  EXPECT_EQ(message.standing, Standing::unwatched);
  EXPECT_EQ(message.subject, "No longer watched: Shop is down");
  EXPECT_EQ(message.headline, "No longer watched: Checking was paused.");
  EXPECT_EQ(value_of(message, "State"), "unknown");
  EXPECT_EQ(value_of(message, "Watched until"), "2026-11-20 12:00:00 UTC (5 min)");
  EXPECT_EQ(value_of(message, "Until"), "(none)");
  notice.incident.timeline.clear();
  EXPECT_EQ(make_message(notice).body, "Shop is down: no longer watched");
}

TEST(Message, AGroupHasNoReason) {
  Notice notice = sample_notice();
  notice.incident.group = ChannelId("ops");
  notice.incident.reason = Reason::no_data;  // as in rows of before
  EXPECT_EQ(value_of(make_message(notice), "Reason"), "(none)");
}

TEST(Message, HowLongItLastedIsWithoutTheCalmBeforeAReopening) {
  Notice reminder = sample_notice(IncidentStep::reminder);
  reminder.incident.calm = std::chrono::minutes(3);
  EXPECT_THAT(make_message(reminder).body, HasSubstr("It has lasted 2 min and nobody"));
  Notice resolved = sample_notice(IncidentStep::resolved);
  resolved.incident.calm = std::chrono::minutes(3);
  EXPECT_EQ(value_of(make_message(resolved), "Until"), "2026-11-20 12:00:00 UTC (2 min)");
  resolved.incident.timeline.clear();
  EXPECT_EQ(make_message(resolved).body, "Shop is down is over after 2 min");
}

TEST(Message, FlappingThatEndsWellIsToldAsSuch) {
  Notice notice = sample_notice(IncidentStep::flapping_stopped);
  notice.incident.title = "Shop is flapping";
  notice.incident.timeline.back().body = "Shop is stable and up again after 5 min";
  notice.incident.timeline.back().state = IncidentState::resolved;
  notice.incident.resolved_at = testing_support::noon();
  const Message well = make_message(notice);
  EXPECT_EQ(well.standing, Standing::over);
  EXPECT_EQ(well.subject, "Stable: Shop is up again");
  EXPECT_EQ(well.headline, "Shop is stable and up again after 5 min");
  notice.incident.title = "Shop is down";
  notice.incident.timeline.back().body = "No longer flapping: Shop is down: connection refused";
  notice.incident.timeline.back().state = IncidentState::investigating;
  notice.incident.resolved_at.reset();
  EXPECT_EQ(make_message(notice).subject, "Stable: Shop is down");
}

TEST(Message, ALongNameIsCutAndWhatHappenedStays) {
  std::string name;
  for (int i = 0; i < 128; ++i) name += i % 3 == 0 ? "é" : "日";
  for (const char* what : {" is down", " is degraded", " is flapping"}) {
    ForeignText text;
    text.name = name;
    text.title = name + what;
    const Message message = make_message(sample_notice(IncidentStep::resolved, text));
    EXPECT_LE(message.subject.size(), 200U);
    EXPECT_THAT(message.subject, testing::StartsWith("Resolved: é日日"));
    EXPECT_THAT(message.subject, testing::EndsWith(std::string("…") + what));
  }
  Notice by_hand = sample_notice();
  by_hand.incident.title = std::string(300, 'x');
  EXPECT_EQ(make_message(by_hand).subject.size(), 200U);
}

TEST(Message, AnIncidentThatThePublicPageShowsIsLinked) {
  EXPECT_EQ(make_message(sample_notice()).incident_link,
            "https://status.example.com/incidents/01JD4Z8Q2W9N5T0V7X3Y6B1CMK.html");
  const auto link_with = [](const auto& change) {
    Notice notice = sample_notice();
    change(notice);
    return make_message(notice).incident_link;
  };
  EXPECT_EQ(link_with([](Notice& notice) { notice.page_url = ""; }), "");
  EXPECT_EQ(link_with([](Notice& notice) { notice.service = nullptr; }), "");
  EXPECT_EQ(link_with([](Notice& notice) { notice.incident.group = ChannelId("ops"); }), "");
  EXPECT_EQ(link_with([](Notice& notice) { notice.incident.refusing = ChannelId("ops"); }), "");
  EXPECT_EQ(link_with([](Notice& notice) { notice.incident.service = monitor_service(); }), "");
  EXPECT_EQ(link_with([](Notice& notice) {
              Service internal = *notice.service;
              internal.visibility = Visibility::internal;
              notice.service = std::make_shared<const Service>(std::move(internal));
            }),
            "");
}

TEST(Message, AJobThatSaysItFailedIsNotCalledAnUnexpectedStatus) {
  Notice notice = sample_notice(IncidentStep::reminder);
  Service service = *notice.service;
  auto check = std::make_shared<Check>();
  check->id = CheckId("job");
  check->target = HeartbeatTarget{};
  service.checks = {check};
  notice.service = std::make_shared<const Service>(std::move(service));
  notice.incident.reason = Reason::unexpected_status;
  notice.incident.cause = CheckId("job");
  const Message message = make_message(notice);
  EXPECT_EQ(value_of(message, "Reason"), "the job reported failure");
  EXPECT_THAT(message.body, HasSubstr("Shop is down: the job reported failure. It has lasted"));
}

TEST(Message, WhatTheNoticeLacksIsMadeUpFor) {
  Notice notice = sample_notice(IncidentStep::resolved);
  notice.service = nullptr;
  notice.incident.timeline.clear();
  notice.incident.title = "\r\n";
  notice.page_url = "";
  const Message message = make_message(notice);
  EXPECT_EQ(message.subject, "Resolved: Incident of shop");
  EXPECT_EQ(message.body, "Incident of shop is over after 5 min");
  EXPECT_EQ(value_of(message, "Service"), "shop");
  EXPECT_EQ(value_of(message, "Group"), "(none)");
  EXPECT_EQ(message.page_link, "");
}

TEST(Message, S17_S23_HostileTextIsCleanBoundedAndEvidenceStaysHere) {
  const std::string hostile = "a\r\nBcc: x\xff\u202E<b>" + std::string(100'000, 'y');
  for (const IncidentStep step : every_step) {
    ForeignText text = ForeignText::all(hostile);
    text.evidence = "10.0.0.1 secret";
    const Message message = make_message(sample_notice(step, text));
    EXPECT_LE(message.subject.size(), 200U);
    EXPECT_EQ(message.subject.find_first_of("\r\n"), std::string::npos);
    EXPECT_LE(message.body.size(), 1'200U);
    EXPECT_LE(message.diagnosis.size(), 800U);
    EXPECT_LE(message.facts.size(), 9U);
    for (const Fact& fact : message.facts) {
      EXPECT_LE(fact.value.size(), 200U) << fact.label;
      EXPECT_EQ(fact.value.find_first_of("\r\n"), std::string::npos) << fact.label;
    }
    EXPECT_LT(message.subject.size() + plain_text(message).size(), 4'000U);
    EXPECT_THAT(plain_text(message), Not(HasSubstr("secret")));
    EXPECT_THAT(plain_text(message), Not(HasSubstr("\u202E")));
  }
}

}  // namespace
}  // namespace allclear::notify
