#include "net/tls_session.h"

#include <sys/socket.h>

#include <algorithm>
#include <cerrno>

#include <boost/asio/ip/address.hpp>
#include <fmt/format.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>

#include "net/tls_session_state.h"

namespace allclear::net {
namespace {

constexpr std::size_t most_in_a_step = 17 * 1024;  // a whole record
// Of the handshake, and of the records' own heads: a byte of data in a record of its own costs up to 85 (TLS 1.2, CBC).
constexpr std::size_t most_without_data = 512 * 1024;
constexpr std::size_t most_around_a_byte = 100;
// Tickets, key updates, wishes to shake hands anew: an honest peer has a few for all that is read of it; a key update costs
// us as much as a page of data.
constexpr int most_messages = 500;

// A socket BIO of our own: OpenSSL's writes without MSG_NOSIGNAL and hides errno behind other calls.
int write_socket(BIO* bio, const char* bytes, std::size_t count, std::size_t* done) {
  auto& state = *static_cast<TlsSession::State*>(BIO_get_app_data(bio));
  BIO_clear_retry_flags(bio);
  const ssize_t sent = ::send(state.socket, bytes, count, MSG_NOSIGNAL | MSG_DONTWAIT);
  if (sent >= 0) {
    *done = static_cast<std::size_t>(sent);
    return 1;
  }
  if (errno == EAGAIN || errno == EINTR) {
    BIO_set_retry_write(bio);
  } else {
    state.socket_error = errno;
  }
  return 0;
}

int read_socket(BIO* bio, char* bytes, std::size_t count, std::size_t* done) {
  auto& state = *static_cast<TlsSession::State*>(BIO_get_app_data(bio));
  BIO_clear_retry_flags(bio);
  if (state.step_room == 0) {  // so that a flood of records without data gives the others their turn
    BIO_set_retry_read(bio);
    return 0;
  }
  const ssize_t received = ::recv(state.socket, bytes, std::min(count, state.step_room), MSG_DONTWAIT);
  if (received > 0) {
    *done = static_cast<std::size_t>(received);
    state.step_room -= *done;
    state.received += *done;
    return 1;
  }
  if (received == 0) {
    state.peer_closed = true;
  } else if (errno == EAGAIN || errno == EINTR) {
    BIO_set_retry_read(bio);
  } else {
    state.socket_error = errno;
  }
  return 0;
}

long control_socket(BIO* bio, int command, long, void*) {
  const auto& state = *static_cast<const TlsSession::State*>(BIO_get_app_data(bio));
  switch (command) {
    case BIO_CTRL_FLUSH: return 1;
    case BIO_CTRL_EOF: return state.peer_closed ? 1 : 0;
    default: return 0;
  }
}

struct BioMethodFree {
  void operator()(BIO_METHOD* method) const { BIO_meth_free(method); }
};

const BIO_METHOD* socket_method() {
  static const std::unique_ptr<BIO_METHOD, BioMethodFree> method = [] {
    std::unique_ptr<BIO_METHOD, BioMethodFree> made(BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "socket"));
    BIO_meth_set_write_ex(made.get(), write_socket);
    BIO_meth_set_read_ex(made.get(), read_socket);
    BIO_meth_set_ctrl(made.get(), control_socket);
    return made;
  }();
  return method.get();
}

// The name that is sent and expected. IP literals are compared with the certificate's addresses (RFC 6066: no SNI).
bool set_expected_name(SSL* ssl, const std::string& name) {
  boost::system::error_code not_literal;
  boost::asio::ip::make_address(name, not_literal);
  if (!not_literal) return X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), name.c_str()) == 1;
  SSL_set_hostflags(ssl, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  return SSL_set_tlsext_host_name(ssl, name.c_str()) == 1 && SSL_set1_host(ssl, name.c_str()) == 1;
}

std::string openssl_words() {
  const unsigned long code = ERR_peek_error();
  const char* reason = code == 0 ? nullptr : ERR_reason_error_string(code);
  return reason == nullptr ? "TLS handshake failed" : reason;
}

}  // namespace

TlsSession::TlsSession(std::unique_ptr<State> state) : state_(std::move(state)) {}
TlsSession::~TlsSession() = default;
TlsSession::TlsSession(TlsSession&&) noexcept = default;
TlsSession& TlsSession::operator=(TlsSession&&) noexcept = default;

