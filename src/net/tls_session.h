// TlsSession: OpenSSL's side of one connection, without waiting: each call does what it can. One thread at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "net/fault.h"
#include "net/peer_certificate.h"

struct ssl_st;

namespace allclear::net {

class TlsContext;
class ChainCache;

enum class Verification : std::uint8_t { required, skipped };
enum class TlsProgress : std::uint8_t { done, ended, wants_read, wants_write, failed };

struct TlsStep {
  TlsProgress progress = TlsProgress::failed;
  std::size_t bytes = 0;
};

class TlsSession {
 public:
  // `name` is sent as SNI and must stand in the certificate; an IP literal is compared as an address, without SNI.
  // `cache` may be null, else it outlives the session.
  static Outcome<TlsSession> make(std::shared_ptr<const TlsContext> context, std::string_view name,
                                  Verification verification, ChainCache* cache);
  ~TlsSession();
  TlsSession(TlsSession&&) noexcept;
  TlsSession& operator=(TlsSession&&) noexcept;

  void attach(int socket);
  TlsStep handshake();
  TlsStep read(std::span<char> into);
  TlsStep write(std::string_view bytes);
  void say_goodbye();
  // A new question to the peer: what is around the data is counted anew.
  void begin_exchange();
  std::size_t received() const;  // bytes from the socket since then

  // Why the last step failed: the certificate's fault when that was it, else OpenSSL's or the socket's words.
  tl::unexpected<Fault> failure_in(FaultPhase phase) const;
  // Null before the peer's certificate has been seen.
  std::shared_ptr<const PeerCertificate> certificate() const;

  struct State;  // for the verification callback

 private:
  explicit TlsSession(std::unique_ptr<State> state);
  bool begin_step();
  TlsStep after(int result, std::size_t bytes);

  std::unique_ptr<State> state_;
};

}  // namespace allclear::net
