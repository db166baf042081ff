#include "adapters/notify/conversation.h"

#include <algorithm>
#include <vector>

#include "net/fault.h"

namespace allclear::notify {

std::string hide(std::string text, std::span<const std::string> secrets) {
  constexpr std::size_t shortest = 4;
  constexpr std::string_view mask = "***";
  std::vector<std::string_view> longest_first(secrets.begin(), secrets.end());  // one may be a part of another
  std::sort(longest_first.begin(), longest_first.end(), [](auto a, auto b) { return a.size() > b.size(); });
  for (const std::string_view secret : longest_first) {
    if (secret.size() < shortest) continue;
    for (auto at = text.find(secret); at != std::string::npos; at = text.find(secret, at + mask.size()))
      text.replace(at, secret.size(), mask);
  }
  return text;
}

void tell_lines(const Listener& listener, std::string_view mark, std::string_view text) {
  constexpr std::size_t longest = 2'000;
  if (!listener) return;
  do {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    listener(std::string(mark) + net::clean_text(line, longest));
    text.remove_prefix(std::min(end + 1, text.size()));
  } while (!text.empty());
}

}  // namespace allclear::notify
