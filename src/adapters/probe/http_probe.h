// HttpProbe: http and https targets. One per event loop.
#pragma once

#include "adapters/probe/environment.h"
#include "core/model/observation.h"
#include "core/ports/task.h"
#include "net/http_client.h"

namespace allclear::probe {

class HttpProbe {
 public:
  explicit HttpProbe(ProbeEnvironment& environment) : environment_(environment), client_(environment.network) {}

  Task<Observation> observe(const HttpTarget& target, MonotonicTime deadline);

 private:
  ProbeEnvironment& environment_;
  net::HttpClient client_;
};

}  // namespace allclear::probe
