#include "core/model/service.h"

#include <algorithm>

namespace allclear {

std::string describe_failure(const Service& service, const CheckId& cause, Reason reason, int exit_code) {
  const bool of_job = std::any_of(service.checks.begin(), service.checks.end(), [&](const auto& check) {
    return check->id == cause && std::holds_alternative<HeartbeatTarget>(check->target);
  });
  if (!of_job || reason != Reason::unexpected_status) return std::string(describe(reason));
  const std::string words = "the job reported failure";
  return exit_code == 0 ? words : words + " (exit code " + std::to_string(exit_code) + ")";
}

}  // namespace allclear
