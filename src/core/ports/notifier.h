// Notifier: tells one channel of one incident step. One instance per channel and event loop; called only on that loop;
// several calls may be in flight.
#pragma once

#include <memory>

#include "core/model/alert.h"
#include "core/model/incident.h"
#include "core/model/service.h"
#include "core/ports/task.h"

namespace allclear {

// All that a message may tell. Alert::id is the idempotency key: the same for every try (R3).
struct Notice {
  Alert alert;
  Incident incident;                       // as it stands now, the alert's step in its timeline
  std::shared_ptr<const Service> service;  // null: the config no longer names it
  std::string page_url;                    // without a slash at its end; empty: none is configured
};

class Notifier {
 public:
  virtual ~Notifier() = default;
  // Never throws and returns by `deadline` plus scheduling delay. The answer of the Delivery is for operators and
  // holds no secret.
  virtual Task<Delivery> send(const Notice& notice, MonotonicTime deadline) = 0;
};

}  // namespace allclear
