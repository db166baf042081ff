#include "tests/support/scripted_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <system_error>

#include <openssl/ssl.h>

namespace allclear::test {
namespace {

struct Bound {
  int handle;
  std::uint16_t port;
};

Bound bind_loopback(const std::string& address, std::uint16_t port) {
  const bool six = address.find(':') != std::string::npos;
  sockaddr_storage storage{};
  socklen_t size = six ? sizeof(sockaddr_in6) : sizeof(sockaddr_in);
  if (six) {
    auto& to = reinterpret_cast<sockaddr_in6&>(storage);
    to.sin6_family = AF_INET6;
    to.sin6_port = htons(port);
    inet_pton(AF_INET6, address.c_str(), &to.sin6_addr);
  } else {
    auto& to = reinterpret_cast<sockaddr_in&>(storage);
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    inet_pton(AF_INET, address.c_str(), &to.sin_addr);
  }
  const int handle = ::socket(six ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int yes = 1;
  ::setsockopt(handle, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  if (::bind(handle, reinterpret_cast<sockaddr*>(&storage), size) != 0) {
    const int failure = errno;
    ::close(handle);
    throw std::system_error(failure, std::generic_category(), "bind to " + address);
  }
  ::getsockname(handle, reinterpret_cast<sockaddr*>(&storage), &size);
  const auto bound =
      six ? reinterpret_cast<sockaddr_in6&>(storage).sin6_port : reinterpret_cast<sockaddr_in&>(storage).sin_port;
  return {handle, ntohs(bound)};
}

using ContextHandle = std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)>;

ContextHandle server_context(const Identity& identity, TlsVersions versions, const Identity* client_ca,
                             ClientCertificate client_certificate) {
  ContextHandle context(SSL_CTX_new(TLS_server_method()), &SSL_CTX_free);
  SSL_CTX_use_certificate(context.get(), identity.certificate.get());
  SSL_CTX_use_PrivateKey(context.get(), identity.key.get());
  for (const auto& issuer : identity.presented_issuers) SSL_CTX_add1_chain_cert(context.get(), issuer.get());
  if (versions == TlsVersions::only_1_1) {
    SSL_CTX_set_security_level(context.get(), 0);
    SSL_CTX_set_min_proto_version(context.get(), TLS1_1_VERSION);
    SSL_CTX_set_max_proto_version(context.get(), TLS1_1_VERSION);
  }
  if (versions == TlsVersions::only_1_2_with_dhe) {
    SSL_CTX_set_max_proto_version(context.get(), TLS1_2_VERSION);
    SSL_CTX_set_cipher_list(context.get(), "kDHE");
    SSL_CTX_set_dh_auto(context.get(), 1);
  }
  if (client_ca != nullptr) {
    X509_STORE_add_cert(SSL_CTX_get_cert_store(context.get()), client_ca->certificate.get());
    const bool required = client_certificate == ClientCertificate::required;
    SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER | (required ? SSL_VERIFY_FAIL_IF_NO_PEER_CERT : 0), nullptr);
  }
  return context;
}

}  // namespace

void Conversation::SslFree::operator()(ssl_st* ssl) const { SSL_free(ssl); }

Conversation::Conversation(int handle, const std::atomic<bool>& stopping) : handle_(handle), stopping_(stopping) {}
Conversation::~Conversation() = default;

long Conversation::receive(char* into, std::size_t size) {
  if (ssl_) return SSL_read(ssl_.get(), into, static_cast<int>(size));
  return ::recv(handle_, into, size, 0);
}

std::string Conversation::read_until(std::string_view end) {
  std::string text;
  char byte = 0;
  while (text.size() < 1024 * 1024 && !text.ends_with(end) && receive(&byte, 1) == 1) text += byte;
  return text;
}

bool Conversation::send(std::string_view bytes) {
  while (!bytes.empty() && !stopping_) {
    const long sent = ssl_ ? SSL_write(ssl_.get(), bytes.data(), static_cast<int>(bytes.size()))
                           : ::send(handle_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return !stopping_;
}

void Conversation::send_forever(std::string_view bytes) {
  std::string block;
  while (block.size() < 64 * 1024) block += bytes;
  while (send(block)) {
  }
}

bool Conversation::pause(milliseconds time) {
  pollfd peer{handle_, POLLRDHUP, 0};
  return ::poll(&peer, 1, static_cast<int>(time.count())) == 0 && !stopping_;
}

void Conversation::drip(std::string_view bytes, milliseconds each) {
  for (const char& byte : bytes) {
    if (!send({&byte, 1}) || !pause(each)) return;
  }
}

void Conversation::hold() {
  while (pause(milliseconds(1'000))) {
  }
}

void Conversation::reset() {
  const linger now{1, 0};
  ::setsockopt(handle_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
}

bool Conversation::start_tls(const Identity& identity, TlsVersions versions, const Identity* client_ca,
                             ClientCertificate client_certificate) {
  const auto context = server_context(identity, versions, client_ca, client_certificate);
  ssl_.reset(SSL_new(context.get()));
  SSL_set_fd(ssl_.get(), handle_);
  return SSL_accept(ssl_.get()) == 1;
}

void Conversation::send_empty_records_forever(Empty kind) {
  BIO* made = BIO_new(BIO_s_mem());
  SSL_set0_wbio(ssl_.get(), made);
  do {
    for (int i = 0; i < 200; ++i) {
      kind == Empty::tickets ? SSL_new_session_ticket(ssl_.get())
                             : SSL_key_update(ssl_.get(), SSL_KEY_UPDATE_NOT_REQUESTED);
      SSL_do_handshake(ssl_.get());
    }
    if (kind == Empty::key_updates_with_a_byte) SSL_write(ssl_.get(), "x", 1);
  } while (send_made(made));
}

void Conversation::send_in_records_of_a_byte(std::string_view bytes, const std::function<void()>& ready) {
  BIO* made = BIO_new(BIO_s_mem());
  SSL_set0_wbio(ssl_.get(), made);
  for (const char& byte : bytes) SSL_write(ssl_.get(), &byte, 1);
  ready();
  send_made(made);
}

// What OpenSSL made instead of sending it. False once the peer is gone or the server stops.
bool Conversation::send_made(bio_st* made) {
  char* bytes = nullptr;
  auto left = static_cast<std::size_t>(BIO_get_mem_data(made, &bytes));
  while (left > 0 && !stopping_) {
    const ssize_t sent = ::send(handle_, bytes, left, MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes += sent;
    left -= static_cast<std::size_t>(sent);
  }
  BIO_reset(made);
  return !stopping_;
}

std::string Conversation::asked_name() const {
  const char* name = SSL_get_servername(ssl_.get(), TLSEXT_NAMETYPE_host_name);
  return name == nullptr ? "" : name;
}

bool Conversation::has_client_certificate() const { return SSL_get0_peer_certificate(ssl_.get()) != nullptr; }

ScriptedServer::ScriptedServer(Script script, const std::string& address, std::uint16_t port)
    : script_(std::move(script)) {
  const Bound bound = bind_loopback(address, port);
  listener_ = bound.handle;
  port_ = bound.port;
  ::listen(listener_, 1024);
  acceptor_ = std::jthread([this] { accept_all(); });
}

ScriptedServer::~ScriptedServer() {
  stopping_ = true;
  ::shutdown(listener_, SHUT_RDWR);
  acceptor_.join();
  ::close(listener_);
  {
    const std::lock_guard lock(guard_);
    for (const int handle : open_) ::shutdown(handle, SHUT_RDWR);
  }
  threads_.clear();  // joins
}

void ScriptedServer::accept_all() {
  // OpenSSL's writes raise it when the peer has gone. In the server's threads only: the probes must not need this.
  sigset_t broken_pipe;
  sigemptyset(&broken_pipe);
  sigaddset(&broken_pipe, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &broken_pipe, nullptr);
  for (;;) {
    const int handle = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (stopping_) return;
    if (handle < 0) continue;
    const int yes = 1;
    ::setsockopt(handle, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    ++connections_;
    const std::lock_guard lock(guard_);
    open_.push_back(handle);
    threads_.emplace_back([this, handle] {
      {
        Conversation conversation(handle, stopping_);
        script_(conversation);
      }
      const std::lock_guard closing(guard_);
      std::erase(open_, handle);
      ::close(handle);
    });
  }
}

ServersOnOnePort::ServersOnOnePort(const ScriptedServer::Script& first_script, const std::string& first_address,
                                   const ScriptedServer::Script& second_script, const std::string& second_address) {
  constexpr int enough = 100;
  for (int tries = 1; second == nullptr; ++tries) {
    first = std::make_unique<ScriptedServer>(first_script, first_address);
    try {
      second = std::make_unique<ScriptedServer>(second_script, second_address, first->port());
    } catch (const std::system_error& failure) {
      if (failure.code() != std::errc::address_in_use || tries == enough) throw;
    }
  }
}

ScriptedServer::Script answers(std::string answer) {
  return [answer = std::move(answer)](Conversation& conversation) {
    conversation.read_until();
    conversation.send(answer);
  };
}

std::uint16_t closed_port() {
  return bind_loopback("127.0.0.1", 0).port;  // bound, never listening: connecting to it is refused
}

}  // namespace allclear::test
