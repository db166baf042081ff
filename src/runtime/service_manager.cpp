#include "runtime/service_manager.h"

#include <charconv>
#include <cstring>
#include <ctime>

#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace allclear::runtime {

void ServiceManager::reloading() const {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  send(fmt::format("RELOADING=1\nMONOTONIC_USEC={}", now.tv_sec * 1'000'000 + now.tv_nsec / 1'000));
}

void ServiceManager::send(const std::string& text) const {
  sockaddr_un address{};
  if (socket_.empty() || socket_.size() >= sizeof(address.sun_path)) return;
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, socket_.data(), socket_.size());
  if (address.sun_path[0] == '@') address.sun_path[0] = '\0';
  const int descriptor = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (descriptor < 0) return;
  const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + socket_.size());
  (void)sendto(descriptor, text.data(), text.size(), MSG_NOSIGNAL, reinterpret_cast<const sockaddr*>(&address), length);
  close(descriptor);
}

std::optional<milliseconds> watchdog_period(const char* watchdog_usec) {
  if (watchdog_usec == nullptr) return std::nullopt;
  std::int64_t value = 0;
  const char* end = watchdog_usec + std::strlen(watchdog_usec);
  const auto [stopped, error] = std::from_chars(watchdog_usec, end, value);
  if (error != std::errc{} || stopped != end || value <= 0) return std::nullopt;
  return std::max(milliseconds(1), milliseconds(value / 2'000));
}

}  // namespace allclear::runtime
