#include "runtime/file_watch.h"

#include <fstream>

#include <gtest/gtest.h>

namespace allclear::runtime {
namespace {

class FileWatchTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = testing::TempDir() + "file-watch-XXXXXX";
    folder_ = mkdtemp(name.data());
    file_ = folder_ / "config.yaml";
    write("one");
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  void write(const std::string& text) const { std::ofstream(file_) << text; }

  std::filesystem::path folder_;
  std::filesystem::path file_;
};

TEST_F(FileWatchTest, TellsAChangeOnceAndOnlyWhenItHasSettled) {
  FileWatch watch(file_);
  EXPECT_FALSE(watch.changed());
  write("one and more");
  EXPECT_FALSE(watch.changed()) << "may be half written";
  EXPECT_TRUE(watch.changed());
  EXPECT_FALSE(watch.changed());
}

TEST_F(FileWatchTest, SeesAReplacementByRename) {
  FileWatch watch(file_);
  std::ofstream(folder_ / "new") << "one";
  std::filesystem::rename(folder_ / "new", file_);
  EXPECT_FALSE(watch.changed());
  EXPECT_TRUE(watch.changed());
}

TEST_F(FileWatchTest, AMissingFileIsToldOnceWhenItStaysAway) {
  FileWatch watch(file_);
  std::filesystem::remove(file_);
  EXPECT_FALSE(watch.changed()) << "may be replaced just now";
  EXPECT_TRUE(watch.changed());
  EXPECT_FALSE(watch.changed());
  write("back again");
  EXPECT_FALSE(watch.changed());
  EXPECT_TRUE(watch.changed());
}

}  // namespace
}  // namespace allclear::runtime
