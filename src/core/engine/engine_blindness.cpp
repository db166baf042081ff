// Failures that may be our own network's: withheld until the anchors answered, worth nothing while we are blind (R11).
#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "core/engine/engine_state.h"

namespace allclear {
namespace {

constexpr milliseconds between_rounds{2'000};  // and so long the anchors' word holds
constexpr milliseconds longest_round{3'000};   // an anchor's own timeout is below it
constexpr milliseconds between_looks{5'000};   // while blind
constexpr milliseconds longest_recheck{15'000};
constexpr std::size_t rechecked = 20;
constexpr std::size_t most_suspects = 10'000;  // results wait; beyond it they count as unknown at once

}  // namespace

bool Engine::State::is_anchor(SlotIndex slot) const { return lookout.row == roster.row_of(slot); }

// Found again after a start or a reload: the rows have other numbers then.
void Engine::State::find_lookout(const Instant& now) {
  lookout.row = roster.find_row(monitor_service());
  if (!lookout.row) {
    if (lookout.doubt != Doubt::clear) calm_down(now);
    return;
  }
  if (roster.service(*lookout.row).state.verdict == Verdict::down) lookout.doubt = Doubt::blind;
  if (lookout.doubt != Doubt::clear) return ask_anchors(now);
  const auto& anchors = roster.service(*lookout.row).checks;
  const bool new_ones = std::any_of(anchors.begin(), anchors.end(),
                                    [](const CheckSnapshot& one) { return one.state.verdict == Verdict::unknown; });
  if (new_ones) recheck(*lookout.row, now.monotonic);  // they have to be known before they are needed
}

void Engine::State::take(SlotIndex slot, const CheckResult& result, const Instant& now, Origin origin) {
  if (is_anchor(slot)) return hear_anchor(slot, result, now, origin);
  switch (trust(slot, result, now)) {
    case Trust::full: judge(slot, result, now, origin); break;
    case Trust::none: judge(slot, seen_blind(result), now, origin); break;
    case Trust::withheld:
      if (lookout.suspects.size() < most_suspects)
        lookout.suspects.push_back({roster.key(slot), result, origin});
      else
        judge(slot, seen_blind(result), now, origin);
      break;
  }
  settle_doubt(now);
}

// Counts the result, and begins to ask when it is the first of its kind.
Engine::State::Trust Engine::State::trust(SlotIndex slot, const CheckResult& result, const Instant& now) {
  if (!lookout.row || roster.key(slot).location != local_location() || stays_inside(roster.check(slot)->target))
    return Trust::full;
  const bool silent = nobody_answered(result);
  const bool was_down = roster.state(slot).verdict == Verdict::down;
  if (lookout.doubt == Doubt::clear) {
    if (!silent || was_down || now.monotonic < lookout.vouched_until) return Trust::full;
    lookout.doubt = Doubt::asking;
    lookout.since = result.at;
    lookout.tally = {};
    ask_anchors(now);
  }
  if (!was_down && !waits_for_pings(slot)) ++(silent ? lookout.tally.silent : lookout.tally.heard);
  if (!silent) return Trust::full;
  if (lookout.doubt == Doubt::blind) return Trust::none;
  return result.verdict == Verdict::down && !was_down ? Trust::withheld : Trust::full;
}

void Engine::State::give_time(MonotonicTime now) { lookout.look_at = now + longest_round; }

void Engine::State::ask_anchors(const Instant& now) {
  lookout.asked_at = now.monotonic;
  give_time(now.monotonic);
  lookout.replies.assign(roster.row(*lookout.row).slot_count, Lookout::Reply::awaited);
  recheck(*lookout.row, now.monotonic);
}

// Its state tells whether it has ever answered: one that never did stays unknown.
void Engine::State::hear_anchor(SlotIndex slot, const CheckResult& result, const Instant& now, Origin origin) {
  const bool heard = !nobody_answered(result);
  const bool known = roster.state(slot).verdict != Verdict::unknown;
  CheckResult told = result;
  told.verdict = heard ? Verdict::up : known ? Verdict::down : Verdict::unknown;
  if (heard) {
    told.reason = Reason::ok;
    told.detail.clear();
  }
  judge(slot, told, now, origin);
  if (heard && roster.service(*lookout.row).state.verdict == Verdict::unknown)
    set_sight(Verdict::up, now.wall, {}, now.wall);
  if (!lookout.asks()) return;
  lookout.replies[slot - roster.row(*lookout.row).first_slot] = heard ? Lookout::Reply::heard : Lookout::Reply::silent;
  if (lookout.is_answered()) end_round(now);
}

void Engine::State::end_round(const Instant& now) {
  const std::vector<Lookout::Reply> round = std::exchange(lookout.replies, {});
  std::vector<AnchorView> anchors;
  for (std::size_t i = 0; i < round.size(); ++i) {
    const SlotIndex slot = roster.row(*lookout.row).first_slot + static_cast<SlotIndex>(i);
    anchors.push_back({roster.state(slot).verdict != Verdict::unknown, round[i] != Lookout::Reply::awaited,
                       round[i] == Lookout::Reply::heard});
  }
  const Anchors word = judge_anchors(anchors);
  if (lookout.doubt == Doubt::blind) {
    const bool overdue = std::any_of(anchors.begin(), anchors.end(), [](const AnchorView& one) { return !one.asked; });
    const Sight sight = judge_sight(lookout.tally);  // of the results since it was looked at last
    const bool sees = word == Anchors::answer || sight == Sight::clear || (word == Anchors::too_few && !overdue);
    if (sees) return see_again(now);
    if (sight == Sight::blind) lookout.tally = {};
    lookout.look_at = now.monotonic + between_looks;
    return;
  }
  if (word != Anchors::silent) return believe(now);
  lookout.doubt = Doubt::doubting;
  lookout.look_at = now.monotonic + recheck_some(now);
  settle_doubt(now);
}

// Checks that were up, taken evenly from all. Returns by when they will have answered.
milliseconds Engine::State::recheck_some(const Instant& now) {
  std::vector<SlotIndex> fine;
  for (SlotIndex slot = 0; slot < roster.slot_count(); ++slot) {
    if (is_anchor(slot) || !runs(slot) || waits_for_pings(slot) || stays_inside(roster.check(slot)->target)) continue;
    if (roster.state(slot).verdict == Verdict::up) fine.push_back(slot);
  }
  milliseconds longest{0};
  const std::size_t step = std::max<std::size_t>(1, fine.size() / rechecked);
  for (std::size_t i = 0, taken = 0; i < fine.size() && taken < rechecked; i += step, ++taken) {
    schedule.expedite(fine[i], now.monotonic);
    longest = std::max(longest, roster.check(fine[i])->timeout);
  }
  return std::min(longest + between_rounds, longest_recheck);
}

void Engine::State::settle_doubt(const Instant& now) {
  if (lookout.doubt != Doubt::doubting || lookout.asks()) return;
  switch (judge_sight(lookout.tally)) {
    case Sight::unclear: break;
    case Sight::clear: believe(now); break;
    case Sight::blind: go_blind(now); break;
  }
}

// The clock: an answer is overdue, or it is time to ask again.
void Engine::State::take_due_look(const Instant& now) {
  if (now.monotonic < lookout.look_at || !lookout.row) return;
  lookout.look_at = MonotonicTime::max();
  lookout.asks() ? end_round(now) : ask_anchors(now);
}

// From now on, not from when it was asked: who is asked for a ping again each second must find the word still to hold,
// also when the slowest anchor took all of its time.
void Engine::State::believe(const Instant& now) {
  lookout.vouched_until = now.monotonic + between_rounds;
  calm_down(now);
}

// The failures are what they seem.
void Engine::State::calm_down(const Instant& now) {
  lookout.doubt = Doubt::clear;
  lookout.look_at = MonotonicTime::max();
  lookout.replies.clear();
  for (const Lookout::Suspect& suspect : std::exchange(lookout.suspects, {})) {
    if (const auto slot = roster.find(suspect.key); slot && runs(*slot))
      judge(*slot, suspect.result, now, suspect.origin);
  }
}

void Engine::State::go_blind(const Instant& now) {
  lookout.doubt = Doubt::blind;
  const Tally tally = std::exchange(lookout.tally, {});
  lookout.look_at = now.monotonic + between_looks;
  for (const Lookout::Suspect& suspect : std::exchange(lookout.suspects, {})) {
    if (const auto slot = roster.find(suspect.key); slot && runs(*slot))
      judge(*slot, seen_blind(suspect.result), now, suspect.origin);
  }
  const std::string evidence = fmt::format(
      "Most anchors are silent, and {} of {} results since the first failure are, too. Nothing that fails "
      "meanwhile is held against a service.",
      tally.silent, tally.silent + tally.heard);
  set_sight(Verdict::down, std::min(lookout.since, now.wall), evidence, now.wall);
}

void Engine::State::set_sight(Verdict verdict, WallTime since, const std::string& evidence, WallTime now) {
  record(*lookout.row, conclude_sight(roster.view(*lookout.row, std::nullopt), verdict, since, evidence, now));
}

// What was said of our own sight may have gone with a conflict: no result of a check says it again.
void Engine::State::keep_sight(const Instant& now) {
  if (!lookout.row) return;
  const Verdict stored = roster.service(*lookout.row).state.verdict;
  if (lookout.doubt == Doubt::blind && stored != Verdict::down)
    set_sight(Verdict::down, std::min(lookout.since, now.wall), "Most anchors are silent.", now.wall);
  else
    find_lookout(now);
}

// Whoever could not be judged is asked again, spread as at a start.
void Engine::State::see_again(const Instant& now) {
  lookout.vouched_until = lookout.asked_at + between_rounds;
  calm_down(now);
  set_sight(Verdict::up, now.wall, {}, now.wall);
  std::vector<SlotIndex> unseen;
  for (SlotIndex slot = 0; slot < roster.slot_count(); ++slot) {
    const CheckState state = roster.state(slot);
    const bool doubtful = state.verdict == Verdict::unknown || state.last_verdict == Verdict::unknown;
    if (doubtful && runs(slot) && !is_anchor(slot)) unseen.push_back(slot);
  }
  start_early(std::move(unseen), now);
  for (const std::size_t row : dependencies.held_rows()) dependencies.hold(row, now.monotonic + patience_for(row));
}

}  // namespace allclear
