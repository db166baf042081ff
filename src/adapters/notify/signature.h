// The signature of a webhook as Standard Webhooks has it (https://www.standardwebhooks.com/, symmetric: v1). Pure.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/time.h"

namespace allclear::notify {

// Of `id.timestamp.body`: "v1,<base64>". `secret`: "whsec_" + base64 of the key; anything else is the key itself.
std::string sign(std::string_view secret, std::string_view id, WallTime at, std::string_view body);
// One for each secret, separated by a space: a receiver takes what any key of its own made.
std::string sign_each(std::span<const std::string> secrets, std::string_view id, WallTime at, std::string_view body);

// Unix seconds, as the header webhook-timestamp and the signature carry them.
std::string unix_seconds(WallTime at);

}  // namespace allclear::notify
