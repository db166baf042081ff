// What is said to a channel and what it answers, for a person who wants to see it (`allclear alert test`).
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>

namespace allclear::notify {

// Called on the notifier's loop, line by line: "> " was sent, "< " came back, "* " is about the conversation. What the
// notifier knows to be secret is hidden already. May be empty: nobody listens.
using Listener = std::function<void(const std::string& line)>;

// Every secret of at least four bytes as "***".
std::string hide(std::string text, std::span<const std::string> secrets);

// Each line of the text with the mark before it, on one line and at most 2,000 bytes.
void tell_lines(const Listener& listener, std::string_view mark, std::string_view text);

}  // namespace allclear::notify
