#include "adapters/config/read_channels.h"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "adapters/config/read_channel_kinds.h"

namespace allclear::config {
namespace {

constexpr seconds least_reminder{60};

void read_only(const Section& channel, ChannelPolicy& policy) {
  constexpr const char* expected = "expected down, degraded, minor, major or critical";
  if (channel.has("only") && (channel.find("only")->is_null() || channel.find("only")->is_list()) &&
      channel.items("only").empty())
    channel.error("only", fmt::format("{}, found nothing: leave the key out when everything is wanted", expected));
  for (const Node* item : channel.items("only")) {
    const auto verdict = item->is_scalar() ? parse_verdict(item->text) : std::nullopt;
    const auto severity = item->is_scalar() ? parse_severity(item->text) : std::nullopt;
    if (verdict == Verdict::down || verdict == Verdict::degraded) {
      policy.only_verdicts.push_back(*verdict);
    } else if (severity) {
      policy.only_severities.push_back(*severity);
    } else {
      channel.misfit(*item, "only", expected);
    }
  }
}

ChannelPolicy read_policy(const Section& channel, const ChannelId& id, const std::vector<std::string>& names) {
  ChannelPolicy policy;
  read_only(channel, policy);
  policy.after = channel.duration("after").value_or(policy.after);
  policy.remind = channel.duration("remind", least_reminder).value_or(policy.remind);
  if (const auto fallback = channel.text("fallback")) {
    const bool another = *fallback != id.value() && std::find(names.begin(), names.end(), *fallback) != names.end();
    if (!another) channel.misfit("fallback", "expected the name of another channel");
    if (another) policy.fallback = ChannelId(*fallback);
  }
  return policy;
}

Channel read_channel(const Section& channel, ChannelId id, const std::vector<std::string>& names) {
  std::vector<std::string_view> written;
  for (const std::string_view kind : channel_kinds()) {
    if (channel.has(kind)) written.push_back(kind);
  }
  if (channel.is_map() && written.empty())
    channel.error("", fmt::format("expected one of: {}", fmt::join(channel_kinds(), ", ")));
  if (written.size() > 1) {
    channel.error_at(*channel.find_key(written[1]), "",
                     fmt::format("{} in one channel: write a channel for each", fmt::join(written, " and ")));
  }
  Channel read{std::move(id), UnsupportedChannel{}, {}};
  for (const std::string_view kind : written) read.kind = read_channel_kind(channel, kind);
  read.policy = read_policy(channel, read.id, names);
  return read;
}

// Each channel has one fallback at most, so a walk that comes back has found all of its cycle.
void refuse_cycles(const Section& channels, const std::vector<Channel>& read) {
  std::map<ChannelId, ChannelId> next;
  for (const Channel& channel : read) {
    if (channel.policy.fallback) next.emplace(channel.id, *channel.policy.fallback);
  }
  for (const Channel& channel : read) {
    std::string way = channel.id.value();
    ChannelId at = channel.id;
    for (std::size_t steps = 0; steps < read.size() && next.contains(at); ++steps) {
      at = next.at(at);
      way.append(" -> ").append(at.value());
      if (at != channel.id) continue;
      const Section section(channels.reading(), *channels.find(channel.id.value()), Object::channel, channel.id.value(),
                            &channels, Keys::free);
      return section.error("fallback", "a cycle: " + way);
    }
  }
}

}  // namespace

std::vector<Channel> read_channels(const Section& root) {
  std::vector<std::string> names;
  std::vector<Channel> read;
  const Node* node = root.find("channels");
  if (node == nullptr) return read;
  const Section channels(root.reading(), *node, Object::channel, "channels", &root, Keys::free);
  channels.each([&](const Node& key, const Node&) {
    if (!is_identifier(key.text))
      channels.error_at(key, shown(key.text), "expected a name of a-z, 0-9 and '-', 1 to 64 characters");
    names.emplace_back(key.text);
  });
  channels.each([&](const Node& key, const Node& value) {
    const Section channel(root.reading(), value, Object::channel, std::string(key.text), &channels);
    read.push_back(read_channel(channel, ChannelId(key.text), names));
  });
  refuse_cycles(channels, read);
  return read;
}

}  // namespace allclear::config
