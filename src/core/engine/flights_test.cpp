#include "core/engine/flights.h"

#include <set>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace allclear::flights_test {
namespace {

MonotonicTime at(std::int64_t ms) { return MonotonicTime(milliseconds(ms)); }
CheckKey key(int number) { return {ServiceId(fmt::format("s{}", number)), CheckId("c"), local_location()}; }

Flights::Departure departure(int number, const std::string& host = "") {
  return {key(number), host, at(number), milliseconds(1'000), false, 0};
}

TEST(Flights, StartUpToTheLimitAndThenInTurn) {
  Flights flights(2, 0);
  EXPECT_EQ(flights.request(departure(1), at(0)), Admission::started);
  EXPECT_EQ(flights.request(departure(2), at(0)), Admission::started);
  EXPECT_EQ(flights.request(departure(3), at(0)), Admission::deferred);
  EXPECT_EQ(flights.request(departure(4), at(0)), Admission::deferred);
  EXPECT_FALSE(flights.next_waiting(at(0)).has_value());
  EXPECT_EQ(flights.finish(key(1)), Landing::regular);
  const auto next = flights.next_waiting(at(5));
  ASSERT_TRUE(next.has_value());
  EXPECT_EQ(next->key, key(3));
  EXPECT_EQ(next->due, at(3)) << "its lateness stays visible";
  EXPECT_EQ(flights.in_flight(), 2U);
  EXPECT_EQ(flights.waiting(), 1U);
}

TEST(Flights, ACheckNeverOverlapsItself) {
  Flights flights(1, 0);
  flights.request(departure(1), at(0));
  EXPECT_EQ(flights.request(departure(1), at(100)), Admission::busy);
  flights.request(departure(2), at(100));
  EXPECT_EQ(flights.request(departure(2), at(200)), Admission::busy) << "it waits already";
}

TEST(Flights, OneThatIsLongPastItsDeadlineIsLost) {
  Flights flights(1, 0);
  flights.request(departure(1), at(0));
  EXPECT_EQ(flights.request(departure(1), at(30'999)), Admission::busy);
  EXPECT_EQ(flights.request(departure(1), at(31'000)), Admission::started);
  EXPECT_EQ(flights.in_flight(), 1U);
}

TEST(Flights, AStragglerDoesNotLandForTheFlightThatReplacedIt) {
  Flights flights(1, 0);
  flights.request(departure(1), at(0));
  const std::uint64_t lost = flights.last_number();
  flights.request(departure(1), at(31'000));
  EXPECT_EQ(flights.finish(key(1), lost), Landing::straggler);
  EXPECT_EQ(flights.in_flight(), 1U);
  EXPECT_EQ(flights.finish(key(1), flights.last_number()), Landing::regular);
  EXPECT_EQ(flights.finish(key(1), flights.last_number()), Landing::straggler) << "an echo";
}

TEST(Flights, AStrangerDoesNotLand) {
  Flights flights(1, 0);
  EXPECT_EQ(flights.finish(key(1)), Landing::none);
  flights.request(departure(1), at(0));
  flights.request(departure(2), at(0));
  EXPECT_EQ(flights.finish(key(2)), Landing::none) << "waiting is not flying";
  EXPECT_EQ(flights.finish(key(1)), Landing::regular);
  EXPECT_EQ(flights.finish(key(1)), Landing::none);
}

TEST(Flights, LimitPerHostHoldsOnlyThatHost) {
  Flights flights(10, 1);
  EXPECT_EQ(flights.request(departure(1, "a"), at(0)), Admission::started);
  EXPECT_EQ(flights.request(departure(2, "a"), at(0)), Admission::deferred);
  EXPECT_EQ(flights.request(departure(3, "a"), at(0)), Admission::deferred);
  EXPECT_EQ(flights.request(departure(4, "b"), at(0)), Admission::started);
  EXPECT_FALSE(flights.next_waiting(at(0)).has_value());
  flights.finish(key(4));
  EXPECT_FALSE(flights.next_waiting(at(0)).has_value());
  flights.finish(key(1));
  EXPECT_EQ(flights.next_waiting(at(0))->key, key(2));
  EXPECT_FALSE(flights.next_waiting(at(0)).has_value());
  flights.finish(key(2));
  EXPECT_EQ(flights.next_waiting(at(0))->key, key(3));
}

TEST(Flights, OneWhoWaitedForAPlaceMayStillHaveToWaitForItsHost) {
  Flights flights(1, 1);
  flights.request(departure(1, "a"), at(0));
  flights.request(departure(2, "b"), at(0));
  flights.request(departure(3, "b"), at(0));
  flights.finish(key(1));
  EXPECT_EQ(flights.next_waiting(at(0))->key, key(2));
  Flights wide(2, 1);
  wide.request(departure(1, "a"), at(0));
  wide.request(departure(2, "b"), at(0));
  wide.request(departure(3, "b"), at(0));
  wide.request(departure(4, "c"), at(0));
  wide.finish(key(1));
  EXPECT_EQ(wide.next_waiting(at(0))->key, key(4)) << "b is full";
  wide.finish(key(2));
  EXPECT_EQ(wide.next_waiting(at(0))->key, key(3));
}

TEST(Flights, ACancelledOneGivesItsTurnToTheNext) {
  Flights flights(10, 1);
  flights.request(departure(1, "a"), at(0));
  flights.request(departure(2, "a"), at(0));
  flights.request(departure(3, "a"), at(0));
  flights.cancel_waiting(key(2));
  flights.cancel_waiting(key(2));
  flights.cancel_waiting(key(1));  // flies: stays
  flights.cancel_waiting(key(9));
  EXPECT_EQ(flights.waiting(), 1U);
  flights.finish(key(1));
  EXPECT_EQ(flights.next_waiting(at(0))->key, key(3));
  EXPECT_EQ(flights.waiting(), 0U);
}

TEST(Flights, ACancelledOneThatIsWantedAgainKeepsItsPlace) {
  Flights flights(1, 0);
  flights.request(departure(1), at(0));
  flights.request(departure(2), at(0));
  flights.request(departure(3), at(0));
  flights.cancel_waiting(key(2));
  EXPECT_EQ(flights.request(departure(2), at(1)), Admission::deferred);
  flights.finish(key(1));
  EXPECT_EQ(flights.next_waiting(at(0))->key, key(2));
}

TEST(Flights, WhatFliesAcrossASuspendIsMarked) {
  Flights flights(1, 0);
  flights.request(departure(1), at(0));
  flights.request(departure(2), at(0));
  flights.mark_across_suspend();
  EXPECT_EQ(flights.finish(key(1)), Landing::across_suspend);
  flights.next_waiting(at(0));
  EXPECT_EQ(flights.finish(key(2)), Landing::regular);
}

RC_GTEST_PROP(FlightsProperties, EveryoneWhoIsAdmittedFliesOnceAndLimitsHold, ()) {
  const auto total = *rc::gen::inRange<std::size_t>(1, 5);
  const auto per_host = *rc::gen::inRange<std::size_t>(0, 3);
  Flights flights(total, per_host);
  std::map<int, std::string> flying;
  std::set<int> waiting;
  const auto check_limits = [&] {
    std::map<std::string, std::size_t> hosts;
    for (const auto& [number, host] : flying) RC_ASSERT(++hosts[host] <= (per_host == 0 ? total : per_host));
    RC_ASSERT(flying.size() <= total);
    RC_ASSERT(flights.in_flight() == flying.size());
    RC_ASSERT(flights.waiting() == waiting.size());
  };
  const auto drain = [&] {
    while (const auto next = flights.next_waiting(at(0))) {
      const int number = std::stoi(next->key.service.value().substr(1));
      RC_ASSERT(waiting.erase(number) == 1U);
      flying[number] = next->host;
    }
  };
  for (const auto& [land, number] : *rc::gen::container<std::vector<std::pair<bool, int>>>(
           rc::gen::pair(rc::gen::arbitrary<bool>(), rc::gen::inRange(0, 12)))) {
    if (land) {
      RC_ASSERT((flights.finish(key(number)) != Landing::none) == (flying.erase(number) == 1));
      drain();
    } else {
      const std::string host(1, static_cast<char>('a' + number % 3));
      switch (flights.request(departure(number, host), at(0))) {
        case Admission::started: flying[number] = host; break;
        case Admission::deferred: waiting.insert(number); break;
        case Admission::busy: RC_ASSERT(flying.contains(number) || waiting.contains(number)); break;
      }
    }
    check_limits();
  }
  while (!flying.empty()) {
    flights.finish(key(flying.begin()->first));
    flying.erase(flying.begin());
    drain();
  }
  RC_ASSERT(waiting.empty());
}

}  // namespace
}  // namespace allclear::flights_test
