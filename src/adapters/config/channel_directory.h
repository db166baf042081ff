// ChannelDirectory: the channels that a file names, and those that its services write as mailto:. One load; one thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "core/model/channel.h"

namespace allclear::config {

class ChannelDirectory {
 public:
  // In the file's order.
  explicit ChannelDirectory(std::vector<Channel> channels);

  // Of the file's own.
  const std::vector<std::string>& names() const { return names_; }
  bool has(const std::string& name) const { return known_.contains(name); }
  // Makes the channel "mailto:ADDRESS", which sends through the first e-mail channel's server; false: there is none.
  bool add_address(std::string_view address);
  // The file's, then the addresses' in the order in which they were first written.
  std::vector<Channel> take() { return std::move(channels_); }

 private:
  std::vector<Channel> channels_;
  std::vector<std::string> names_;
  std::unordered_set<std::string> known_;
  std::unordered_set<std::string> addresses_;
  std::optional<EmailChannel> mail_;
};

// What precedes an address in `alerts`.
inline constexpr std::string_view mail_prefix = "mailto:";

}  // namespace allclear::config
