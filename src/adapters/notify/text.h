// Foreign text made fit for a channel: cleaned, then cut and escaped. What comes out of any of these has at most `limit`
// bytes; where the text was cut it ends in "…", never in the middle of a character or of an escape. Pure.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace allclear::notify {

// Without control characters, line breaks and what turns or hides text (marks of direction, zero width, tags): controls
// become spaces, broken bytes U+FFFD, the rest is left out. No space at either end.
std::string one_line(std::string_view text, std::size_t limit);
// Of a title such as "Shop is down": where it is too long its name is cut, and what happened stays.
std::string title_line(std::string_view text, std::size_t limit);
// As one_line(), for each line; lines end in '\n' alone, at most one empty line stands between two others.
std::string several_lines(std::string_view text, std::size_t limit);

// The escapes take what one_line() or several_lines() made.
// & < > as entities: Slack, Telegram.
std::string escape_angles(std::string_view text, std::size_t limit);
// & < > " ' as entities; for element content and quoted attributes.
std::string escape_html(std::string_view text, std::size_t limit);
// A backslash before whatever Discord's Markdown gives a meaning, '@', ':' and '/' (links, mentions, emoji) included.
std::string escape_markdown(std::string_view text, std::size_t limit);

// The text, or "" when it is no http(s) address of visible ASCII that may stand in quotes. At most 500 bytes.
std::string safe_link(std::string_view text);

}  // namespace allclear::notify
