// PagerDuty's Events API v2: one PagerDuty incident for one of ours, by its id as dedup_key
// (https://developer.pagerduty.com/docs/events-api-v2/trigger-events/). Pure.
#pragma once

#include "adapters/notify/http_channel.h"
#include "core/model/channel.h"

namespace allclear::notify {

HttpDialect pagerduty(const PagerDutyChannel& channel);

}  // namespace allclear::notify
