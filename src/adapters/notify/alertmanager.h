// The JSON that Alertmanager's webhook receiver posts (version 4 of its data structure), for receivers that know it:
// https://prometheus.io/docs/alerting/latest/configuration/#webhook_config. Pure.
#pragma once

#include <string>

#include "core/ports/notifier.h"

namespace allclear::notify {

// One alert in its own group: a group is a service, the fingerprint an incident.
std::string render_alertmanager(const Notice& notice);

}  // namespace allclear::notify
