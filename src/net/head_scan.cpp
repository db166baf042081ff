#include "net/head_scan.h"

namespace allclear::net {
namespace {

bool is_forbidden(unsigned char c) { return (c < 0x20 && c != '\t') || c == 0x7F; }

}  // namespace

HeadScan HeadScanner::scan(std::string_view bytes) {
  while (at_ < bytes.size()) {
    const char c = bytes[at_];
    if (c == '\n') return HeadScan::bare_line_feed;
    if (c != '\r') {
      if (is_forbidden(static_cast<unsigned char>(c))) return HeadScan::control_character;
      ++at_;
      continue;
    }
    // A line ends here; what follows it decides, so wait until one byte behind it is there.
    if (at_ + 1 >= bytes.size()) return HeadScan::need_more;
    if (bytes[at_ + 1] != '\n') return HeadScan::bare_carriage_return;
    if (at_ + 2 >= bytes.size()) return HeadScan::need_more;
    const char next = bytes[at_ + 2];
    if (next == ' ' || next == '\t') return HeadScan::folded;
    if (next != '\r') {
      at_ += 2;
      continue;
    }
    if (at_ + 3 >= bytes.size()) return HeadScan::need_more;
    if (bytes[at_ + 3] != '\n') return HeadScan::bare_carriage_return;
    at_ += 4;
    return HeadScan::complete;
  }
  return HeadScan::need_more;
}

}  // namespace allclear::net
