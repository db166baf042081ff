#include "adapters/api/events.h"

#include <algorithm>

#include <fmt/format.h>

namespace allclear::api {
namespace {

net::StreamBytes shared(std::string text) { return std::make_shared<const std::string>(std::move(text)); }

}  // namespace

class LiveEvents::Source final : public net::StreamSource {
 public:
  Source(const LiveEvents& events, std::uint64_t last, std::function<bool()> may_go_on)
      : events_(events), streams_(events.streams_), may_go_on_(std::move(may_go_on)), last_(last) {
    ++*streams_;
  }
  ~Source() override { --*streams_; }

  net::StreamState pull(std::vector<net::StreamBytes>& out) override {
    if (!may_go_on_()) return net::StreamState::ended;
    const MonotonicTime now = events_.clock_.now().monotonic;
    if (!begun_) out.push_back(shared("retry: 3000\n\n"));
    last_ = events_.collect(last_, out);
    if (out.empty() && now - told_at_ >= events_.limits_.silence) out.push_back(shared(": alive\n\n"));
    if (!out.empty()) told_at_ = now;
    begun_ = true;
    return net::StreamState::open;
  }

 private:
  const LiveEvents& events_;
  const std::shared_ptr<std::size_t> streams_;
  const std::function<bool()> may_go_on_;
  std::uint64_t last_;
  MonotonicTime told_at_{};
  bool begun_ = false;
};

void LiveEvents::look(std::shared_ptr<const Snapshot> snapshot) {
  if (!following()) return;
  const MonotonicTime now = clock_.now().monotonic;
  if (*streams_ == 0 && now - asked_at_ >= limits_.unwatched) return forget();
  if (now - changed_at_ < limits_.gap) return;
  OverviewView view{std::move(snapshot), uptimes_, page_name_};
  if (view.snapshot == view_.snapshot && view.uptimes == view_.uptimes && view.page_name == view_.page_name) return;
  const std::uint64_t seq = next_seq();
  OverviewChange change = compare_overviews(view_, view, seq);
  view_ = std::move(view);
  if (change.difference == Difference::none && now - changed_at_ < limits_.pulse) return;
  seq_ = seq;
  changed_at_ = now;
  change.difference == Difference::catalogue ? begin_anew() : keep(std::move(change.text));
}

// A number is never given twice, also not by the run after this one.
std::uint64_t LiveEvents::next_seq() const {
  const auto unix_ms = std::max<std::int64_t>(0, clock_.now().wall.time_since_epoch().count());
  return std::max(seq_ + 1, static_cast<std::uint64_t>(unix_ms));
}

void LiveEvents::follow(const std::shared_ptr<const Snapshot>& snapshot) {
  asked_at_ = clock_.now().monotonic;
  if (following()) return;
  view_ = {snapshot, uptimes_, page_name_};
  seq_ = next_seq();
  changed_at_ = asked_at_;
  begin_anew();
}

// The snapshot, too: one that is kept keeps old copies of what changes.
void LiveEvents::forget() {
  view_ = {};
  overview_ = {};
  begin_anew();
}

void LiveEvents::begin_anew() {
  kept_.clear();
  kept_bytes_ = 0;
  first_ = seq_;
}

void LiveEvents::keep(std::string data) {
  kept_.push_back({seq_, shared(fmt::format("event: change\nid: {}\ndata: {}\n\n", seq_, data))});
  kept_bytes_ += kept_.back().bytes->size();
  while (kept_.size() > limits_.kept_changes || kept_bytes_ > limits_.kept_bytes) {
    first_ = kept_.front().seq;
    kept_bytes_ -= kept_.front().bytes->size();
    kept_.pop_front();
  }
}

std::uint64_t LiveEvents::collect(std::uint64_t last, std::vector<net::StreamBytes>& out) const {
  if (last == seq_) return seq_;
  auto next = kept_.begin();
  if (last != first_) {
    next = std::find_if(kept_.begin(), kept_.end(), [&](const KeptChange& change) { return change.seq == last; });
    if (next != kept_.end()) ++next;
  }
  std::size_t missed = 0;
  for (auto change = next; change != kept_.end(); ++change) missed += change->bytes->size();
  if (next == kept_.end() || missed > limits_.most_missed) {
    out.push_back(shared(fmt::format("event: reset\nid: {}\ndata: {{}}\n\n", seq_)));
    return seq_;
  }
  for (; next != kept_.end(); ++next) out.push_back(next->bytes);
  return seq_;
}

LiveEvents::Overview& LiveEvents::overview(const std::shared_ptr<const Snapshot>& snapshot) {
  follow(snapshot);
  if (overview_.text == nullptr || overview_.seq != seq_)
    overview_ = {seq_, shared(render_overview(view_, seq_)), {}, {}};
  return overview_;
}

std::shared_ptr<net::StreamSource> LiveEvents::open(const std::shared_ptr<const Snapshot>& snapshot,
                                                    std::optional<std::uint64_t> last,
                                                    std::function<bool()> may_go_on) {
  follow(snapshot);
  return std::make_shared<Source>(*this, last.value_or(seq_), std::move(may_go_on));
}

}  // namespace allclear::api
