#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/contract/decisions.h"
#include "tests/contract/store_under_test.h"

namespace allclear::contract {
namespace {

class CommitContract : public StoreContract {};
ALLCLEAR_OVER_ALL_STORES(CommitContract);

TEST_P(CommitContract, ANewStoreIsEmpty) {
  const auto stored = log().load();
  ASSERT_TRUE(stored);
  EXPECT_TRUE(stored->checks.empty());
  EXPECT_TRUE(stored->services.empty());
  EXPECT_TRUE(stored->open_incidents.empty());
  EXPECT_EQ(stored->last_start, std::nullopt);
  EXPECT_EQ(stored->page_seq, 0u);
}

TEST_P(CommitContract, StateSurvivesARestartWithEveryField) {
  const CheckKey key = key_of("website");
  Decision decision = with_state(key, result_at(start_time()), 1);
  decision.state->verdict = Verdict::degraded;
  decision.state->reason = Reason::certificate_expiring;
  decision.state->at_least_down = {start_time() - minutes(3), 3, Reason::refused};
  decision.state->unknown = {start_time() - minutes(1), 1, Reason::local_fault};
  decision.result->certificate_expiry = start_time() + hours(48);
  commit_all(log(), {decision});
  restart();
  const auto stored = log().load();
  ASSERT_TRUE(stored);
  ASSERT_EQ(stored->checks.size(), 1u);
  EXPECT_EQ(stored->checks[0].key, key);
  const CheckState& state = stored->checks[0].state;
  EXPECT_EQ(state.verdict, Verdict::degraded);
  EXPECT_EQ(state.reason, Reason::certificate_expiring);
  EXPECT_EQ(state.since, decision.state->since);
  EXPECT_EQ(state.at_least_down, decision.state->at_least_down);
  EXPECT_EQ(state.at_most_up, decision.state->at_most_up);
  EXPECT_EQ(state.unknown, decision.state->unknown);
  EXPECT_EQ(state.certificate_expiry, decision.result->certificate_expiry);
  EXPECT_EQ(state.version, 1u);
}

TEST_P(CommitContract, TheLastResultComesFromTheLogWhenTheRowStayed) {
  const CheckKey key = key_of("website");
  const CheckResult later = result_at(start_time() + minutes(5), Verdict::down, milliseconds(77));
  commit_all(log(), {with_state(key, result_at(start_time()), 1), quiet(key, later)});
  restart();
  const auto stored = log().load();
  ASSERT_TRUE(stored);
  ASSERT_EQ(stored->checks.size(), 1u);
  const CheckState& state = stored->checks[0].state;
  EXPECT_EQ(state.version, 1u);
  EXPECT_EQ(state.last_at, later.at);
  EXPECT_EQ(state.last_verdict, Verdict::down);
  EXPECT_EQ(state.last_reason, Reason::timeout);
  EXPECT_EQ(state.last_latency, milliseconds(77));
}

TEST_P(CommitContract, AVersionThatDoesNotFollowIsAConflictAndNothingIsStored) {
  commit_all(log(), {with_state(key_of("website"), result_at(start_time()), 1)});
  const std::vector<Decision> batch{quiet(key_of("api"), result_at(start_time() + minutes(1))),
                                    with_state(key_of("website"), result_at(start_time() + minutes(1)), 3),
                                    with_state(key_of("shop"), result_at(start_time() + minutes(1)), 2)};
  const auto refused = log().commit(batch);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().fault, CommitFault::conflict);
  EXPECT_THAT(refused.error().conflicting, testing::UnorderedElementsAre(ServiceId("shop"), ServiceId("website")));
  const auto stored = log().load();
  ASSERT_TRUE(stored);
  ASSERT_EQ(stored->checks.size(), 1u);
  EXPECT_EQ(stored->checks[0].state.last_at, start_time());
  EXPECT_TRUE(queries().history({ServiceId("api"), {}, {}, {}, 100, ""})->rows.empty());
  commit_all(log(), {with_state(key_of("shop"), result_at(start_time() + minutes(2)), 1)});
}

TEST_P(CommitContract, AFirstRowThatIsThereAlreadyIsAConflict) {
  commit_all(log(), {with_state(key_of("website"), result_at(start_time()), 1)});
  const Decision again = with_state(key_of("website"), result_at(start_time() + minutes(1)), 1);
  const auto refused = log().commit({&again, 1});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().fault, CommitFault::conflict);
}

