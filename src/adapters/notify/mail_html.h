// The HTML part of a mail: tables and inline styles, since mail programs know little else. Pure.
#pragma once

#include <string>
#include <string_view>

#include "adapters/notify/message.h"

namespace allclear::notify {

// Everything that the message holds is escaped (S17). `footer` is our own text.
std::string mail_html(const Message& message, std::string_view footer);

}  // namespace allclear::notify
