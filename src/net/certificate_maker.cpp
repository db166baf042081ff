#include "net/certificate_maker.h"

#include <memory>

#include <fcntl.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>
#include <unistd.h>

namespace allclear::net {
namespace {

constexpr long hour_s = 3'600;
constexpr long day_s = 24 * hour_s;
constexpr int authority_days = 3'650;

struct Free {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(X509* certificate) const { X509_free(certificate); }
  void operator()(X509_EXTENSION* extension) const { X509_EXTENSION_free(extension); }
  void operator()(BIO* bio) const { BIO_free_all(bio); }
};
using Key = std::unique_ptr<EVP_PKEY, Free>;
using Certificate = std::unique_ptr<X509, Free>;
using Bio = std::unique_ptr<BIO, Free>;

struct Names {
  std::string common_name;
  std::string alternatives;  // empty: a certificate authority
  int days = 0;
};

bool add_extension(X509* certificate, X509* issuer, int id, const char* value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  const std::unique_ptr<X509_EXTENSION, Free> extension(X509V3_EXT_conf_nid(nullptr, &context, id, value));
  return extension && X509_add_ext(certificate, extension.get(), -1) == 1;
}

void set_random_serial(X509* certificate) {
  std::uint64_t serial = 0;
  RAND_bytes(reinterpret_cast<unsigned char*>(&serial), sizeof serial);
  ASN1_INTEGER_set_uint64(X509_get_serialNumber(certificate), serial >> 1);
}

// Issuer null: signed by itself.
Certificate make_certificate(const Names& names, EVP_PKEY* key, X509* issuer, EVP_PKEY* issuer_key) {
  Certificate certificate(X509_new());
  X509_set_version(certificate.get(), X509_VERSION_3);
  set_random_serial(certificate.get());
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), names.days < 0 ? 2 * names.days * day_s : -hour_s);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), names.days * day_s);
  X509_NAME* subject = X509_get_subject_name(certificate.get());
  X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8, reinterpret_cast<const unsigned char*>(names.common_name.c_str()), -1, -1, 0);
  X509* signer = issuer != nullptr ? issuer : certificate.get();
  X509_set_issuer_name(certificate.get(), X509_get_subject_name(signer));
  X509_set_pubkey(certificate.get(), key);
  const bool authority = names.alternatives.empty();
  bool fine = add_extension(certificate.get(), signer, NID_basic_constraints, authority ? "critical,CA:TRUE" : "critical,CA:FALSE");
  if (authority) fine = fine && add_extension(certificate.get(), signer, NID_key_usage, "critical,keyCertSign,cRLSign");
  if (!authority) fine = fine && add_extension(certificate.get(), signer, NID_subject_alt_name, names.alternatives.c_str());
  if (!fine || X509_sign(certificate.get(), issuer_key, EVP_sha256()) == 0) return nullptr;
  return certificate;
}

Result<void> write_file(const std::filesystem::path& file, mode_t mode, X509* certificate, EVP_PKEY* key) {
  const int descriptor = open(file.c_str(), O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, mode);
  if (descriptor < 0) return failure("cannot write " + file.string());
  const Bio bio(BIO_new_fd(descriptor, BIO_CLOSE));
  const bool written = certificate != nullptr ? PEM_write_bio_X509(bio.get(), certificate) == 1
                                              : PEM_write_bio_PrivateKey(bio.get(), key, nullptr, nullptr, 0, nullptr, nullptr) == 1;
  if (!written) return failure("cannot write " + file.string());
  return {};
}

}  // namespace

Result<CertificateFiles> make_certificate_files(const std::filesystem::path& folder, const std::string& host, int days) {
  const Key authority_key(EVP_EC_gen("P-256"));
  const Key key(EVP_EC_gen("P-256"));
  if (!authority_key || !key) return failure("cannot make a key");
  const Certificate authority = make_certificate({"AllClear demo authority", "", authority_days}, authority_key.get(), nullptr, authority_key.get());
  if (!authority) return failure("cannot make the certificate authority");
  const Certificate leaf =
      make_certificate({host, "DNS:" + host + ",IP:127.0.0.1", days}, key.get(), authority.get(), authority_key.get());
  if (!leaf) return failure("cannot make a certificate for " + host);
  const CertificateFiles files{folder / "ca.pem", folder / "cert.pem", folder / "key.pem"};
  for (const auto& written : {write_file(files.ca_file, 0644, authority.get(), nullptr), write_file(files.cert_file, 0644, leaf.get(), nullptr),
                              write_file(files.key_file, 0600, nullptr, key.get())}) {
    if (!written) return tl::unexpected(written.error());
  }
  return files;
}

}  // namespace allclear::net
