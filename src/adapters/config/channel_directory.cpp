#include "adapters/config/channel_directory.h"

namespace allclear::config {

ChannelDirectory::ChannelDirectory(std::vector<Channel> channels) : channels_(std::move(channels)) {
  for (const Channel& channel : channels_) {
    names_.push_back(channel.id.value());
    known_.insert(channel.id.value());
    const auto* email = std::get_if<EmailChannel>(&channel.kind);
    if (email != nullptr && !mail_) mail_ = *email;
  }
}

bool ChannelDirectory::add_address(std::string_view address) {
  if (!mail_) return false;
  if (!addresses_.emplace(address).second) return true;
  EmailChannel email = *mail_;
  email.to = {std::string(address)};
  channels_.push_back({ChannelId(std::string(mail_prefix) + std::string(address)), std::move(email), {}});
  return true;
}

}  // namespace allclear::config
