#include "adapters/api/incident_words.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/rules/incident_lifecycle.h"
#include "tests/support/site_fixture.h"

namespace allclear::api {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using testing::ElementsAre;

// What the rules write about a service, step by step.
class Story {
 public:
  explicit Story(std::string name = "Shop") {
    service_.id = ServiceId("shop");
    service_.name = std::move(name);
  }

  Story& becomes(Verdict verdict, Reason reason, milliseconds later = minutes(1)) {
    take(*advance_incident(service_, open(), last(), step_to(verdict, reason, later), ""));
    return *this;
  }
  Story& begins_to_flap() {
    take(start_flapping(service_, open(), last(), step_to(Verdict::down, Reason::timeout, minutes(1)), ""));
    return *this;
  }
  Story& stops_flapping(Verdict verdict, Reason reason, milliseconds later = minutes(1)) {
    take(stop_flapping(service_, incident_, step_to(verdict, reason, later)));
    return *this;
  }

  Incident& incident() { return incident_; }
  // In English, German, French.
  std::vector<std::string> titles() const {
    std::vector<std::string> said;
    for (const Language language : test::every_language)
      said.push_back(shown_title(Words(language), incident_, service_.name.value()));
    return said;
  }
  std::vector<std::string> newest() const {
    std::vector<std::string> said;
    for (const Language language : test::every_language)
      said.push_back(shown_update(Words(language), incident_.timeline.back(), service_.name.value()));
    return said;
  }

 private:
  std::optional<Incident> open() const { return known_ && incident_.open() ? std::optional(incident_) : std::nullopt; }
  std::optional<Incident> last() const { return known_ && !incident_.open() ? std::optional(incident_) : std::nullopt; }
  void take(IncidentUpdate update) {
    incident_ = std::move(update.incident);
    known_ = true;
  }
  Transition step_to(Verdict verdict, Reason reason, milliseconds later) {
    now_ += later;
    Transition transition{service_.id, verdict_, verdict, now_, now_, reason, CheckId("shop")};
    verdict_ = verdict;
    return transition;
  }

