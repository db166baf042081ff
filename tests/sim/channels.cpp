#include "tests/sim/channels.h"

#include <algorithm>

namespace allclear::sim {
namespace {

constexpr milliseconds one_try = seconds(15);  // after it whoever hangs has failed

ChannelMood any_bad_mood(Random& random) {
  switch (random.between(0, 5)) {
    case 0: return ChannelMood::refusing;
    case 1:
    case 2: return ChannelMood::hanging;
    case 3: return ChannelMood::flaky;
    default: return ChannelMood::out;
  }
}

Delivery put_off(milliseconds asked = milliseconds(0)) { return {DeliveryOutcome::retry_after, asked, "not now"}; }

}  // namespace

Channels::Channels(Random& random, const World& world, const Scale& scale) {
  for (const auto& [channel, policy] : world.channels()) {
    std::vector<MoodSpell>& spells = spells_[channel] = {{milliseconds(0), ChannelMood::well}};
    for (milliseconds at(0); at < scale.chaos;) {
      const bool well = spells.back().mood == ChannelMood::well;
      at += scale.times(random.time_between(seconds(well ? 60 : 20), std::chrono::minutes(6)));
      spells.push_back({at, well ? any_bad_mood(random) : ChannelMood::well});
    }
  }
}

const Channels::MoodSpell& Channels::spell(const ChannelId& channel, milliseconds since_start) const {
  const auto& spells = spells_.at(channel);
  const auto after = std::upper_bound(spells.begin(), spells.end(), since_start,
                                      [](milliseconds at, const MoodSpell& spell) { return at < spell.from; });
  return *std::prev(after);
}

Attempt Channels::attempt(Random& random, const ChannelId& channel, milliseconds since_start) const {
  const milliseconds quick = random.time_between(milliseconds(5), milliseconds(500));
  const bool fails_now = random.one_in(2);
  const bool answer_is_lost = random.one_in(50);
  const Delivery sent{DeliveryOutcome::sent, milliseconds(0), "ok"};
  switch (spell(channel, since_start).mood) {
    case ChannelMood::flaky:
      if (fails_now) return {quick, put_off(), false};
      [[fallthrough]];
    case ChannelMood::well:
      if (answer_is_lost) return {one_try, put_off(), true};
      return {quick, sent, true};
    case ChannelMood::out: return {quick, put_off(fails_now ? seconds(30) : seconds(0)), false};
    case ChannelMood::hanging: return {one_try, put_off(), random.one_in(10)};
    case ChannelMood::refusing: return {quick, {DeliveryOutcome::rejected, milliseconds(0), "no"}, false};
  }
  return {};
}

bool Channels::any_hangs(milliseconds since_start) const {
  return std::any_of(spells_.begin(), spells_.end(),
                     [&](const auto& entry) { return spell(entry.first, since_start).mood == ChannelMood::hanging; });
}

std::optional<milliseconds> Channels::well_since(const ChannelId& channel, milliseconds since_start) const {
  const MoodSpell& now = spell(channel, since_start);
  return now.mood == ChannelMood::well ? std::optional(now.from) : std::nullopt;
}

void Channels::calm(milliseconds since_start) {
  for (auto& [channel, spells] : spells_) {
    std::erase_if(spells, [&](const MoodSpell& spell) { return spell.from >= since_start; });
    if (spells.back().mood != ChannelMood::well) spells.push_back({since_start, ChannelMood::well});
  }
}

}  // namespace allclear::sim
