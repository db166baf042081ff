#include "core/engine/schedule.h"

#include <algorithm>
#include <string>

#include "base/hash.h"

namespace allclear {
namespace {

constexpr milliseconds shortest_interval{1};

std::int64_t floor_modulo(std::int64_t value, std::int64_t modulus) { return ((value % modulus) + modulus) % modulus; }

}  // namespace

milliseconds phase_of(std::uint64_t identity_hash, milliseconds interval) {
  const auto length = static_cast<std::uint64_t>(std::max(interval, shortest_interval).count());
  return milliseconds(static_cast<std::int64_t>(identity_hash % length));
}

std::uint64_t identity_of(const CheckKey& key) {
  std::string text;
  text.reserve(96);
  // Ids hold no space, so the parts cannot run into each other.
  text.append(key.service.value()).append(" ").append(key.check.value()).append(" ").append(key.location.value());
  return stable_hash(text);
}

milliseconds delay_to_next_slot(milliseconds phase, milliseconds interval, WallTime now) {
  const milliseconds length = std::max(interval, shortest_interval);
  const milliseconds since_slot(floor_modulo((now.time_since_epoch() - phase).count(), length.count()));
  return length - since_slot;
}

bool due_since(milliseconds phase, milliseconds interval, std::optional<WallTime> last_start, WallTime now) {
  if (!last_start || *last_start > now) return true;
  return *last_start + delay_to_next_slot(phase, interval, *last_start) <= now;
}

void Schedule::put(SlotIndex slot, MonotonicTime first, milliseconds interval) {
  restore(slot, {first, MonotonicTime::max(), std::max(interval, shortest_interval)});
}

void Schedule::remove(SlotIndex slot) { restore(slot, {}); }

void Schedule::expedite(SlotIndex slot, MonotonicTime at) {
  if (at >= std::min(entry(slot).plan.regular, entry(slot).plan.extra)) return;
  entry(slot).plan.extra = at;
  replace(slot);
}

void Schedule::restore(SlotIndex slot, const Plan& plan) {
  entry(slot).plan = plan;
  replace(slot);
}

Schedule::Plan Schedule::plan(SlotIndex slot) const { return slot < entries_.size() ? entries_[slot].plan : Plan{}; }

MonotonicTime Schedule::next() const { return heap_.empty() ? MonotonicTime::max() : time_of(heap_.front()); }

void Schedule::take_due(MonotonicTime now, std::vector<Firing>& firings) {
  const std::size_t first = firings.size();
  while (next() <= now) firings.push_back(fire(heap_.front(), now));
  std::sort(firings.begin() + static_cast<std::ptrdiff_t>(first), firings.end(),
            [](const Firing& left, const Firing& right) {
              return left.due != right.due ? left.due < right.due : left.slot < right.slot;
            });
}

// Whole intervals that went by are skipped, never made up for: the grid keeps its phase, the firing its latest slot.
Schedule::Firing Schedule::fire(SlotIndex slot, MonotonicTime now) {
  Plan& plan = entries_[slot].plan;
  Firing firing{slot, MonotonicTime::max(), 0, false};
  if (plan.regular <= now) {
    const auto skipped = (now - plan.regular) / plan.interval;
    firing.due = plan.regular + skipped * plan.interval;
    firing.skipped = static_cast<std::uint32_t>(std::min<std::int64_t>(skipped, UINT32_MAX));
    plan.regular = firing.due + plan.interval;
  }
  if (plan.extra <= now) {
    firing.extra = firing.due == MonotonicTime::max();
    firing.due = std::min(firing.due, plan.extra);
  }
  plan.extra = MonotonicTime::max();  // a regular start makes a later extra one needless
  replace(slot);
  return firing;
}

Schedule::Entry& Schedule::entry(SlotIndex slot) {
  if (slot >= entries_.size()) entries_.resize(slot + 1);
  return entries_[slot];
}

MonotonicTime Schedule::time_of(SlotIndex slot) const {
  return std::min(entries_[slot].plan.regular, entries_[slot].plan.extra);
}

void Schedule::replace(SlotIndex slot) {
  const std::uint32_t position = entries_[slot].position;
  if (time_of(slot) != MonotonicTime::max()) {
    if (position == absent) heap_.push_back(slot);
    const std::uint32_t from = position == absent ? static_cast<std::uint32_t>(heap_.size() - 1) : position;
    entries_[slot].position = from;
    rise(from);
    sink(entries_[slot].position);
  } else if (position != absent) {
    entries_[slot].position = absent;
    const SlotIndex last = heap_.back();
    heap_.pop_back();
    if (last == slot) return;
    place(position, last);
    rise(position);
    sink(entries_[last].position);
  }
}

void Schedule::place(std::uint32_t position, SlotIndex slot) {
  heap_[position] = slot;
  entries_[slot].position = position;
}

void Schedule::rise(std::uint32_t position) {
  const SlotIndex slot = heap_[position];
  while (position > 0) {
    const std::uint32_t parent = (position - 1) / 2;
    if (time_of(heap_[parent]) <= time_of(slot)) break;
    place(position, heap_[parent]);
    position = parent;
  }
  place(position, slot);
}

void Schedule::sink(std::uint32_t position) {
  const SlotIndex slot = heap_[position];
  const auto count = static_cast<std::uint32_t>(heap_.size());
  while (true) {
    std::uint32_t child = position * 2 + 1;
    if (child >= count) break;
    if (child + 1 < count && time_of(heap_[child + 1]) < time_of(heap_[child])) ++child;
    if (time_of(slot) <= time_of(heap_[child])) break;
    place(position, heap_[child]);
    position = child;
  }
  place(position, slot);
}

}  // namespace allclear
