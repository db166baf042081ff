// Makes a small private certificate authority and one server certificate: for the demo and the tests. Blocking.
#pragma once

#include <filesystem>
#include <string>

#include "base/result.h"

namespace allclear::net {

struct CertificateFiles {
  std::filesystem::path ca_file;    // PEM: what a client trusts
  std::filesystem::path cert_file;  // PEM: the server's chain
  std::filesystem::path key_file;   // PEM, mode 0600
};

// ECDSA P-256, valid from an hour ago for `days` days (negative: already expired), for `host` and 127.0.0.1.
Result<CertificateFiles> make_certificate_files(const std::filesystem::path& folder, const std::string& host, int days);

}  // namespace allclear::net
