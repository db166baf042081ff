// The server side's TLS context: TLS 1.2 and newer, forward-secret AEAD suites (S8). Made at start; one thread.
#pragma once

#include <memory>
#include <string>

#include <boost/asio/ssl/context.hpp>

#include "base/result.h"

namespace allclear::net {

// Error: names the file that could not be read, or says that key and certificate do not fit.
Result<std::unique_ptr<boost::asio::ssl::context>> make_tls_server_context(const std::string& cert_file,
                                                                           const std::string& key_file);

}  // namespace allclear::net
