// ScriptedServer: a TCP (and TLS) server on loopback that behaves as badly as its script says. Own threads; the
// script runs on one thread per connection, and everything ends when the server is destroyed.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "base/time.h"
#include "tests/support/test_certificates.h"

struct bio_st;
struct ssl_st;

namespace allclear::test {

enum class TlsVersions : std::uint8_t { current, only_1_1, only_1_2_with_dhe };
enum class ClientCertificate : std::uint8_t { required, welcome };

// One accepted connection, as its script sees it.
class Conversation {
 public:
  Conversation(int handle, const std::atomic<bool>& stopping);
  ~Conversation();
  Conversation(const Conversation&) = delete;
  Conversation& operator=(const Conversation&) = delete;

  // Up to and with `end`; what came so far when the peer is gone.
  std::string read_until(std::string_view end = "\r\n\r\n");
  // False once the peer is gone or the server stops.
  bool send(std::string_view bytes);
  // Again and again until the peer is gone.
  void send_forever(std::string_view bytes);
  void drip(std::string_view bytes, milliseconds each);
  // Holds the connection until the peer leaves or the server stops.
  void hold();
  // Closes with RST instead of FIN.
  void reset();
  // The server's side of a handshake; false when it failed.
  bool start_tls(const Identity& identity, TlsVersions versions = TlsVersions::current,
                 const Identity* client_ca = nullptr,
                 ClientCertificate client_certificate = ClientCertificate::required);
  // Of the handshake: the name that the peer asked for (SNI), and whether it showed a certificate.
  std::string asked_name() const;
  bool has_client_certificate() const;
  bool pause(milliseconds time);
  // After the handshake: records that carry no data, until the peer is gone. TLS 1.3.
  enum class Empty : std::uint8_t { key_updates, tickets, key_updates_with_a_byte };
  void send_empty_records_forever(Empty kind);
  // As fast as the peer reads: each byte in a TLS record of its own, all made before `ready` is called and they are sent.
  void send_in_records_of_a_byte(
      std::string_view bytes, const std::function<void()>& ready = [] {});

 private:
  struct SslFree {
    void operator()(ssl_st* ssl) const;
  };
  long receive(char* into, std::size_t size);
  bool send_made(bio_st* made);

  int handle_;
  const std::atomic<bool>& stopping_;
  std::unique_ptr<ssl_st, SslFree> ssl_;
};

class ScriptedServer {
 public:
  using Script = std::function<void(Conversation&)>;

  explicit ScriptedServer(Script script, const std::string& address = "127.0.0.1", std::uint16_t port = 0);
  ~ScriptedServer();
  ScriptedServer(const ScriptedServer&) = delete;
  ScriptedServer& operator=(const ScriptedServer&) = delete;

  std::uint16_t port() const { return port_; }
  int connections() const { return connections_; }

 private:
  void accept_all();

  Script script_;
  int listener_ = -1;
  std::uint16_t port_ = 0;
  std::atomic<bool> stopping_{false};
  std::atomic<int> connections_{0};
  std::mutex guard_;
  std::vector<std::jthread> threads_;
  std::vector<int> open_;
  std::jthread acceptor_;
};

// Two servers on one port of two addresses. Tries other ports while somebody else holds the one found: a port that is
// free on one loopback address can be taken on another.
struct ServersOnOnePort {
  ServersOnOnePort(const ScriptedServer::Script& first_script, const std::string& first_address,
                   const ScriptedServer::Script& second_script, const std::string& second_address);

  std::unique_ptr<ScriptedServer> first;
  std::unique_ptr<ScriptedServer> second;
};

// Reads the request, answers with `answer`, closes.
ScriptedServer::Script answers(std::string answer);
// A TCP port on which nothing listens: held until the process ends, so that nobody else is given it.
std::uint16_t closed_port();

}  // namespace allclear::test
