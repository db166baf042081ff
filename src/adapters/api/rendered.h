// What is served from memory: the page and /status, rendered from one snapshot and swapped as a whole. RenderedPages may be
// filled from one thread and read from another; a RenderedSet never changes.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <vector>

#include "adapters/api/document.h"
#include "adapters/api/public_view.h"
#include "core/model/snapshot.h"
#include "core/model/uptime.h"

namespace allclear::api {

struct RenderedSet {
  std::shared_ptr<const PublicView> view;  // for /status?days=N
  Document page;
  Document status;
};

// Pure.
RenderedSet render(PublicView view, const AnswerPolicy& policy);

class RenderedPages {
 public:
  void put(RenderedSet set) { current_.store(std::make_shared<const RenderedSet>(std::move(set))); }
  // Null before the first put().
  std::shared_ptr<const RenderedSet> current() const { return current_.load(); }

 private:
  std::atomic<std::shared_ptr<const RenderedSet>> current_;
};

}  // namespace allclear::api
