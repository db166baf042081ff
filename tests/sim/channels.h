// Channels: how each channel takes what it is sent, from the seed: well, now and then, for hours not at all. Values; it
// must not know what is sent.
#pragma once

#include <map>
#include <optional>
#include <vector>

#include "core/model/alert.h"
#include "tests/sim/random.h"
#include "tests/sim/world.h"

namespace allclear::sim {

enum class ChannelMood : std::uint8_t { well, flaky, out, hanging, refusing };

// What comes of one try. A message may arrive although the answer says otherwise, or never comes.
struct Attempt {
  milliseconds takes{0};
  Delivery seen;
  bool arrives = false;
};

class Channels {
 public:
  Channels(Random& random, const World& world, const Scale& scale);

  Attempt attempt(Random& random, const ChannelId& channel, milliseconds since_start) const;
  bool any_hangs(milliseconds since_start) const;
  // Since when it has taken all; none: it does not.
  std::optional<milliseconds> well_since(const ChannelId& channel, milliseconds since_start) const;
  void calm(milliseconds since_start);

 private:
  struct MoodSpell {
    milliseconds from{0};
    ChannelMood mood = ChannelMood::well;
  };

  const MoodSpell& spell(const ChannelId& channel, milliseconds since_start) const;

  std::map<ChannelId, std::vector<MoodSpell>> spells_;
};

}  // namespace allclear::sim
