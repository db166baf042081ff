#include "adapters/notify/text.h"

#include <algorithm>

#include "net/fault.h"
#include "net/url.h"

namespace allclear::notify {
namespace {

constexpr std::string_view ellipsis = "…";

// Of valid UTF-8.
std::size_t character_length(std::string_view text) {
  const auto first = static_cast<unsigned char>(text.front());
  return first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
}

// Valid UTF-8 in which one character may become several bytes.
std::string valid(std::string_view text) { return net::clean_text(text, text.size() * 3); }

// What turns, hides or breaks the text around it: soft hyphen, Arabic letter mark, Mongolian vowel separator, zero width
// space, line separators, embeddings and isolates of direction, invisible operators, byte order mark, annotations, tags.
bool is_unseen(std::string_view character) {
  const auto starts = [&](std::string_view bytes) { return character.starts_with(bytes); };
  const auto last = static_cast<unsigned char>(character.back());
  if (character == "\u00AD" || character == "\u061C" || character == "\u180E" || character == "\u200B" ||
      character == "\uFEFF") {
    return true;
  }
  if (starts("\xE2\x80")) return last >= 0xA8 && last <= 0xAE;
  if (starts("\xE2\x81")) return last >= 0xA0 && last <= 0xAF;
  if (starts("\xEF\xBF")) return last >= 0xB9 && last <= 0xBB;
  return starts("\xF3\xA0\x80") || starts("\xF3\xA0\x81");
}

// Adds pieces as long as they, or the mark of a cut after them, fit.
class Limited {
 public:
  explicit Limited(std::size_t limit) : limit_(limit) {}

  // False: it did not fit, and nothing more will.
  bool add(std::string_view piece) {
    if (text_.size() + piece.size() > limit_) return false;
    text_ += piece;
    if (text_.size() + ellipsis.size() <= limit_) may_cut_at_ = text_.size();
    return true;
  }
  std::string cut() {
    text_.resize(may_cut_at_);
    if (limit_ >= ellipsis.size()) text_ += ellipsis;
    return std::move(text_);
  }
  std::string whole() { return std::move(text_); }

 private:
  const std::size_t limit_;
  std::size_t may_cut_at_ = 0;
  std::string text_;
};

std::string cut_to(std::string_view text, std::size_t limit) {
  Limited out(limit);
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = character_length(text.substr(at));
    if (!out.add(text.substr(at, length))) return out.cut();
    at += length;
  }
  return out.whole();
}

std::string_view without_spaces_around(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

std::string cleaned(std::string_view text) {
  const std::string valid_text = valid(text);
  std::string seen;
  seen.reserve(valid_text.size());
  for (std::string_view rest = valid_text; !rest.empty();) {
    const std::string_view character = rest.substr(0, character_length(rest));
    rest.remove_prefix(character.size());
    if (!is_unseen(character)) seen += character;
  }
  return std::string(without_spaces_around(seen));
}

// `replacement` of an ASCII character; empty: it stays.
template <class Replacement>
std::string escape(std::string_view text, std::size_t limit, const Replacement& replacement) {
  Limited out(limit);
  while (!text.empty()) {
    const std::string_view character = text.substr(0, character_length(text));
    text.remove_prefix(character.size());
    const std::string escaped = character.size() == 1 ? replacement(character.front()) : std::string();
    if (!out.add(escaped.empty() ? character : std::string_view(escaped))) return out.cut();
  }
  return out.whole();
}

std::string angle_entity(char c) {
  switch (c) {
    case '&': return "&amp;";
    case '<': return "&lt;";
    case '>': return "&gt;";
    default: return {};
  }
}

std::string html_entity(char c) {
  switch (c) {
    case '"': return "&quot;";
    case '\'': return "&#39;";
    default: return angle_entity(c);
  }
}

}  // namespace

std::string one_line(std::string_view text, std::size_t limit) { return cut_to(cleaned(text), limit); }

std::string title_line(std::string_view text, std::size_t limit) {
  constexpr std::size_t longest_end = 40;  // " is flapping", " is degraded (a sample)"
  const std::string line = cleaned(text);
  const std::size_t verb = line.rfind(" is ");
  const std::size_t end = verb == std::string::npos ? 0 : line.size() - verb;
  if (line.size() <= limit || end == 0 || end > longest_end || end >= limit) return cut_to(line, limit);
  return cut_to(std::string_view(line).substr(0, verb), limit - end) + line.substr(verb);
}

std::string several_lines(std::string_view text, std::size_t limit) {
  std::string lines;
  bool gap = false;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find_first_of("\r\n"), text.size());
    const std::string line = cleaned(text.substr(0, end));
    const bool pair = text.substr(end).starts_with("\r\n");
    text.remove_prefix(std::min(end + (pair ? 2 : 1), text.size()));
    gap = gap || line.empty();
    if (line.empty()) continue;
    if (!lines.empty()) lines += gap ? "\n\n" : "\n";
    gap = false;
    lines += line;
  }
  return cut_to(lines, limit);
}

std::string escape_angles(std::string_view text, std::size_t limit) { return escape(text, limit, angle_entity); }
std::string escape_html(std::string_view text, std::size_t limit) { return escape(text, limit, html_entity); }

std::string escape_markdown(std::string_view text, std::size_t limit) {
  return escape(text, limit, [](char c) {
    constexpr std::string_view meaning = "\\`*_{}[]()<>#+-.!|~@:/=&";
    return meaning.find(c) == std::string_view::npos ? std::string() : std::string{'\\', c};
  });
}

std::string safe_link(std::string_view text) {
  constexpr std::size_t longest = 500;
  const bool fits = std::all_of(text.begin(), text.end(), [](char c) {
    return c > ' ' && c < 0x7F && std::string_view("\"'<>`\\()|[]{}^").find(c) == std::string_view::npos;
  });
  return fits && text.size() <= longest && net::parse_http_url(text) ? std::string(text) : std::string();
}

}  // namespace allclear::notify
