#include "adapters/store/sqlite/data_folder.h"

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include "tests/contract/sqlite_fixture.h"

namespace allclear::contract {
namespace {

TEST(DataFolder, IsMadeForItsOwnerOnly) {
  const TemporaryFolder parent;
  const auto folder = store::open_data_folder(parent.path() / "state" / "allclear");
  ASSERT_TRUE(folder) << folder.error().message;
  struct stat facts {};
  ASSERT_EQ(::stat(folder->path().c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 0777U, 0700U);
  EXPECT_EQ(folder->database(), parent.path() / "state" / "allclear" / "allclear.db");
}

TEST(DataFolder, S7_TheDatabaseIsItsOwnersAlsoInAFolderThatIsOpen) {
  const TemporaryFolder parent;
  ::chmod(parent.path().c_str(), 0755);
  const mode_t before = ::umask(022);
  const auto store = open_store(parent.file());
  ::umask(before);
  ASSERT_TRUE(store);
  for (const char* name : {"allclear.db", "allclear.db-wal", "allclear.db-shm"}) {
    struct stat facts {};
    ASSERT_EQ(::stat((parent.path() / name).c_str(), &facts), 0) << name;
    EXPECT_EQ(facts.st_mode & 0777U, 0600U) << name;
  }
}

TEST(DataFolder, ASecondHolderIsRefusedAndToldWhoHasIt) {
  const TemporaryFolder parent;
  {
    const auto first = store::open_data_folder(parent.path());
    ASSERT_TRUE(first);
    const auto second = store::open_data_folder(parent.path());
    ASSERT_FALSE(second);
    EXPECT_NE(second.error().message.find("in use"), std::string::npos);
    EXPECT_NE(second.error().message.find("process " + std::to_string(::getpid())), std::string::npos);
  }
  EXPECT_TRUE(store::open_data_folder(parent.path()));
}

TEST(DataFolder, TheLockEndsWithItsProcess) {
  const TemporaryFolder parent;
  const pid_t child = ::fork();
  if (child == 0) {
    const auto held = store::open_data_folder(parent.path());
    ::_exit(held ? 0 : 1);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
  EXPECT_TRUE(store::open_data_folder(parent.path()));
}

TEST(DataFolder, APlaceThatCannotBeMadeIsAClearError) {
  const auto folder = store::open_data_folder("/proc/nowhere/allclear");
  ASSERT_FALSE(folder);
  EXPECT_NE(folder.error().message.find("/proc/nowhere/allclear"), std::string::npos);
}

}  // namespace
}  // namespace allclear::contract
