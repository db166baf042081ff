// LiveEvents: the present for operators who watch it: one overview for all who ask, and /events with what changed since.
// Each change is reckoned once and kept for a while, so that whoever was away hears of it. One thread; reads no clock but
// the one it is given.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "adapters/api/overview.h"
#include "core/model/snapshot.h"
#include "core/ports/clock.h"
#include "net/http_stream.h"

namespace allclear::api {

struct LiveLimits {
  std::size_t streams = 200;
  std::size_t kept_changes = 300;
  std::size_t kept_bytes = 4 * 1024 * 1024;
  std::size_t most_missed = 512 * 1024;  // bytes: above it a whole overview is less
  milliseconds gap{1'000};               // between two changes
  milliseconds pulse{10'000};            // without one: an empty change tells until when that is known
  milliseconds silence{15'000};          // until a comment says that the stream lives
  milliseconds unwatched{60'000};        // after it changes are no longer reckoned
};

class LiveEvents {
 public:
  explicit LiveEvents(const Clock& clock, LiveLimits limits = {}) : clock_(clock), limits_(limits) {}
  LiveEvents(const LiveEvents&) = delete;
  LiveEvents& operator=(const LiveEvents&) = delete;

  // What stands now; called often. Costs nothing while nobody watches.
  void look(std::shared_ptr<const Snapshot> snapshot);
  void put_uptimes(std::shared_ptr<const Uptimes> uptimes) { uptimes_ = std::move(uptimes); }
  void put_page_name(std::string name) { page_name_ = std::move(name); }
  const Uptimes* uptimes() const { return uptimes_.get(); }

  // `snapshot`: looked at when nobody watched so far. The text is the same until something changes.
  struct Overview {
    std::uint64_t seq = 0;
    std::shared_ptr<const std::string> text;
    std::shared_ptr<const std::string> gzip;  // null: not made yet
    std::shared_ptr<const std::string> brotli;
  };
  Overview& overview(const std::shared_ptr<const Snapshot>& snapshot);

  bool full() const { return *streams_ >= limits_.streams; }
  // `last`: the number of the last change that the client knows; nullopt: it begins here; one that is not known any more:
  // it is told to begin anew. The stream ends when `may_go_on` says no; this must outlive it.
  std::shared_ptr<net::StreamSource> open(const std::shared_ptr<const Snapshot>& snapshot,
                                          std::optional<std::uint64_t> last, std::function<bool()> may_go_on);

 private:
  class Source;
  struct KeptChange {
    std::uint64_t seq = 0;
    net::StreamBytes bytes;
  };

  bool following() const { return view_.snapshot != nullptr; }
  void follow(const std::shared_ptr<const Snapshot>& snapshot);
  void forget();
  void begin_anew();  // nothing before is known any more
  void keep(std::string data);
  std::uint64_t next_seq() const;
  // What followed the change `last`, and its number then.
  std::uint64_t collect(std::uint64_t last, std::vector<net::StreamBytes>& out) const;

  const Clock& clock_;
  const LiveLimits limits_;
  std::shared_ptr<std::size_t> streams_ = std::make_shared<std::size_t>(0);
  std::shared_ptr<const Uptimes> uptimes_;
  std::string page_name_;
  OverviewView view_;        // as of seq_; without a snapshot: nobody watches
  std::uint64_t seq_ = 0;    // of the last change
  std::uint64_t first_ = 0;  // the one before the first that is kept
  std::deque<KeptChange> kept_;
  std::size_t kept_bytes_ = 0;
  MonotonicTime changed_at_{};
  MonotonicTime asked_at_{};
  Overview overview_;
};

}  // namespace allclear::api
