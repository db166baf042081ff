#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <random>
#include <thread>

#include <gtest/gtest.h>

#include "tests/contract/sqlite_fixture.h"

namespace allclear::contract {
namespace {

// The child: goes on with the lived decisions after `done`, tells each one that was acknowledged, until it is killed.
[[noreturn]] void live_on(const std::filesystem::path& file, int done, int pipe) {
  const std::unique_ptr<Log> silent = make_silent_log();
  auto store = store::open_sqlite_store({file, {}, milliseconds(1'000)}, start_time(), *silent);
  for (int n = done + 1; store && n < done + 10'000; n += 3) {
    const std::vector<Decision> batch{lived_decision(n), lived_decision(n + 1), lived_decision(n + 2)};
    const int last = n + 2;
    if (!(*store)->commit(batch) || ::write(pipe, &last, sizeof last) != sizeof last) break;
    if (!(*store)->upkeep(lived_at(last))) break;
  }
  ::_exit(1);
}

// Reads acknowledgements until there were `enough`, waits a moment longer, kills, and reads what was told before.
int kill_after(pid_t child, int pipe, int enough, microseconds moment) {
  int acknowledged = 0;
  int told = 0;
  for (int count = 0; count < enough && ::read(pipe, &told, sizeof told) == sizeof told; ++count) acknowledged = told;
  std::this_thread::sleep_for(moment);
  ::kill(child, SIGKILL);
  while (::read(pipe, &told, sizeof told) == sizeof told) acknowledged = told;
  ::waitpid(child, nullptr, 0);
  return acknowledged;
}

int run_and_kill(const std::filesystem::path& file, int done, int enough, microseconds moment) {
  int ends[2];
  if (::pipe(ends) != 0) return -1;
  const pid_t child = ::fork();
  if (child == 0) {
    ::close(ends[0]);
    live_on(file, done, ends[1]);
  }
  ::close(ends[1]);
  const int acknowledged = kill_after(child, ends[0], enough, moment);
  ::close(ends[0]);
  return acknowledged;
}

TEST(SqliteCrash, R1_KilledAtAnyInstantNothingAcknowledgedIsLostOrDoubled) {
  const TemporaryFolder folder;
  std::mt19937 random(20'261'120);
  int done = 0;
  for (int round = 0; round < 50; ++round) {
    const int enough = std::uniform_int_distribution(1, 25)(random);
    const microseconds moment(std::uniform_int_distribution(0, 8'000)(random));
    const int acknowledged = run_and_kill(folder.file(), done, enough, moment);
    const auto store = open_store(folder.file());
    ASSERT_TRUE(store);
    EXPECT_EQ(store->recovery().outcome, store::RecoveryOutcome::opened);
    const auto queries = open_queries(folder.file());
    done = lived_count(*queries);
    ASSERT_GE(done, acknowledged) << "round " << round;
    ASSERT_EQ(done % 3, 0) << "half a batch in round " << round;
    expect_lived(*store, *queries, done);
    ASSERT_FALSE(HasFailure()) << "round " << round;
  }
  EXPECT_GT(done, 1'000);
}

}  // namespace
}  // namespace allclear::contract
