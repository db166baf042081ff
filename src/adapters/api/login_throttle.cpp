#include "adapters/api/login_throttle.h"

#include <algorithm>
#include <tuple>

#include "net/client_key.h"

namespace allclear::api {
namespace {

constexpr std::size_t failures_allowed = 5;
constexpr std::chrono::minutes failure_window{15};
constexpr int longest_series = 3;  // 15 min, 30 min, 1 h, 2 h
constexpr std::chrono::hours series_kept{24};
constexpr std::size_t most_tries = 4'096;  // so that many names or addresses cannot fill the memory

}  // namespace

LoginThrottle::Tries& LoginThrottle::tries_of(Table& table, const std::string& key, MonotonicTime now) {
  if (table.size() >= most_tries && !table.contains(key)) {
    std::erase_if(table, [&](const auto& entry) {
      return entry.second.under_way == 0 && entry.second.wait_until <= now && now - entry.second.last >= failure_window;
    });
    // The oldest gives way, and those that have to wait last: who sends many names makes none of these be forgotten.
    const auto weight = [&](const Tries& tries) {
      return std::tuple(tries.under_way > 0, tries.wait_until > now, tries.last);
    };
    const auto oldest = std::min_element(
        table.begin(), table.end(), [&](const auto& a, const auto& b) { return weight(a.second) < weight(b.second); });
    if (table.size() >= most_tries) table.erase(oldest);
  }
  return table[key];
}

seconds LoginThrottle::wait_of(Table& table, const std::string& key, MonotonicTime now) {
  const auto found = table.find(key);
  if (found == table.end()) return seconds(0);
  Tries& tries = found->second;
  if (now < tries.wait_until) return std::chrono::ceil<seconds>(tries.wait_until - now);
  std::erase_if(tries.failures, [&](MonotonicTime at) { return now - at >= failure_window; });
  const bool full = tries.failures.size() + tries.under_way >= failures_allowed;
  return seconds(full ? 1 : 0);  // until those are judged
}

void LoginThrottle::note_failure(Tries& tries, MonotonicTime now) {
  if (now - tries.last >= series_kept) tries.series = 0;
  tries.last = now;
  tries.failures.push_back(now);
  if (tries.failures.size() < failures_allowed) {
    // None after the first, then 1, 2 and 4 s.
    const auto count = static_cast<int>(tries.failures.size());
    if (count > 1) tries.wait_until = now + seconds(1 << (count - 2));
    return;
  }
  tries.failures.clear();
  tries.wait_until = now + failure_window * (1 << tries.series);
  tries.series = std::min(tries.series + 1, longest_series);
}

std::optional<seconds> LoginThrottle::begin(const std::string& account, const std::string& address, MonotonicTime now) {
  const std::lock_guard lock(mutex_);
  const std::string key = net::client_key(address);
  const seconds wait = std::max(wait_of(accounts_, account, now), wait_of(addresses_, key, now));
  if (wait > seconds(0)) return wait;
  ++tries_of(accounts_, account, now).under_way;
  ++tries_of(addresses_, key, now).under_way;
  return std::nullopt;
}

void LoginThrottle::end(const std::string& account, const std::string& address, Outcome outcome, MonotonicTime now) {
  const std::lock_guard lock(mutex_);
  const auto settle = [&](Table& table, const std::string& key) {
    Tries& tries = tries_of(table, key, now);
    if (tries.under_way > 0) --tries.under_way;
    if (outcome == Outcome::wrong) note_failure(tries, now);
    const bool idle = tries.failures.empty() && tries.under_way == 0 && tries.wait_until <= now && tries.series == 0;
    if (idle) table.erase(key);
  };
  settle(accounts_, account);
  settle(addresses_, net::client_key(address));
  if (outcome == Outcome::right) {
    const auto cleared = accounts_.find(account);
    if (cleared != accounts_.end() && cleared->second.under_way == 0) accounts_.erase(cleared);
  }
}

}  // namespace allclear::api
