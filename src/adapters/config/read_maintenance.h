// `maintenance`: windows of announced work.
#pragma once

#include <memory>
#include <vector>

#include "adapters/config/section.h"
#include "core/model/calendar.h"
#include "core/model/service.h"

namespace allclear::config {

// One without `services` is for all of them. What does not fit is reported and left out.
std::vector<std::shared_ptr<const Maintenance>> read_maintenances(
    const Section& root, const std::vector<std::shared_ptr<const Service>>& services);

}  // namespace allclear::config
