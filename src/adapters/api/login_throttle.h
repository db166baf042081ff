// LoginThrottle: how often a password may be tried, by account and by client address (S4). Whether an account exists is
// not known here. Thread-safe: what came of a try is told on the thread that judged it.
#pragma once

#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/time.h"

namespace allclear::api {

class LoginThrottle {
 public:
  enum class Outcome : std::uint8_t { right, wrong, not_judged };

  // How long to wait; nullopt: go ahead, and call end() once it is judged. Of one account or address no more are judged at
  // once than may fail.
  std::optional<seconds> begin(const std::string& account, const std::string& address, MonotonicTime now);
  // A right password clears its account, not its address: an attacker may have an account, too.
  void end(const std::string& account, const std::string& address, Outcome outcome, MonotonicTime now);

 private:
  struct Tries {
    std::vector<MonotonicTime> failures;  // within the window
    std::size_t under_way = 0;
    int series = 0;  // of failures that were too many
    MonotonicTime wait_until{};
    MonotonicTime last{};
  };
  using Table = std::unordered_map<std::string, Tries>;

  static Tries& tries_of(Table& table, const std::string& key, MonotonicTime now);
  static seconds wait_of(Table& table, const std::string& key, MonotonicTime now);
  static void note_failure(Tries& tries, MonotonicTime now);

  std::mutex mutex_;
  Table accounts_;
  Table addresses_;
};

}  // namespace allclear::api
