#include <cstdlib>
#include <random>

#include <gtest/gtest.h>

#include "tests/contract/power_loss_vfs.h"
#include "tests/contract/sqlite_fixture.h"

namespace allclear::contract {
namespace {

// 300 points in the suite; ALLCLEAR_POWER_LOSS_POINTS=10000 is the claim's full figure.
int points_to_try() {
  const char* asked = std::getenv("ALLCLEAR_POWER_LOSS_POINTS");
  return asked == nullptr ? 300 : std::atoi(asked);
}

// After this many operations, decisions up to this one had been acknowledged.
struct Acknowledgement {
  std::size_t operations = 0;
  int decisions = 0;
};

std::vector<Acknowledgement> live(const PowerLossVfs& disk, const std::filesystem::path& file, int decisions) {
  std::vector<Acknowledgement> acknowledged;
  const auto store = open_store(file);
  acknowledged.push_back({disk.operations(), 0});
  for (int n = 1; n <= decisions; ++n) {
    commit_all(*store, {lived_decision(n)});
    acknowledged.push_back({disk.operations(), n});
    if (n % 3 != 0) continue;
    EXPECT_TRUE(store->upkeep(lived_at(n)));
  }
  return acknowledged;
}

TEST(SqlitePowerLoss, R2_NoAcknowledgedRowIsLostWhateverWritesTheDiskDropped) {
  std::mt19937 random(42);
  const TemporaryFolder folder = TemporaryFolder::in_memory();
  PowerLossVfs disk;
  const std::vector<Acknowledgement> acknowledged = live(disk, folder.file(), 900);
  disk.stop();
  const std::size_t operations = disk.operations();
  ASSERT_GT(operations, 2'000u);
  const int points = points_to_try();
  ASSERT_GT(points, 0) << "ALLCLEAR_POWER_LOSS_POINTS is no number";
  for (int point = 0; point < points; ++point) {
    const auto cut = std::uniform_int_distribution(acknowledged.front().operations, operations)(random);
    const TemporaryFolder image = TemporaryFolder::in_memory();
    disk.write_image(cut, random, image.path());
    int expected = 0;
    for (const Acknowledgement& one : acknowledged) expected = one.operations <= cut ? one.decisions : expected;
    const auto store = open_store(image.file());
    ASSERT_TRUE(store) << "cut at " << cut;
    ASSERT_EQ(store->recovery().outcome, store::RecoveryOutcome::opened) << store->recovery().cause << " at " << cut;
    const int found = lived_count(*open_queries(image.file()));
    ASSERT_GE(found, expected) << "cut at " << cut;
    ASSERT_LE(found, expected + 1) << "cut at " << cut;
    if (point % 25 == 0) expect_lived(*store, *open_queries(image.file()), found);
    ASSERT_FALSE(HasFailure()) << "cut at " << cut;
  }
}

}  // namespace
}  // namespace allclear::contract