  Service service_;
  Incident incident_;
  bool known_ = false;
  Verdict verdict_ = Verdict::up;
  WallTime now_ = test::sample_now();
};

TEST(IncidentWords, AnOpening) {
  Story story;
  story.becomes(Verdict::down, Reason::timeout);
  EXPECT_THAT(story.titles(), ElementsAre("Shop is down", "Shop ist ausgefallen", "Shop est en panne"));
  EXPECT_THAT(story.newest(),
              ElementsAre("Down: did not answer in time", "Ausgefallen: keine Antwort innerhalb der Frist",
                          "En panne : pas de r\u00e9ponse \u00e0 temps"));
}

TEST(IncidentWords, EveryReasonIsSaidAgain) {
  for (std::size_t i = 0; i < reason_count; ++i) {
    const auto reason = static_cast<Reason>(i);
    Story story;
    story.becomes(Verdict::down, reason);
    const std::string german(Words(Language::german).reason(reason));
    EXPECT_EQ(story.newest()[1], "Ausgefallen: " + german);
  }
}

TEST(IncidentWords, AnEscalation) {
  Story story;
  story.becomes(Verdict::degraded, Reason::slow);
  EXPECT_THAT(story.titles(),
              ElementsAre("Shop is degraded", "Shop ist eingeschr\u00e4nkt", "Shop est d\u00e9grad\u00e9"));
  story.becomes(Verdict::down, Reason::refused);
  EXPECT_EQ(story.incident().timeline.back().step, IncidentStep::escalated);
  EXPECT_THAT(story.titles(), ElementsAre("Shop is down", "Shop ist ausgefallen", "Shop est en panne"));
  EXPECT_THAT(story.newest(), ElementsAre("Down: connection refused", "Ausgefallen: Verbindung abgelehnt",
                                          "En panne : connexion refus\u00e9e"));
}

TEST(IncidentWords, AnEndInEveryUnit) {
  Story story;
  story.becomes(Verdict::down, Reason::timeout).becomes(Verdict::up, Reason::ok, minutes(9) + seconds(5));
  EXPECT_THAT(story.titles(), ElementsAre("Shop was down", "Shop war ausgefallen", "Shop \u00e9tait en panne"));
  EXPECT_THAT(story.newest(), ElementsAre("Up again after 9 min 5 s", "Nach 9 min 5 s wieder in Betrieb",
                                          "De nouveau en service apr\u00e8s 9 min 5 s"));
  Story days;
  days.becomes(Verdict::down, Reason::timeout).becomes(Verdict::up, Reason::ok, hours(51));
  EXPECT_EQ(days.newest()[2], "De nouveau en service apr\u00e8s 2 j 3 h");
}

TEST(IncidentWords, AReopening) {
  Story story;
  story.becomes(Verdict::down, Reason::timeout).becomes(Verdict::up, Reason::ok).becomes(Verdict::down, Reason::reset);
  EXPECT_EQ(story.incident().timeline.back().step, IncidentStep::reopened);
  EXPECT_THAT(story.newest(),
              ElementsAre("Down again: connection reset", "Ausgefallen (erneut): Verbindung abgebrochen",
                          "En panne de nouveau : connexion interrompue"));
}

TEST(IncidentWords, FlappingFromItsBeginningToItsEnd) {
  Story story;
  story.begins_to_flap();
  EXPECT_THAT(story.titles(), ElementsAre("Shop is flapping", "Shop ist instabil", "Shop est instable"));
  EXPECT_THAT(story.newest(),
              ElementsAre("Flapping: its state changes again and again", "Instabil: der Zustand wechselt immer wieder",
                          "Instable : l\u2019\u00e9tat change sans cesse"));
  Story failing = story;
  failing.stops_flapping(Verdict::down, Reason::timeout);
  EXPECT_THAT(failing.newest(), ElementsAre("No longer flapping. Down: did not answer in time",
                                            "Nicht mehr instabil. Ausgefallen: keine Antwort innerhalb der Frist",
                                            "N\u2019est plus instable. En panne : pas de r\u00e9ponse \u00e0 temps"));
  EXPECT_EQ(failing.titles()[0], "Shop is down");
  story.stops_flapping(Verdict::up, Reason::ok, minutes(12));
  EXPECT_THAT(story.titles(), ElementsAre("Shop was flapping", "Shop war instabil", "Shop \u00e9tait instable"));
  EXPECT_THAT(story.newest(),
              ElementsAre("Stable and up again after 12 min", "Nach 12 min stabil und wieder in Betrieb",
                          "Stable et de nouveau en service apr\u00e8s 12 min"));
}

TEST(IncidentWords, WhatPeopleWroteStays) {
  Story story;
  story.becomes(Verdict::down, Reason::timeout);
  story.incident().title = "Card payments fail";
  EXPECT_THAT(story.titles(), testing::Each("Card payments fail"));
  TimelineEntry& entry = story.incident().timeline.back();
  for (const char* body :
       {"Shop is down because of us", "Shop is down", "We look into it", "Shop is up again after lunch?"}) {
    entry.author = "ada";
    entry.body = body;
    EXPECT_THAT(story.newest(), testing::Each(body));
  }
  entry.author.clear();
  entry.body = "Shop is down: somebody stumbled over the cable";
  EXPECT_EQ(story.newest()[1], "Ausgefallen: somebody stumbled over the cable");
}

TEST(IncidentWords, ANameThatBeginsAsAnotherIsNotMistaken) {
  const Words words(Language::german);
  const TimelineEntry entry{1,  {}, IncidentStep::opened, IncidentState::investigating, "Shop 2 is down: timeout",
                            "", ""};
  EXPECT_EQ(shown_update(words, entry, "Shop"), entry.body);
  Incident incident;
  incident.title = "Shop 2 is down";
  EXPECT_EQ(shown_title(words, incident, "Shop"), incident.title);
  EXPECT_EQ(shown_title(words, incident, "Shop 2"), "Shop 2 ist ausgefallen");
}

TEST(IncidentWords, ANameThatReadsAsAStateIsAName) {
  Story story("All is down is down");
  story.becomes(Verdict::degraded, Reason::slow);
  EXPECT_EQ(story.titles()[1], "All is down is down ist eingeschr\u00e4nkt");
  EXPECT_EQ(story.newest()[0], "Degraded: slower than expected");
}

TEST(IncidentWords, AnEmptyName) {
  Story story("");
  story.becomes(Verdict::down, Reason::timeout);
  EXPECT_EQ(story.titles()[1], " ist ausgefallen");
  EXPECT_EQ(story.newest()[1], "Ausgefallen: keine Antwort innerhalb der Frist");
}

TEST(IncidentWords, ARenamedServicesIncidentStaysAsItWasWritten) {
  Story story("Shop");
  story.becomes(Verdict::down, Reason::timeout);
  const Words words(Language::german);
  EXPECT_EQ(shown_title(words, story.incident(), "Store"), "Shop is down");
  EXPECT_EQ(shown_update(words, story.incident().timeline.back(), "Store"), "Shop is down: did not answer in time");
}

}  // namespace
}  // namespace allclear::api
