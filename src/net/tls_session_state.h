// TlsSession::State: what the verification callback fills in while OpenSSL shakes hands. Only for tls_*.cpp.
#pragma once

#include <openssl/ssl.h>

#include "net/chain_cache.h"
#include "net/tls_context.h"
#include "net/tls_session.h"

namespace allclear::net {

struct SslFree {
  void operator()(SSL* ssl) const { SSL_free(ssl); }
};

struct TlsSession::State {
  std::unique_ptr<SSL, SslFree> ssl;
  std::shared_ptr<const TlsContext> context;
  std::string name;
  Verification verification = Verification::required;
  ChainCache* cache = nullptr;
  std::shared_ptr<const PeerCertificate> certificate;
  std::optional<Fault> certificate_fault;
  int socket = -1;
  int socket_error = 0;       // errno of the last failed socket call
  std::size_t step_room = 0;  // bytes that this step may still read
  std::size_t received = 0;   // bytes from the socket since the last question
  std::size_t data = 0;       // bytes of it that were what we asked for
  bool shaken = false;        // the first handshake is over
  int messages = 0;           // of handshakes that came after that, since the last question
  bool peer_closed = false;   // the socket ended
  std::string failure;        // OpenSSL's words about the last failed step
};

// For SSL_CTX_set_msg_callback: counts what a peer sends beside the data.
void count_message(int write, int version, int content_type, const void* bytes, std::size_t count, SSL* ssl,
                   void* unused);

// For SSL_CTX_set_cert_verify_callback: judges the presented chain and records its facts.
int verify_presented_chain(X509_STORE_CTX* store, void* unused);

}  // namespace allclear::net
