#include "core/rules/evidence.h"

#include <algorithm>

namespace allclear {
namespace {

constexpr std::string_view ellipsis = "…";

struct LeadByte {
  std::size_t length;          // of the sequence it begins; 0: it begins none
  unsigned char second_least;  // bounds of the byte after it: no overlong forms, no surrogates (RFC 3629)
  unsigned char second_most;
};

LeadByte read_lead(unsigned char lead) {
  if (lead < 0x80) return {1, 0, 0};
  if (lead < 0xc2) return {0, 0, 0};
  if (lead < 0xe0) return {2, 0x80, 0xbf};
  if (lead == 0xe0) return {3, 0xa0, 0xbf};
  if (lead == 0xed) return {3, 0x80, 0x9f};
  if (lead < 0xf0) return {3, 0x80, 0xbf};
  if (lead == 0xf0) return {4, 0x90, 0xbf};
  if (lead < 0xf4) return {4, 0x80, 0xbf};
  if (lead == 0xf4) return {4, 0x80, 0x8f};
  return {0, 0, 0};
}

// The length of the valid UTF-8 sequence at the beginning of `text`; 0 when there is none.
std::size_t sequence_length(std::string_view text) {
  const LeadByte lead = read_lead(static_cast<unsigned char>(text.front()));
  if (lead.length == 0 || lead.length > text.size()) return 0;
  for (std::size_t i = 1; i < lead.length; ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (byte < (i == 1 ? lead.second_least : 0x80) || byte > (i == 1 ? lead.second_most : 0xbf)) return 0;
  }
  return lead.length;
}

// C0, DEL and C1 (U+0080 to U+009F, whose first byte is 0xc2): none of them belongs into a log line or a mail.
bool is_control(std::string_view sequence) {
  const auto first = static_cast<unsigned char>(sequence[0]);
  if (sequence.size() == 1) return first < 0x20 || first == 0x7f;
  return first == 0xc2 && static_cast<unsigned char>(sequence[1]) < 0xa0;
}

}  // namespace

std::string clip_evidence(std::string_view text, std::size_t limit) {
  std::string clean;
  clean.reserve(std::min(text.size(), limit));
  std::size_t cut = 0;  // where an ellipsis would still fit
  while (!text.empty()) {
    const std::size_t length = sequence_length(text);
    const std::string_view sequence = text.substr(0, std::max<std::size_t>(length, 1));
    const std::string_view shown = length == 0 ? "?" : is_control(sequence) ? " " : sequence;
    if (clean.size() + shown.size() > limit) {
      clean.resize(cut);
      return limit >= ellipsis.size() ? clean.append(ellipsis) : clean;
    }
    clean += shown;
    if (clean.size() + ellipsis.size() <= limit) cut = clean.size();
    text.remove_prefix(sequence.size());
  }
  return clean;
}

}  // namespace allclear
