// HostsFile: /etc/hosts as a table, read again when it changed. One loop only.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <boost/asio/ip/address.hpp>

#include "base/time.h"

namespace allclear::net {

class HostsFile {
 public:
  explicit HostsFile(std::filesystem::path path = "/etc/hosts") : path_(std::move(path)) {}

  // `name` in lower case. Null: not in the file. "localhost" and names below it are always known (RFC 6761).
  const std::vector<boost::asio::ip::address>* find(const std::string& name);
  // False: the file is there and could not be read so far, for want of descriptors or memory; then find() says nothing.
  bool is_known() const { return known_; }

 private:
  void look_for_changes();
  bool read();

  std::filesystem::path path_;
  std::filesystem::file_time_type changed_{};
  MonotonicTime looked_at_ = MonotonicTime::min();
  bool known_ = false;
  std::unordered_map<std::string, std::vector<boost::asio::ip::address>> entries_;
};

}  // namespace allclear::net
