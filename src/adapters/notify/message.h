// Message: what a notice says to people, before any channel gives it its form. Public text only: neither evidence nor
// targets are in it. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/ports/notifier.h"

namespace allclear::notify {

// What a step says of the incident as a whole. unwatched: over for us, but nobody knows how the service is.
enum class Standing : std::uint8_t { failing, acknowledged, over, unwatched };

constexpr bool is_end(Standing standing) { return standing == Standing::over || standing == Standing::unwatched; }

// All on one line each.
struct Fact {
  std::string_view label;  // a fixed word: "Since"
  std::string value;       // at most 200 bytes
};

// Every text went through one_line() or several_lines() and is valid UTF-8. All together stay below 4,000 bytes.
struct Message {
  Standing standing = Standing::failing;
  Severity severity = Severity::minor;
  WallTime at;                // of the step
  std::string subject;        // one line, at most 200 bytes: "Resolved: Shop is down"
  std::string headline;       // subject and body as one line, nothing said twice, at most 1,000 bytes
  std::string body;           // what happened and why: lines, at most 1,200 bytes; never empty
  std::string diagnosis;      // lines, at most 800 bytes; may be empty
  std::vector<Fact> facts;    // at most 9, in the order in which they are shown
  std::string page_link;      // http(s), or empty
  std::string incident_link;  // as above
};

Message make_message(const Notice& notice);

// What the service is, as far as the incident tells: its worst while open.
Verdict state_of(const Incident& incident);
// The step's entry in the incident's timeline; null: the timeline was cut and has lost it.
const TimelineEntry* entry_of(const Notice& notice);
// Message::body: of the timeline or, where that has no text, in our own words.
std::string body_of(const Notice& notice);
// Message::incident_link.
std::string incident_link(const Notice& notice);
// When the step was confirmed.
WallTime time_of(const Notice& notice);

// 0xRRGGBB; readable on white and on black.
std::uint32_t colour_of(const Message& message);
// "2026-11-20 12:00:00 UTC"
std::string people_time(WallTime time);
// Body, facts, diagnosis and links as plain lines, without the subject.
std::string plain_text(const Message& message);

}  // namespace allclear::notify