TEST_P(CommitContract, ABatchMayMoveOneCheckSeveralTimes) {
  const CheckKey key = key_of("website");
  const std::vector<Decision> batch{with_state(key, result_at(start_time()), 1),
                                    with_state(key, result_at(start_time() + minutes(1)), 2),
                                    with_state(key, result_at(start_time() + minutes(2), Verdict::down), 3)};
  ASSERT_TRUE(log().commit(batch));
  const auto stored = log().load();
  ASSERT_EQ(stored->checks.size(), 1u);
  EXPECT_EQ(stored->checks[0].state.version, 3u);
  EXPECT_EQ(stored->checks[0].state.verdict, Verdict::down);
}

TEST_P(CommitContract, ServiceStatesAndMarksSurviveARestart) {
  const Decision down =
      change(key_of("api"), result_at(start_time(), Verdict::down), Verdict::unknown, start_time() - minutes(1));
  commit_all(log(), {down});
  ASSERT_TRUE(log().put_last_start(start_time()));
  ASSERT_TRUE(log().put_page_seq(4711));
  ASSERT_TRUE(log().put_page_seq(4712));
  restart();
  const auto stored = log().load();
  ASSERT_TRUE(stored);
  ASSERT_EQ(stored->services.size(), 1u);
  EXPECT_EQ(stored->services[0], *down.service_state);
  EXPECT_EQ(stored->last_start, start_time());
  EXPECT_EQ(stored->page_seq, 4712u);
}

TEST_P(CommitContract, R20_ARemovedCheckIsMarkedUntilItIsNamedAgain) {
  ASSERT_TRUE(log().put_catalogue(catalogue_of({"website", "api"}), start_time()));
  commit_all(log(), {change(key_of("api"), result_at(start_time()), Verdict::unknown, start_time()),
                     change(key_of("website"), result_at(start_time()), Verdict::unknown, start_time())});
  const auto is_archived = [&](const std::string& id) {
    const auto stored = log().load();
    EXPECT_TRUE(stored);
    for (const StoredCheck& check : stored.value_or(StoredState{}).checks) {
      if (check.key == key_of(id)) return check.archived;
    }
    ADD_FAILURE() << id << " has no row";
    return false;
  };
  EXPECT_FALSE(is_archived("api"));
  ASSERT_TRUE(log().put_catalogue(catalogue_of({"website"}), start_time() + minutes(1)));
  restart();
  EXPECT_TRUE(is_archived("api"));
  EXPECT_FALSE(is_archived("website"));
  ASSERT_TRUE(log().put_catalogue(catalogue_of({"website", "api"}), start_time() + minutes(2)));
  EXPECT_FALSE(is_archived("api"));
}

TEST_P(CommitContract, R20_ARemovedServiceIsArchivedAndComesBackWithItsHistory) {
  ASSERT_TRUE(log().put_catalogue(catalogue_of({"website", "api"}), start_time()));
  commit_all(log(), {change(key_of("api"), result_at(start_time()), Verdict::unknown, start_time()),
                     change(key_of("website"), result_at(start_time()), Verdict::unknown, start_time())});
  ASSERT_TRUE(log().put_catalogue(catalogue_of({"website"}), start_time() + minutes(1)));
  const auto without = queries().days(day_of(start_time()), start_time() + minutes(2), every_service);
  ASSERT_TRUE(without);
  ASSERT_EQ(without->size(), 1u);
  EXPECT_EQ((*without)[0].service, ServiceId("website"));
  EXPECT_EQ(queries().history({ServiceId("api"), {}, {}, {}, 100, ""})->rows.size(), 1u);
  ASSERT_TRUE(log().put_catalogue(catalogue_of({"website", "api"}), start_time() + minutes(3)));
  const auto with = queries().days(day_of(start_time()), start_time() + minutes(5), every_service);
  ASSERT_TRUE(with);
  ASSERT_EQ(with->size(), 2u);
  const auto wanted = queries().days(day_of(start_time()), start_time() + minutes(5),
                                     [](std::string_view id) { return id == "website"; });
  ASSERT_TRUE(wanted);
  ASSERT_EQ(wanted->size(), 1u);
  EXPECT_EQ((*wanted)[0].service, ServiceId("website"));
  const ServiceDays& api = (*with)[0];
  ASSERT_EQ(api.service, ServiceId("api"));
  ASSERT_EQ(api.days.size(), 1u);
  EXPECT_EQ(api.days[0].times.up, minutes(3));  // one before it left, two since it is back
}

}  // namespace
}  // namespace allclear::contract
