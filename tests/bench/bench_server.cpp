#include "tests/bench/bench_server.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <string>
#include <utility>

#include <openssl/ssl.h>

namespace allclear::bench {
namespace {

const std::string& answer() {
  static const std::string text =
      "HTTP/1.1 200 OK\r\nServer: bench\r\nContent-Type: text/html; charset=utf-8\r\n"
      "Cache-Control: no-cache\r\nContent-Length: 1024\r\nConnection: close\r\n\r\n" +
      std::string(1024, 'x');
  return text;
}

int listen_everywhere(std::uint16_t& port) {
  const int listener = ::socket(AF_INET, SOCK_STREAM, 0);
  const int yes = 1;
  ::setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  ::setsockopt(listener, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_ANY);
  socklen_t size = sizeof address;
  ::bind(listener, reinterpret_cast<sockaddr*>(&address), size);
  ::getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size);
  ::listen(listener, 4096);
  port = ntohs(address.sin_port);
  return listener;
}

void serve_plain(int listener) {
  const int epoll = ::epoll_create1(0);
  epoll_event watched{EPOLLIN, {.fd = listener}};
  ::epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &watched);
  std::array<epoll_event, 256> events{};
  std::array<char, 4096> request{};
  for (;;) {
    const int count = ::epoll_wait(epoll, events.data(), static_cast<int>(events.size()), -1);
    for (int i = 0; i < count; ++i) {
      const int handle = events[static_cast<std::size_t>(i)].data.fd;
      if (handle == listener) {
        const int accepted = ::accept4(listener, nullptr, nullptr, SOCK_NONBLOCK);
        epoll_event readable{EPOLLIN, {.fd = accepted}};
        if (accepted >= 0) ::epoll_ctl(epoll, EPOLL_CTL_ADD, accepted, &readable);
        continue;
      }
      if (::recv(handle, request.data(), request.size(), 0) > 0) {
        ::send(handle, answer().data(), answer().size(), MSG_NOSIGNAL);
      }
      ::close(handle);
    }
  }
}

void serve_tls(int listener, const test::Identity& identity) {
  SSL_CTX* context = SSL_CTX_new(TLS_server_method());
  SSL_CTX_use_certificate(context, identity.certificate.get());
  SSL_CTX_use_PrivateKey(context, identity.key.get());
  for (const auto& issuer : identity.presented_issuers) SSL_CTX_add1_chain_cert(context, issuer.get());
  std::array<char, 4096> request{};
  for (;;) {
    const int accepted = ::accept4(listener, nullptr, nullptr, 0);
    const int yes = 1;
    ::setsockopt(accepted, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    SSL* ssl = SSL_new(context);
    SSL_set_fd(ssl, accepted);
    if (SSL_accept(ssl) == 1 && SSL_read(ssl, request.data(), static_cast<int>(request.size())) > 0) {
      SSL_write(ssl, answer().data(), static_cast<int>(answer().size()));
      SSL_shutdown(ssl);
    }
    SSL_free(ssl);
    ::close(accepted);
  }
}

}  // namespace

template <class Serve>
BenchServer BenchServer::start(Serve serve) {
  std::uint16_t port = 0;
  const int listener = listen_everywhere(port);
  const pid_t child = ::fork();
  if (child == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    std::signal(SIGPIPE, SIG_IGN);
    serve(listener);
    ::_exit(0);
  }
  ::close(listener);
  return {child, port};
}

BenchServer BenchServer::plain() { return start(serve_plain); }

BenchServer BenchServer::tls(const test::Identity& identity) {
  return start([&](int listener) { serve_tls(listener, identity); });
}

BenchServer::BenchServer(BenchServer&& other) noexcept : child_(std::exchange(other.child_, 0)), port_(other.port_) {}

BenchServer::~BenchServer() {
  if (child_ == 0) return;
  ::kill(child_, SIGKILL);
  ::waitpid(child_, nullptr, 0);
}

}  // namespace allclear::bench
