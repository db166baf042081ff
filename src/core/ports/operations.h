// Operations: hands what a person asks for to the running monitor. Thread-safe.
#pragma once

#include <functional>

#include "core/model/operation.h"

namespace allclear {

class Operations {
 public:
  using Done = std::function<void(OperationResult)>;

  virtual ~Operations() = default;
  // `done` is called once, on any thread, when the operation is durable or was not carried out; within 10 s.
  virtual void operate(Operation operation, Done done) = 0;
};

}  // namespace allclear
