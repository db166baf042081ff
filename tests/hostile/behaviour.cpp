#include "tests/hostile/behaviour.h"

#include <thread>

#include <gtest/gtest.h>

#include "net/fault.h"

namespace allclear::test {
namespace {

// Of a busy machine, not of the probe: the probe's own bound is its deadline.
constexpr milliseconds scheduling_slack{2'000};
// The body's limit, its parser's buffers, and the scripted server's own threads in the same process.
constexpr std::size_t memory_bound = 32U * 1024 * 1024;

std::string describe(const std::optional<ProbeError>& error) {
  if (!error) return "no error";
  return std::string(to_string(error->phase)) + "/" + std::string(to_string(error->reason)) + ": " + error->detail;
}

// The server's ends of the connections, in this process too, close a moment after ours.
bool descriptors_return_to(std::size_t count) {
  for (int i = 0; i < 500; ++i) {
    if (open_descriptors() <= count) return true;
    std::this_thread::sleep_for(milliseconds(10));
  }
  return false;
}

}  // namespace

Observation observe_hostile(const Behaviour& behaviour, const Target& target) {
  ProbeRunner runner;
  const std::size_t descriptors = open_descriptors();
  const std::size_t memory = resident_bytes();
  Observation seen = runner.observe(target, hostile_timeout);
  EXPECT_LT(resident_bytes(), memory + memory_bound);
  EXPECT_LT(seen.total, hostile_timeout + scheduling_slack);
  if (!behaviour.reason) {
    EXPECT_FALSE(seen.error) << describe(seen.error);
  } else if (!seen.error) {
    ADD_FAILURE() << "expected " << to_string(*behaviour.reason);
  } else {
    EXPECT_EQ(to_string(seen.error->reason), to_string(*behaviour.reason)) << describe(seen.error);
    EXPECT_EQ(to_string(seen.error->phase), to_string(behaviour.phase)) << describe(seen.error);
    EXPECT_EQ(seen.error->detail, net::clean_text(seen.error->detail));
    EXPECT_LE(seen.error->detail.size(), net::detail_limit);
  }
  EXPECT_TRUE(descriptors_return_to(descriptors));
  return seen;
}

}  // namespace allclear::test
