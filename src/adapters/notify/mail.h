// Mail: a notice as a letter (RFC 5322), text and HTML. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/model/channel.h"
#include "core/ports/notifier.h"

namespace allclear::notify {

struct Mail {
  std::string from;  // of the envelope, and below those who get it
  std::vector<std::string> to;
  std::vector<std::string>
      headers;       // "Name: value", folded by CRLF and a space; lines of at most 78 bytes where words allow
  std::string text;  // lines end in CRLF
  std::string html;
};

// Its Message-ID is made of the alert's key. All mails about one incident refer to one more, which is that of the
// incident's first step: programs show them as one thread.
Mail compose_mail(const EmailChannel& channel, const Notice& notice, WallTime now);

// A header's text with its name: folded, beyond ASCII as encoded words (RFC 2047). The value is one line.
std::string header_line(std::string_view name, std::string_view value);

}  // namespace allclear::notify
