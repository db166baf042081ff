#include "net/tls_context.h"

#include <array>

#include <openssl/err.h>
#include <openssl/ssl.h>

#include "net/tls_session_state.h"

namespace allclear::net {
namespace {

// Where distributions keep the bundle; OpenSSL's own default is tried first.
constexpr std::array<const char*, 5> bundles{"/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt",
                                             "/etc/ssl/ca-bundle.pem", "/etc/ssl/cert.pem",
                                             "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem"};
constexpr std::chrono::seconds files_look_again{5};
// OpenSSL's own, but for DHE, which browsers no longer speak: the server chooses how long its prime is, and one of 10,000 bits
// holds up every check of the loop for most of a second.
constexpr const char* asked_suites_1_2 = "DEFAULT:!kDHE";

std::string system_bundle() {
  std::error_code ignored;
  const char* set = std::getenv(X509_get_default_cert_file_env());
  if (set != nullptr && std::filesystem::is_regular_file(set, ignored)) return set;
  for (const char* bundle : bundles) {
    if (std::filesystem::is_regular_file(bundle, ignored)) return bundle;
  }
  return {};
}

tl::unexpected<Fault> file_fault(const std::string& file, std::string_view wanted) {
  const unsigned long code = ERR_peek_last_error();
  const char* why = code == 0 ? nullptr : ERR_reason_error_string(code);
  ERR_clear_error();
  std::string text = "expected " + std::string(wanted) + " in " + file;
  if (why != nullptr) text += ": " + std::string(why);
  return fault(FaultPhase::local, FaultKind::local_fault, text);
}

Outcome<void> load_files(SSL_CTX* context, const TlsFiles& files) {
  const std::string ca_file = files.ca_file.empty() ? system_bundle() : files.ca_file;
  // Without any bundle (a bare container) every public chain is judged untrusted only if we say so: it is our fault.
  if (ca_file.empty()) return fault(FaultPhase::local, FaultKind::local_fault, "no CA bundle found on this machine");
  if (SSL_CTX_load_verify_file(context, ca_file.c_str()) != 1) return file_fault(ca_file, "PEM certificates");
  if (files.client_cert_file.empty()) return {};
  const std::string& key_file = files.client_key_file.empty() ? files.client_cert_file : files.client_key_file;
  if (SSL_CTX_use_certificate_chain_file(context, files.client_cert_file.c_str()) != 1) {
    return file_fault(files.client_cert_file, "a PEM certificate");
  }
  if (SSL_CTX_use_PrivateKey_file(context, key_file.c_str(), SSL_FILETYPE_PEM) != 1) {
    return file_fault(key_file, "the certificate's PEM key");
  }
  return {};
}

// OpenSSL looks for its algorithms when they are first needed, for some milliseconds that belong to no target.
void say_hello_to_nobody(SSL_CTX* context) {
  const std::unique_ptr<SSL, decltype(&SSL_free)> session(SSL_new(context), &SSL_free);
  BIO* nowhere = BIO_new(BIO_s_mem());
  if (session && nowhere != nullptr) {
    SSL_set_bio(session.get(), nowhere, nowhere);
    SSL_set_connect_state(session.get());
    SSL_do_handshake(session.get());
  } else {
    BIO_free(nowhere);
  }
  ERR_clear_error();
}

std::filesystem::file_time_type changed_at(const std::string& file) {
  if (file.empty()) return {};
  std::error_code error;
  const auto time = std::filesystem::last_write_time(file, error);
  return error ? std::filesystem::file_time_type{} : time;
}

// Ids only have to differ within the process.
std::uint64_t next_id() {
  static std::atomic<std::uint64_t> last{0};
  return ++last;
}

}  // namespace

void TlsContext::Free::operator()(ssl_ctx_st* context) const { SSL_CTX_free(context); }

Outcome<std::shared_ptr<const TlsContext>> TlsContext::load(const TlsFiles& files) {
  std::shared_ptr<TlsContext> context(new TlsContext);
  context->handle_.reset(SSL_CTX_new(TLS_client_method()));
  context->id_ = next_id();
  SSL_CTX* handle = context->handle_.get();
  if (handle == nullptr) return fault(FaultPhase::local, FaultKind::local_fault, "no memory for TLS");
  SSL_CTX_set_min_proto_version(handle, TLS1_2_VERSION);
  SSL_CTX_set_cipher_list(handle, asked_suites_1_2);
  SSL_CTX_set1_groups_list(handle, "X25519:P-256:X448:P-384:P-521");  // OpenSSL's own, but for TLS 1.3's DHE
  SSL_CTX_set_mode(handle, SSL_MODE_AUTO_RETRY | SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                               SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_CTX_set_session_cache_mode(handle, SSL_SESS_CACHE_OFF);  // a resumed session shows no certificate
  SSL_CTX_set_options(handle, SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION);
  SSL_CTX_set_read_ahead(handle, 1);
  SSL_CTX_set_max_cert_list(handle, 100 * 1024);
  SSL_CTX_set_msg_callback(handle, count_message);
  SSL_CTX_set_verify(handle, SSL_VERIFY_PEER, nullptr);
  SSL_CTX_set_cert_verify_callback(handle, verify_presented_chain, nullptr);
  if (auto loaded = load_files(handle, files); !loaded) return tl::unexpected(std::move(loaded.error()));
  say_hello_to_nobody(handle);
  return std::shared_ptr<const TlsContext>(std::move(context));
}

Outcome<std::shared_ptr<const TlsContext>> TlsContexts::get(const TlsFiles& files) {
  const std::lock_guard lock(guard_);
  const MonotonicTime now = monotonic_now();
  const auto found = loaded_.find(files);
  if (found != loaded_.end() && now < found->second.looked_at + files_look_again) return found->second.context;
  const std::array changed{changed_at(files.ca_file.empty() ? system_bundle() : files.ca_file),
                           changed_at(files.client_cert_file), changed_at(files.client_key_file)};
  if (found != loaded_.end() && changed == found->second.changed) {
    found->second.looked_at = now;
    return found->second.context;
  }
  auto context = TlsContext::load(files);
  if (context) loaded_.insert_or_assign(files, Loaded{*context, changed, now});
  return context;
}

}  // namespace allclear::net
