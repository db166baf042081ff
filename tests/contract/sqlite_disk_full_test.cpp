#include <sys/resource.h>

#include <csignal>

#include <gtest/gtest.h>

#include "tests/contract/sqlite_fixture.h"

namespace allclear::contract {
namespace {

// While it lives no file of this process may grow beyond `bytes`: what a full disk does to a write.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(std::uintmax_t bytes) {
    std::signal(SIGXFSZ, SIG_IGN);
    ::getrlimit(RLIMIT_FSIZE, &before_);
    rlimit limit = before_;
    limit.rlim_cur = bytes;
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FileSizeLimit() { ::setrlimit(RLIMIT_FSIZE, &before_); }
  FileSizeLimit(const FileSizeLimit&) = delete;
  FileSizeLimit& operator=(const FileSizeLimit&) = delete;

 private:
  rlimit before_{};
};

TEST(SqliteDiskFull, R14_ANewServiceThatCannotBeWrittenIsARefusedCommit) {
  const TemporaryFolder folder;
  const auto store = open_store(folder.file());
  ASSERT_TRUE(store);
  auto other = store::Connection::open(folder.file(), store::OpenMode::create);
  ASSERT_TRUE(other);
  other->execute("CREATE TRIGGER refuse BEFORE INSERT ON services BEGIN SELECT raise(ABORT, 'refused'); END");
  const Decision turn = change(key_of("website"), result_at(start_time()), Verdict::unknown, start_time());
  const auto refused = store->commit({&turn, 1});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().fault, CommitFault::unavailable);
  other->execute("DROP TRIGGER refuse");
  commit_all(*store, {turn});
}

TEST(SqliteDiskFull, R14_ACatalogueThatCannotBeWrittenIsRefusedAndWhatWasKnownGoesOn) {
  for (const char* table : {"services", "checks"}) {
    const TemporaryFolder folder;
    const auto store = open_store(folder.file());
    ASSERT_TRUE(store);
    ASSERT_TRUE(store->put_catalogue(catalogue_of({"website"}), start_time()));
    auto other = store::Connection::open(folder.file(), store::OpenMode::create);
    ASSERT_TRUE(other);
    other->execute(std::string("CREATE TRIGGER refuse BEFORE INSERT ON ") + table +
                   " BEGIN SELECT raise(ABORT, 'refused'); END");
    const auto refused = store->put_catalogue(catalogue_of({"a-new-one", "website"}), start_time() + minutes(1));
    ASSERT_FALSE(refused) << table;
    commit_all(*store, {quiet(key_of("website"), result_at(start_time() + minutes(1)))});
    other->execute("DROP TRIGGER refuse");
    ASSERT_TRUE(store->put_catalogue(catalogue_of({"a-new-one", "website"}), start_time() + minutes(2))) << table;
    commit_all(*store, {quiet(key_of("a-new-one"), result_at(start_time() + minutes(2))),
                        quiet(key_of("website"), result_at(start_time() + minutes(2)))});
    EXPECT_EQ(store->load()->checks.size(), 2U) << table;
  }
}

TEST(SqliteDiskFull, R14_ARefusedCommitChangesNothingAndLaterOnesWork) {
  const TemporaryFolder folder;
  const auto store = open_store(folder.file());
  ASSERT_TRUE(store);
  const auto queries = store::open_sqlite_queries(folder.file(), store->recent());
  ASSERT_TRUE(queries);
  int done = 0;
  for (int round = 0; round < 3; ++round) {
    for (int i = 0; i < 50; ++i) commit_all(*store, {lived_decision(++done)});
    const std::filesystem::path log = folder.file().string() + "-wal";
    const FileSizeLimit full(std::filesystem::file_size(log) + 30'000);
    Result<void, CommitError> stored;
    int tries = 0;
    while (stored && ++tries < 200) {
      const Decision next = lived_decision(done + 1);
      stored = store->commit({&next, 1});
      if (stored) ++done;
    }
    ASSERT_FALSE(stored) << "the limit was never met";
    EXPECT_EQ(stored.error().fault, CommitFault::unavailable);
    EXPECT_FALSE(stored.error().message.empty());
    EXPECT_EQ(lived_count(**queries), done);
    EXPECT_TRUE(store->load());
  }
  commit_all(*store, {lived_decision(++done)});
  EXPECT_EQ(lived_count(**queries), done);
  expect_lived(*store, **queries, done);
}

TEST(SqliteDiskFull, R14_UpkeepSaysSoAndGoesOnLater) {
  const TemporaryFolder folder;
  const auto store = open_store(folder.file());
  ASSERT_TRUE(store);
  for (int n = 1; n <= 200; ++n) commit_all(*store, {lived_decision(n)});
  {
    const FileSizeLimit full(std::filesystem::file_size(folder.file().string() + "-wal"));
    const auto kept = store->upkeep(lived_at(200));
    ASSERT_FALSE(kept);
    EXPECT_NE(kept.error().message.find("database"), std::string::npos);
  }
  const auto queries = open_queries(folder.file());
  expect_lived(*store, *queries, 200);
  EXPECT_EQ(lived_count(*queries), 200);
}

}  // namespace
}  // namespace allclear::contract
