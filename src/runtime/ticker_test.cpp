#include "runtime/ticker.h"

#include <chrono>
#include <memory>

#include <gtest/gtest.h>

namespace allclear::runtime {
namespace {

TEST(Ticker, OneThatExpiredAndWasDestroyedBeforeItsTurnTicksNoMore) {
  boost::asio::io_context loop{1};
  std::unique_ptr<Ticker> first, second;
  int ticks = 0;
  first = std::make_unique<Ticker>(loop, milliseconds(1), [&] { ++ticks, second.reset(); });
  second = std::make_unique<Ticker>(loop, milliseconds(1), [&] { ++ticks, first.reset(); });
  const auto both_expired = std::chrono::steady_clock::now() + std::chrono::milliseconds(3);
  while (std::chrono::steady_clock::now() < both_expired) continue;
  loop.poll_one();
  EXPECT_EQ(ticks, 1);
  EXPECT_NE(first == nullptr, second == nullptr);
  loop.poll_one();
  EXPECT_EQ(ticks, 1);
}

TEST(Ticker, MayEndItself) {
  boost::asio::io_context loop{1};
  int ticks = 0;
  std::unique_ptr<Ticker> ticker = std::make_unique<Ticker>(loop, milliseconds(1), [&] {
    if (++ticks == 3) ticker.reset();
  });
  loop.run();
  EXPECT_EQ(ticks, 3);
}

}  // namespace
}  // namespace allclear::runtime
