// HistoryReplay: one more driver of the engine: feeds it stored results in their order, on a virtual clock, and keeps
// what it decides. One thread. It starts no probe, stores nothing and tells nobody.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <queue>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/engine/engine.h"
#include "core/rules/compare_paging.h"

namespace allclear::runtime {

// A person did it then, whatever incident of the service was open.
struct Acknowledged {
  ServiceId service;
  WallTime at;
  std::string who;
};

struct ReplayPlan {
  std::shared_ptr<const Catalogue> catalogue;
  WallTime begin;  // of the virtual clock, some time before `from`
  WallTime from;   // what is owed from then on counts, and incidents that touch it
  WallTime to;
  std::vector<ServiceId> known;            // stood somewhere before `begin`: a first failure is news
  std::vector<Acknowledged> acknowledged;  // ascending
  std::optional<ServiceId> only;           // counts; all are replayed
};

// Of all services, or the one that counts.
struct ReplayFacts {
  std::uint64_t results = 0;              // of the config's checks, since `from`
  std::uint64_t judged_otherwise = 0;     // of these
  std::uint64_t slower_than_timeout = 0;  // of these: answers that the timeout of now would have cut off
  std::uint64_t missing_retries = 0;      // quick retries that the config would have made and no result stands for
  std::optional<WallTime> first_at;       // of all services, whichever counts
  std::set<ServiceId> unnamed;            // had results, and are not in the config
  std::vector<CheckKey> without_results;  // in the config's order
};

class HistoryReplay {
 public:
  explicit HistoryReplay(ReplayPlan plan);

  // Ascending by time.
  void take(const CheckKey& key, const CheckResult& stored);
  // After the last one.
  void finish();

  const ReplayFacts& facts() const { return facts_; }
  const Paging& paging() const { return paging_; }  // after finish()

 private:
  struct KnownCheck {
    std::shared_ptr<const Check> check;
    bool has_results = false;
    std::optional<WallTime> retry_at;
  };
  using Checks = std::unordered_map<CheckKey, KnownCheck>;
  // A result that was made, and comes when its probe ended.
  struct Landing {
    WallTime at;
    std::uint64_t number = 0;
    Checks::value_type* check = nullptr;
    CheckResult result;

    friend bool operator>(const Landing& left, const Landing& right) {
      return left.at != right.at ? left.at > right.at : left.number > right.number;
    }
  };

  void know_checks();
  bool counts(const ServiceId& service) const { return !plan_.only || *plan_.only == service; }
  void count(Checks::value_type& check, const CheckResult& stored, const CheckResult& result);
  void land_until(WallTime time);
  void land(const Landing& landing);
  void advance(WallTime to);
  void acknowledge();
  void send(const Event& event);
  void carry_out(const Command& command, std::vector<Event>& answers);
  void keep(const Decision& decision);
  Instant now() const;

  ReplayPlan plan_;
  Engine engine_;
  Checks checks_;
  std::set<ServiceId> named_;
  milliseconds silence_{0};  // without a result: the monitor was off
  WallTime now_;
  WallTime wake_ = WallTime::max();
  std::size_t next_acknowledged_ = 0;
  std::priority_queue<Landing, std::vector<Landing>, std::greater<>> landings_;
  std::uint64_t landed_ = 0;
  std::uint64_t unconfirmed_ = 0;  // commits
  Commands commands_;
  std::map<IncidentId, PagedIncident> incidents_;
  ReplayFacts facts_;
  Paging paging_;
};

}  // namespace allclear::runtime
