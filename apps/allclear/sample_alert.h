// The alert that `allclear alert test` sends: clearly a sample. Pure.
#pragma once

#include <string>

#include "core/model/channel.h"
#include "core/ports/notifier.h"

namespace allclear::app {

// All samples are of one incident, so that a resolved one ends what an opened one began (PagerDuty) and mails are one
// thread; each has a key of its own.
Notice sample_alert(const ChannelId& channel, IncidentStep step, const std::string& page_url, WallTime now);

}  // namespace allclear::app
