// Parts of the contract that are not built yet: their keys are checked as far as the contract shows them, and what
// has no effect yet is told by a warning.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "adapters/config/read_service.h"
#include "adapters/config/section.h"
#include "core/model/calendar.h"

namespace allclear::config {

// As they are written, right or wrong.
using ServiceIds = std::unordered_set<std::string_view>;
ServiceIds service_ids(const Section& root);
// Reports every item of the key that is none of them.
void refer(const Section& section, std::string_view key, const ServiceIds& ids);
// Reports a key that is missing.
void require(const Section& section, std::string_view key, const std::string& what);

void validate_hosts(const Section& root);
GroupingPolicy read_grouping(const Section& root);
// They name services of the same file.
void validate_remedies(const Section& root);
// `flapping` of defaults or of a service: a map, or off. What it does not say is inherited.
FlapPolicy read_flapping(const Section& section, const FlapPolicy& inherited);
// `zone`: UTC when it is not named, and when it is not known, which is reported.
std::shared_ptr<const ZoneRules> read_zone(const Section& section);
// `cloudwatch` of a service.
void validate_later_check(const Section& service);

}  // namespace allclear::config
