// Certificates made on the spot, good and bad ones. For tests and benches.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

struct x509_st;
struct evp_pkey_st;

namespace allclear::test {

enum class KeyKind : std::uint8_t { p256, p384, rsa2048, rsa4096 };

// A certificate, its key, and what a server presents with it.
struct Identity {
  std::shared_ptr<x509_st> certificate;
  std::shared_ptr<evp_pkey_st> key;
  std::vector<std::shared_ptr<x509_st>> presented_issuers;
};

struct CertificateSpec {
  std::string subject = "test";
  std::vector<std::string> names;  // subject alternative names as OpenSSL writes them: "DNS:a.test", "IP:127.0.0.1"
  int starts_in_days = -1;
  int ends_in_days = 30;
  KeyKind key = KeyKind::p256;
  bool is_authority = false;
};

// Without an issuer: self-signed.
Identity make_identity(const CertificateSpec& spec, const Identity* issuer = nullptr);

std::string certificate_pem(const Identity& identity);
std::string key_pem(const Identity& identity);

// A folder of its own that goes away with it.
class ScratchFolder {
 public:
  ScratchFolder();
  ~ScratchFolder();
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;

  // Writes a file and returns its path.
  std::string write(const std::string& name, const std::string& text) const;

 private:
  std::filesystem::path path_;
};

}  // namespace allclear::test
