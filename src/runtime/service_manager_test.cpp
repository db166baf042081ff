#include "runtime/service_manager.h"

#include <array>

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace allclear::runtime {
namespace {

using namespace std::chrono_literals;

// What systemd would hold: a datagram socket in the abstract namespace.
class NotifySocket {
 public:
  NotifySocket() : descriptor_(socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    bind(descriptor_, reinterpret_cast<sockaddr*>(&address), sizeof(sa_family_t));  // the kernel picks a name
    socklen_t length = sizeof address;
    getsockname(descriptor_, reinterpret_cast<sockaddr*>(&address), &length);
    name_ = "@" + std::string(address.sun_path + 1, length - offsetof(sockaddr_un, sun_path) - 1);
  }
  ~NotifySocket() { close(descriptor_); }
  const std::string& name() const { return name_; }
  std::string receive() const {
    std::array<char, 256> text{};
    const ssize_t size = recv(descriptor_, text.data(), text.size(), 0);
    return size < 0 ? "" : std::string(text.data(), static_cast<std::size_t>(size));
  }

 private:
  int descriptor_;
  std::string name_;
};

TEST(ServiceManager, R26_SpeaksTheNotifyProtocol) {
  const NotifySocket socket;
  const ServiceManager manager(socket.name());
  manager.ready();
  EXPECT_EQ(socket.receive(), "READY=1\nSTATUS=watching");
  manager.progress();
  EXPECT_EQ(socket.receive(), "WATCHDOG=1");
  manager.reloading();
  EXPECT_EQ(socket.receive().substr(0, 27), "RELOADING=1\nMONOTONIC_USEC=");
  manager.stopping();
  EXPECT_EQ(socket.receive(), "STOPPING=1");
}

TEST(ServiceManager, WithoutASocketDoesNothing) {
  ServiceManager("").ready();
  ServiceManager(std::string(500, 'x')).ready();
  SUCCEED();
}

TEST(WatchdogPeriod, IsHalfOfWhatSystemdAsks) {
  EXPECT_EQ(watchdog_period("30000000"), 15s);
  EXPECT_EQ(watchdog_period(nullptr), std::nullopt);
  EXPECT_EQ(watchdog_period("0"), std::nullopt);
  EXPECT_EQ(watchdog_period("x"), std::nullopt);
  EXPECT_EQ(watchdog_period("10s"), std::nullopt);
}

}  // namespace
}  // namespace allclear::runtime
