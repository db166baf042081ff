// How targets behave over days: spells that a test writes, or that follow from a seed. Values.
#pragma once

#include <cstdint>
#include <vector>

#include "tests/replay/generated_history.h"

namespace allclear::replay_test {

// From a time to another one every check of the service sees this.
struct Spell {
  ServiceId service;
  WallTime from;
  WallTime to;
  Observation seen;
};

// Outside of its spells a service answers 200 within 100 to 160 ms.
Behaviour behave(std::vector<Spell> spells);

// Short and long failures, refusals, slow times and unrest, about three a day and service.
std::vector<Spell> random_spells(const Catalogue& catalogue, WallTime from, WallTime to, std::uint64_t seed);

}  // namespace allclear::replay_test
