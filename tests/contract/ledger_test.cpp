// The alerts' ledger: every try and its answer, pages of it, and replaying what is dead.
#include <gtest/gtest.h>

#include "tests/contract/decisions.h"
#include "tests/contract/store_under_test.h"

namespace allclear::contract {
namespace {

constexpr milliseconds lease = minutes(1);

class LedgerContract : public StoreContract {
 protected:
  Alert owe(const std::string& service, std::uint32_t ordinal, const std::string& channel, WallTime at) {
    const Incident incident = incident_of(service, "01-" + service, start_time());
    const Alert alert = alert_of(incident, ordinal, channel, at);
    commit_all(log(), {with_incident(incident, {alert})});
    return alert;
  }
  void settle(const Alert& alert, DeliveryOutcome outcome, const std::string& answer, WallTime at) {
    ASSERT_TRUE(outbox().claim(at, lease, 100, {}));
    ASSERT_TRUE(outbox().settle(alert.id, {outcome, milliseconds(0), answer}, at));
  }
  AlertRecord record_of(const Alert& alert) {
    const auto found = queries().alert(alert.id);
    EXPECT_TRUE(found && *found);
    return found && *found ? **found : AlertRecord{};
  }
  using Names = std::vector<std::string>;
  Names names(const AlertQuery& query) {
    const auto page = queries().alerts(query);
    EXPECT_TRUE(page);
    Names found;
    for (const AlertRecord& record : page.value_or(AlertPage{}).alerts) {
      found.push_back(record.alert.service.value() + "/" + record.alert.channel.value() +
                      std::to_string(record.alert.ordinal));
    }
    return found;
  }
};
ALLCLEAR_OVER_ALL_STORES(LedgerContract);

TEST_P(LedgerContract, R5_EveryTryIsKeptWithItsAnswer) {
  const Alert alert = owe("shop", 1, "ops", start_time());
  settle(alert, DeliveryOutcome::retry_after, "503", start_time() + seconds(1));
  settle(alert, DeliveryOutcome::retry_after, "", start_time() + seconds(5));
  settle(alert, DeliveryOutcome::rejected, "401 \xc3\xa9", start_time() + seconds(9));
  restart();
  const AlertRecord record = record_of(alert);
  EXPECT_EQ(record.alert.state, AlertState::dead);
  const std::vector<AlertTry> expected{
      {1, start_time() + seconds(1), DeliveryOutcome::retry_after, "503"},
      {2, start_time() + seconds(5), DeliveryOutcome::retry_after, ""},
      {3, start_time() + seconds(9), DeliveryOutcome::rejected, "401 \xc3\xa9"},
  };
  EXPECT_EQ(record.tries, expected);
  EXPECT_EQ(queries().alerts({})->alerts, std::vector{record});
}

TEST_P(LedgerContract, OfThousandsOfTriesTheFirstAndTheNewestAreKept) {
  const Alert alert = owe("shop", 1, "ops", start_time());
  constexpr std::uint32_t times = 130;
  for (std::uint32_t n = 1; n <= times; ++n) {
    settle(alert, DeliveryOutcome::retry_after, std::to_string(n), start_time() + seconds(n));
  }
  const AlertRecord record = record_of(alert);
  EXPECT_EQ(record.alert.tries, times);
  ASSERT_EQ(record.tries.size(), first_tries_kept + newest_tries_kept);
  for (std::uint32_t i = 0; i < record.tries.size(); ++i) {
    const std::uint32_t number = i < first_tries_kept ? i + 1 : times - newest_tries_kept + 1 + i - first_tries_kept;
    EXPECT_EQ(record.tries[i].number, number);
    EXPECT_EQ(record.tries[i].answer, std::to_string(number));
  }
}

TEST_P(LedgerContract, R5_ADeadAlertIsOwedAgainByHandWithItsTries) {
  const Alert alert = owe("shop", 1, "ops", start_time());
  settle(alert, DeliveryOutcome::rejected, "401", start_time());
  const WallTime later = start_time() + hours(5);
  EXPECT_TRUE(outbox().claim(later, lease, 10, {})->empty());
  ASSERT_EQ(*outbox().replay(alert.id, later), ReplayOutcome::owed);
  restart();
  AlertRecord record = record_of(alert);
  EXPECT_EQ(record.alert.state, AlertState::owed);
  EXPECT_EQ(record.alert.due_at, later);
  EXPECT_EQ(record.alert.replayed_at, later);
  EXPECT_EQ(record.alert.created_at, start_time());
  EXPECT_EQ(record.tries.size(), 1u);
  const auto claimed = outbox().claim(later, lease, 10, {});
  ASSERT_EQ(claimed->size(), 1u);
  EXPECT_EQ(claimed->front().id, alert.id) << "the same key";
  EXPECT_EQ(claimed->front().replayed_at, later) << "what gives it a day of its own";
  ASSERT_TRUE(outbox().settle(alert.id, {DeliveryOutcome::sent, {}, "200"}, later));
  record = record_of(alert);
  EXPECT_EQ(record.alert.state, AlertState::sent);
  ASSERT_EQ(record.tries.size(), 2u);
  EXPECT_EQ(record.tries[1].number, 2u);
}

TEST_P(LedgerContract, OnlyWhatIsDeadIsReplayed) {
  const Alert owed = owe("shop", 1, "ops", start_time());
  const Alert sent = owe("shop", 1, "chat", start_time());
  ASSERT_TRUE(outbox().claim(start_time(), lease, 10, {}));
  EXPECT_EQ(*outbox().replay(owed.id, start_time()), ReplayOutcome::not_dead) << "it is being sent";
  settle(sent, DeliveryOutcome::sent, "200", start_time());
  settle(owed, DeliveryOutcome::retry_after, "503", start_time());
  EXPECT_EQ(*outbox().replay(owed.id, start_time()), ReplayOutcome::not_dead);
  EXPECT_EQ(*outbox().replay(sent.id, start_time()), ReplayOutcome::not_dead);
  EXPECT_EQ(*outbox().replay(AlertId("nothing"), start_time()), ReplayOutcome::not_found);
  EXPECT_EQ(record_of(sent).alert.state, AlertState::sent);
  EXPECT_EQ(*queries().alert(AlertId("nothing")), std::nullopt);
}

TEST_P(LedgerContract, IsNewestFirstAndNarrowedByWhatIsAsked) {
  const Alert dead = owe("shop", 1, "ops", start_time());
  const Alert sent = owe("shop", 2, "ops", start_time() + seconds(2));
  owe("shop", 2, "chat", start_time() + seconds(2));
  owe("mail", 1, "ops", start_time() + seconds(1));
  settle(dead, DeliveryOutcome::rejected, "401", start_time() + minutes(1));
  settle(sent, DeliveryOutcome::sent, "200", start_time() + minutes(1));
  EXPECT_EQ(names({}), (Names{"shop/ops2", "shop/chat2", "mail/ops1", "shop/ops1"}));
  AlertQuery query;
  query.states = {AlertState::dead};
  EXPECT_EQ(names(query), Names{"shop/ops1"});
  query.states = {AlertState::dead, AlertState::sent};
  EXPECT_EQ(names(query), (Names{"shop/ops2", "shop/ops1"}));
  query = {};
  query.channel = ChannelId("chat");
  EXPECT_EQ(names(query), Names{"shop/chat2"});
  query = {};
  query.service = ServiceId("mail");
  EXPECT_EQ(names(query), Names{"mail/ops1"});
  query = {};
  query.incident = IncidentId("01-shop");
  query.states = {AlertState::sending};
  EXPECT_EQ(names(query), Names{"shop/chat2"});
  query.channel = ChannelId("nobody");
  EXPECT_EQ(names(query), Names{});
}

TEST_P(LedgerContract, PagesAreStableWhileAlertsAreMade) {
  for (int i = 0; i < 9; ++i) {
    owe(i % 2 == 0 ? "shop" : "mail", 1 + static_cast<std::uint32_t>(i) / 2, i % 3 == 0 ? "ops" : "a.b",
        start_time() + seconds(i / 3));
  }
  const Names all = names({});
  ASSERT_EQ(all.size(), 9u);
  AlertQuery query;
  query.limit = 2;
  Names paged;
  for (int pages = 1;; ++pages) {
    const auto page = queries().alerts(query);
    ASSERT_TRUE(page);
    ASSERT_LE(page->alerts.size(), 2u);
    const Names part = names(query);
    paged.insert(paged.end(), part.begin(), part.end());
    owe("later", static_cast<std::uint32_t>(pages), "ops", start_time() + hours(1));
    query.cursor = page->next;
    if (query.cursor.empty()) break;
  }
  EXPECT_EQ(paged, all);
}

TEST_P(LedgerContract, ACursorThatIsNotOneOfOursIsNamedAndALimitOutOfRangeIsAnError) {
  owe("shop", 1, "ops", start_time());
  AlertQuery query;
  for (const char* cursor : {"x", "1", "1.2", "1.2.3.ab", "1.2.-1.ab", "99999999999999999999.1.0.", "..."}) {
    query.cursor = cursor;
    const auto page = queries().alerts(query);
    ASSERT_TRUE(page) << cursor;
    EXPECT_TRUE(page->bad_cursor) << cursor;
    EXPECT_TRUE(page->alerts.empty()) << cursor;
  }
  query.cursor.clear();
  for (const std::size_t limit : {0u, 1'001u}) {
    query.limit = limit;
    EXPECT_FALSE(queries().alerts(query));
  }
}

}  // namespace
}  // namespace allclear::contract
