// Microsoft Teams: an Adaptive Card to a webhook of Workflows
// (https://learn.microsoft.com/connectors/teams/#microsoft-teams-webhook, https://adaptivecards.io/explorer/). Pure.
#pragma once

#include "adapters/notify/http_channel.h"
#include "core/model/channel.h"

namespace allclear::notify {

HttpDialect teams(const TeamsChannel& channel);

}  // namespace allclear::notify