Outcome<TlsSession> TlsSession::make(std::shared_ptr<const TlsContext> context, std::string_view name,
                                     Verification verification, ChainCache* cache) {
  auto state = std::make_unique<State>();
  state->context = std::move(context);
  state->name = name;
  if (state->name.ends_with('.')) state->name.pop_back();
  state->verification = verification;
  state->cache = cache;
  state->ssl.reset(SSL_new(state->context->handle()));
  BIO* bio = BIO_new(socket_method());
  if (!state->ssl || bio == nullptr || !set_expected_name(state->ssl.get(), state->name)) {
    BIO_free(bio);
    ERR_clear_error();
    return fault(FaultPhase::local, FaultKind::local_fault, "could not prepare TLS");
  }
  BIO_set_app_data(bio, state.get());
  BIO_set_init(bio, 1);
  SSL_set_bio(state->ssl.get(), bio, bio);
  SSL_set_app_data(state->ssl.get(), state.get());
  SSL_set_connect_state(state->ssl.get());
  return TlsSession(std::move(state));
}

void count_message(int write, int, int content_type, const void*, std::size_t, SSL* ssl, void*) {
  auto* state = static_cast<TlsSession::State*>(SSL_get_app_data(ssl));
  if (state != nullptr && state->shaken && write == 0 && content_type == SSL3_RT_HANDSHAKE) ++state->messages;
}

void TlsSession::attach(int socket) { state_->socket = socket; }

TlsStep TlsSession::after(int result, std::size_t bytes) {
  if (result > 0) return {TlsProgress::done, bytes};
  switch (SSL_get_error(state_->ssl.get(), result)) {
    case SSL_ERROR_WANT_READ: return {TlsProgress::wants_read};
    case SSL_ERROR_WANT_WRITE: return {TlsProgress::wants_write};
    case SSL_ERROR_ZERO_RETURN: return {TlsProgress::ended};
    default: break;
  }
  state_->failure = openssl_words();
  ERR_clear_error();
  return {TlsProgress::failed};
}

// True: another step may be made.
bool TlsSession::begin_step() {
  state_->step_room = most_in_a_step;
  if (state_->messages > most_messages) {
    state_->failure = fmt::format("more than {} TLS messages beside the data", most_messages);
  } else if (state_->received > most_without_data + state_->data * most_around_a_byte) {
    state_->failure = "more than 512 KiB of TLS around the data";
  } else {
    return true;
  }
  return false;
}

TlsStep TlsSession::handshake() {
  if (!begin_step()) return {TlsProgress::failed};
  const int result = SSL_do_handshake(state_->ssl.get());
  state_->shaken = result == 1;
  return after(result, 0);
}

TlsStep TlsSession::read(std::span<char> into) {
  if (!begin_step()) return {TlsProgress::failed};
  std::size_t count = 0;
  const int result = SSL_read_ex(state_->ssl.get(), into.data(), into.size(), &count);
  if (result > 0) state_->data += count;
  const TlsStep step = after(result, count);
  // Many servers close without close_notify: what came is kept, the HTTP framing tells whether it is whole.
  const bool just_closed = step.progress == TlsProgress::failed && state_->peer_closed && state_->socket_error == 0;
  return just_closed ? TlsStep{TlsProgress::ended} : step;
}

TlsStep TlsSession::write(std::string_view bytes) {
  if (!begin_step()) return {TlsProgress::failed};
  std::size_t count = 0;
  const int result = SSL_write_ex(state_->ssl.get(), bytes.data(), bytes.size(), &count);
  return after(result, count);
}

void TlsSession::begin_exchange() {
  state_->received = state_->data = 0;
  state_->messages = 0;
}

std::size_t TlsSession::received() const { return state_->received; }

void TlsSession::say_goodbye() {
  if (SSL_is_init_finished(state_->ssl.get()) == 1) SSL_shutdown(state_->ssl.get());
  ERR_clear_error();
}

tl::unexpected<Fault> TlsSession::failure_in(FaultPhase phase) const {
  if (state_->certificate_fault) return tl::unexpected<Fault>(*state_->certificate_fault);
  if (state_->socket_error != 0) return socket_fault(phase, {state_->socket_error, boost::system::system_category()});
  if (state_->peer_closed)
    return fault(phase, FaultKind::tls_failure, "the connection was closed in the TLS handshake");
  return fault(phase, FaultKind::tls_failure, state_->failure);
}

std::shared_ptr<const PeerCertificate> TlsSession::certificate() const { return state_->certificate; }

}  // namespace allclear::net
