#include "tests/replay/script.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <random>
#include <utility>

namespace allclear::replay_test {
namespace {

constexpr std::uint64_t golden_ratio = 0x9e37'79b9'7f4a'7c15;
constexpr milliseconds between_spells = std::chrono::hours(8);

using Spells = std::map<ServiceId, std::vector<Spell>>;

const Spell* spell_at(const Spells& spells, const ServiceId& service, WallTime at) {
  const auto of = spells.find(service);
  if (of == spells.end()) return nullptr;
  const auto after = std::upper_bound(of->second.begin(), of->second.end(), at,
                                      [](WallTime time, const Spell& spell) { return time < spell.from; });
  if (after == of->second.begin()) return nullptr;
  const Spell& last = *std::prev(after);
  return at < last.to ? &last : nullptr;
}

class Dice {
 public:
  explicit Dice(std::uint64_t seed) : engine_(seed) {}
  std::uint64_t below(std::uint64_t limit) { return engine_() % limit; }
  milliseconds up_to(milliseconds longest) {
    return milliseconds(static_cast<std::int64_t>(below(static_cast<std::uint64_t>(longest.count()))));
  }
  // As many short ones as long ones: 5 s, doubled up to ten times.
  milliseconds length() {
    const milliseconds doubled = seconds(5) * (1 << below(11));  // drawn first: an operator's sides have no order
    return doubled + up_to(seconds(5));
  }

 private:
  std::mt19937_64 engine_;
};

Observation any_trouble(Dice& dice) {
  switch (dice.below(6)) {
    case 0: return answer(503);
    case 1: return answer(404);
    case 2: return silence(Reason::refused, milliseconds(1));
    case 3: return silence(Reason::timeout, seconds(10));
    case 4: return answer(200, milliseconds(1'500));
    default: return answer(200, milliseconds(300));
  }
}

}  // namespace

Behaviour behave(std::vector<Spell> spells) {
  Spells by_service;
  std::stable_sort(spells.begin(), spells.end(), [](const Spell& a, const Spell& b) { return a.from < b.from; });
  for (Spell& spell : spells) by_service[spell.service].push_back(std::move(spell));
  return [by_service = std::move(by_service)](const Check& check, WallTime at) {
    if (const Spell* spell = spell_at(by_service, check.service, at)) return spell->seen;
    const auto noise = (static_cast<std::uint64_t>(at.time_since_epoch().count()) * golden_ratio >> 32) % 60;
    return answer(200, milliseconds(100 + static_cast<std::int64_t>(noise)));
  };
}

std::vector<Spell> random_spells(const Catalogue& catalogue, WallTime from, WallTime to, std::uint64_t seed) {
  Dice dice(seed * golden_ratio + 1);
  std::vector<Spell> spells;
  for (const auto& service : catalogue.services) {
    for (WallTime at = from + dice.up_to(2 * between_spells); at < to; at += dice.up_to(2 * between_spells)) {
      const Observation trouble = any_trouble(dice);
      const bool unrest = dice.below(6) == 0;
      for (int rounds = unrest ? 20 : 1; rounds > 0 && at < to; --rounds) {
        const milliseconds lasts = unrest ? milliseconds(seconds(90)) : dice.length();
        spells.push_back({service->id, at, at + lasts, trouble});
        at += lasts + (unrest ? milliseconds(seconds(90)) : milliseconds(0));
      }
    }
  }
  return spells;
}

}  // namespace allclear::replay_test
