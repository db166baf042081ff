#include "core/engine/repeats.h"

namespace allclear {
namespace {

constexpr std::chrono::hours kept_for{24};
constexpr std::size_t most_kept = 10'000;

std::string request_name(const Operation& operation) { return operation.who + "\n" + operation.key; }

}  // namespace

void Repeats::drop_old(MonotonicTime now) {
  while (!order_.empty() && (order_.front().until <= now || order_.size() > most_kept)) {
    done_.erase(order_.front().name);
    order_.pop_front();
  }
}

const Repeats::Done* Repeats::find(const Operation& operation, MonotonicTime now) {
  drop_old(now);
  const auto found = done_.find(request_name(operation));
  return found == done_.end() ? nullptr : &found->second;
}

void Repeats::put(const Operation& operation, const ServiceId& service, const OperationResult& result,
                  MonotonicTime now) {
  if (result.outcome != OperationOutcome::done) return;  // it may fit by then
  Done done{operation.fingerprint, service, nullptr, result.maintenance};
  if (result.incident) done.incident = std::make_shared<const Incident>(*result.incident);
  std::string name = request_name(operation);
  if (done_.emplace(name, std::move(done)).second) order_.push_back({now + kept_for, std::move(name)});
}

void Repeats::forget(const ServiceSet& services) {
  std::erase_if(done_, [&](const auto& one) { return services.contains(one.second.service); });
  std::erase_if(order_, [&](const Kept& one) { return !done_.contains(one.name); });
}

}  // namespace allclear
