#include "tests/bench/raw_clients.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <unordered_map>

#include <openssl/ssl.h>

namespace allclear::bench {
namespace {

constexpr std::string_view request =
    "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: raw\r\nAccept: */*\r\nConnection: close\r\n\r\n";

sockaddr_in address_of(std::uint16_t port, int number) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(loopback_address(number));
  return address;
}

// Whether the text is a whole answer by its Content-Length.
bool is_whole(std::string_view text) {
  const std::size_t end = text.find("\r\n\r\n");
  const std::size_t field = text.find("Content-Length: ");
  if (end == std::string_view::npos || field == std::string_view::npos) return false;
  return text.size() >= end + 4 + static_cast<std::size_t>(std::atoi(text.data() + field + 16));
}

class RawClient {
 public:
  explicit RawClient(std::uint16_t port) : port_(port), epoll_(::epoll_create1(0)) {}
  ~RawClient() { ::close(epoll_); }

  void start() {
    const int handle = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    const int yes = 1;
    ::setsockopt(handle, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    const sockaddr_in address = address_of(port_, started_++);
    ::connect(handle, reinterpret_cast<const sockaddr*>(&address), sizeof address);
    epoll_event watched{EPOLLOUT, {.fd = handle}};
    ::epoll_ctl(epoll_, EPOLL_CTL_ADD, handle, &watched);
    exchanges_[handle].clear();
  }

  // Waits for events once; `on_end` is called for each exchange that ended.
  template <class OnEnd, class OnOther>
  void poll(OnEnd on_end, OnOther on_other) {
    std::array<epoll_event, 256> events{};
    const int count = ::epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), -1);
    for (int i = 0; i < count; ++i) {
      const epoll_event& event = events[static_cast<std::size_t>(i)];
      if (exchanges_.count(event.data.fd) == 0) {
        on_other();
      } else if ((event.events & EPOLLOUT) != 0) {
        send_request(event.data.fd);
      } else if (receive(event.data.fd)) {
        on_end();
      }
    }
  }

  int epoll() const { return epoll_; }
  int answered() const { return answered_; }

 private:
  void send_request(int handle) {
    ::send(handle, request.data(), request.size(), MSG_NOSIGNAL);
    epoll_event watched{EPOLLIN, {.fd = handle}};
    ::epoll_ctl(epoll_, EPOLL_CTL_MOD, handle, &watched);
  }

  bool receive(int handle) {
    std::array<char, 16 * 1024> bytes;
    const ssize_t count = ::recv(handle, bytes.data(), bytes.size(), 0);
    std::string& text = exchanges_[handle];
    if (count > 0) text.append(bytes.data(), static_cast<std::size_t>(count));
    if (count > 0 && !is_whole(text)) return false;
    if (text.starts_with("HTTP/1.1 200")) ++answered_;
    exchanges_.erase(handle);
    ::close(handle);
    return true;
  }

  std::uint16_t port_;
  int epoll_;
  int started_ = 0;
  int answered_ = 0;
  std::unordered_map<int, std::string> exchanges_;
};

bool tls_exchange(SSL_CTX* context, std::uint16_t port, int number) {
  const int handle = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int yes = 1;
  ::setsockopt(handle, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  const sockaddr_in address = address_of(port, number);
  ::connect(handle, reinterpret_cast<const sockaddr*>(&address), sizeof address);
  SSL* ssl = SSL_new(context);
  SSL_set_fd(ssl, handle);
  SSL_set_tlsext_host_name(ssl, "bench.test");
  SSL_set1_host(ssl, "bench.test");
  std::string text;
  if (SSL_connect(ssl) == 1 && SSL_write(ssl, request.data(), static_cast<int>(request.size())) > 0) {
    std::array<char, 16 * 1024> bytes;
    for (int count = 1; count > 0 && !is_whole(text);) {
      count = SSL_read(ssl, bytes.data(), static_cast<int>(bytes.size()));
      if (count > 0) text.append(bytes.data(), static_cast<std::size_t>(count));
    }
    SSL_shutdown(ssl);
  }
  SSL_free(ssl);
  ::close(handle);
  return text.starts_with("HTTP/1.1 200");
}

}  // namespace

std::uint32_t loopback_address(int number) { return 0x7F000001U + static_cast<std::uint32_t>(number % 64); }

int raw_saturated(std::uint16_t port, int count, int in_flight) {
  RawClient client(port);
  int started = 0;
  int ended = 0;
  for (; started < in_flight && started < count; ++started) client.start();
  while (ended < count) {
    client.poll(
        [&] {
          ++ended;
          if (started < count) {
            ++started;
            client.start();
          }
        },
        [] {});
  }
  return client.answered();
}

int raw_paced(std::uint16_t port, int count, microseconds each) {
  RawClient client(port);
  const int timer = ::timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK);
  const auto nanos = std::chrono::duration_cast<nanoseconds>(each).count();
  const itimerspec every{{0, nanos}, {0, nanos}};
  ::timerfd_settime(timer, 0, &every, nullptr);
  epoll_event watched{EPOLLIN, {.fd = timer}};
  ::epoll_ctl(client.epoll(), EPOLL_CTL_ADD, timer, &watched);
  int started = 0;
  int ended = 0;
  while (ended < count) {
    client.poll([&] { ++ended; },
                [&] {
                  std::uint64_t due = 0;
                  if (::read(timer, &due, sizeof due) != sizeof due) return;
                  for (; due > 0 && started < count; --due, ++started) client.start();
                });
  }
  ::close(timer);
  return client.answered();
}

int raw_tls(std::uint16_t port, const std::string& ca_file, int count) {
  SSL_CTX* context = SSL_CTX_new(TLS_client_method());
  SSL_CTX_load_verify_file(context, ca_file.c_str());
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  int answered = 0;
  for (int i = 0; i < count; ++i) answered += tls_exchange(context, port, i) ? 1 : 0;
  SSL_CTX_free(context);
  return answered;
}

}  // namespace allclear::bench
