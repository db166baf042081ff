// The words by which SMTP (RFC 3207) and IMAP (RFC 3501) are asked to begin TLS. One loop only.
#pragma once

#include "core/model/target.h"
#include "net/stream.h"

namespace allclear::probe {

// Lines are at most 2 KiB, an answer at most 100 lines.
net::Task<net::Outcome<void>> start_tls(net::Stream& stream, StartTls protocol, net::Deadline& deadline);

}  // namespace allclear::probe
