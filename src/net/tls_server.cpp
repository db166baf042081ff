#include "net/tls_server.h"

#include <openssl/ssl.h>

namespace allclear::net {
namespace {

namespace ssl = boost::asio::ssl;

constexpr const char* suites_1_2 = "ECDHE+AESGCM:ECDHE+CHACHA20:!aNULL:!PSK";

}  // namespace

Result<std::unique_ptr<ssl::context>> make_tls_server_context(const std::string& cert_file,
                                                              const std::string& key_file) {
  auto context = std::make_unique<ssl::context>(ssl::context::tls_server);
  SSL_CTX* native = context->native_handle();
  SSL_CTX_set_min_proto_version(native, TLS1_2_VERSION);
  SSL_CTX_set_cipher_list(native, suites_1_2);
  SSL_CTX_set_options(native, SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE);
  boost::system::error_code error;
  context->use_certificate_chain_file(cert_file, error);
  if (error) return failure("cannot use the certificate " + cert_file + ": " + error.message());
  context->use_private_key_file(key_file, ssl::context::pem, error);
  if (error) return failure("cannot use the key " + key_file + ": " + error.message());
  if (SSL_CTX_check_private_key(native) != 1)
    return failure("the key " + key_file + " does not belong to " + cert_file);
  return context;
}

}  // namespace allclear::net
