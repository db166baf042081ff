// Reading `email` of a channel: the mail server and who gets mail.
#pragma once

#include "adapters/config/section.h"
#include "core/model/channel.h"

namespace allclear::config {

EmailChannel read_email(const Section& email);

}  // namespace allclear::config
