#include "net/hosts_file.h"

#include <cerrno>
#include <fstream>
#include <sstream>

#include "net/fault.h"

namespace allclear::net {
namespace {

constexpr seconds hosts_look_again{5};
constexpr std::size_t longest_file = 1024 * 1024;

std::string lower_case(std::string text) {
  for (char& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
  }
  return text;
}

}  // namespace

const std::vector<boost::asio::ip::address>* HostsFile::find(const std::string& name) {
  look_for_changes();
  const bool local = name == "localhost" || name.ends_with(".localhost");
  const auto found = entries_.find(local ? "localhost" : name);
  return found == entries_.end() ? nullptr : &found->second;
}

void HostsFile::look_for_changes() {
  const MonotonicTime now = monotonic_now();
  if (known_ && now < looked_at_ + hosts_look_again) return;
  looked_at_ = now;
  std::error_code error;
  const auto changed = std::filesystem::last_write_time(path_, error);
  if (known_ && !error && changed == changed_) return;
  if (!read()) return;  // what was read before holds until it can be read again
  known_ = true;
  changed_ = changed;
}

bool HostsFile::read() {
  errno = 0;
  std::ifstream file(path_);
  if (!file && errno != ENOENT && errno != ENOTDIR && errno != EACCES) return false;
  entries_.clear();
  std::string line;
  std::size_t size = 0;
  while (std::getline(file, line) && (size += line.size()) < longest_file) {
    std::istringstream words(line.substr(0, line.find('#')));
    std::string word;
    if (!(words >> word)) continue;
    boost::system::error_code error;
    const auto address = boost::asio::ip::make_address(word, error);
    if (error) continue;
    while (words >> word) entries_[lower_case(word)].push_back(address);
  }
  // RFC 6761: whatever the file says, localhost is this machine.
  entries_["localhost"] = {boost::asio::ip::address_v6::loopback(), boost::asio::ip::address_v4::loopback()};
  return true;
}

}  // namespace allclear::net
