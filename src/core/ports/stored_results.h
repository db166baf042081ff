// StoredResults: every result that a store still has, in the order of time, for whoever judges them again. Blocking;
// one thread at a time. It must not know what for.
#pragma once

#include <functional>

#include "base/result.h"
#include "base/time.h"
#include "core/model/check_result.h"
#include "core/model/ids.h"

namespace allclear {

using TakeResult = std::function<void(const CheckKey& key, const CheckResult& result)>;

class StoredResults {
 public:
  virtual ~StoredResults() = default;
  // Of all checks in [from, to), also of those that the config does not name any more: ascending by time, those of one
  // check and time as they were stored. What is committed meanwhile may be left out. An error may come after some were
  // taken.
  virtual Result<void> read(WallTime from, WallTime to, const TakeResult& take) = 0;
};

}  // namespace allclear
