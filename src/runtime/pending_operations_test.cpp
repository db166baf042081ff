#include "runtime/pending_operations.h"

#include <gtest/gtest.h>

namespace allclear::runtime {
namespace {

TEST(PendingOperations, EachIsAnsweredOnce) {
  int answers = 0;
  std::string detail;
  const auto note = [&](const OperationResult& result) {
    ++answers;
    detail = result.detail;
  };
  {
    PendingOperations pending;
    const MonotonicTime start{seconds(100)};
    const auto first = pending.put(note, start);
    const auto second = pending.put(note, start + seconds(1));
    EXPECT_NE(first, second);
    pending.answer(first, {OperationOutcome::done, "first", std::nullopt});
    EXPECT_EQ(detail, "first");
    pending.answer(first, {});
    EXPECT_EQ(answers, 1);
    pending.give_up(start + PendingOperations::patience);
    EXPECT_EQ(answers, 1) << "the second began a second later";
    pending.give_up(start + PendingOperations::patience + seconds(1));
    EXPECT_EQ(answers, 2);
    EXPECT_EQ(detail, "not stored in time; it may still be");
    pending.answer(second, {});
    EXPECT_EQ(answers, 2);
    pending.put(note, start);
  }
  EXPECT_EQ(answers, 3);
  EXPECT_EQ(detail, "the monitor is stopping");
}

}  // namespace
}  // namespace allclear::runtime
