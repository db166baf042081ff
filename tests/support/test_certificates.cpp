#include "tests/support/test_certificates.h"

#include <fstream>
#include <stdexcept>

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>

namespace allclear::test {
namespace {

std::shared_ptr<EVP_PKEY> make_key(KeyKind kind) {
  EVP_PKEY* key = nullptr;
  switch (kind) {
    case KeyKind::p256: key = EVP_EC_gen("P-256"); break;
    case KeyKind::p384: key = EVP_EC_gen("P-384"); break;
    case KeyKind::rsa2048: key = EVP_RSA_gen(2048); break;
    case KeyKind::rsa4096: key = EVP_RSA_gen(4096); break;
  }
  return {key, &EVP_PKEY_free};
}

void add_extension(X509* certificate, X509* issuer, int which, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, which, value.c_str());
  if (extension == nullptr) throw std::runtime_error("certificate extension " + value);
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

std::string joined(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ",") + name;
  return text;
}

template <class Write>
std::string pem_of(Write write) {
  const std::unique_ptr<BIO, decltype(&BIO_free)> out(BIO_new(BIO_s_mem()), &BIO_free);
  write(out.get());
  char* text = nullptr;
  const long size = BIO_get_mem_data(out.get(), &text);
  return {text, static_cast<std::size_t>(size)};
}

void put_days(ASN1_TIME* time, int days) { X509_time_adj_ex(time, days, 0, nullptr); }

}  // namespace

Identity make_identity(const CertificateSpec& spec, const Identity* issuer) {
  Identity made;
  made.certificate = {X509_new(), &X509_free};
  made.key = make_key(spec.key);
  X509* certificate = made.certificate.get();
  X509_set_version(certificate, X509_VERSION_3);
  const std::string serial_source = spec.subject + joined(spec.names);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate), static_cast<long>(std::hash<std::string>{}(serial_source) >> 8));
  put_days(X509_getm_notBefore(certificate), spec.starts_in_days);
  put_days(X509_getm_notAfter(certificate), spec.ends_in_days);
  X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN", MBSTRING_UTF8,
                             reinterpret_cast<const unsigned char*>(spec.subject.c_str()), -1, -1, 0);
  X509* signer = issuer != nullptr ? issuer->certificate.get() : certificate;
  X509_set_issuer_name(certificate, X509_get_subject_name(signer));
  X509_set_pubkey(certificate, made.key.get());
  add_extension(certificate, signer, NID_basic_constraints,
                spec.is_authority ? "critical,CA:TRUE" : "critical,CA:FALSE");
  if (spec.is_authority) add_extension(certificate, signer, NID_key_usage, "critical,keyCertSign,cRLSign");
  if (!spec.names.empty()) add_extension(certificate, signer, NID_subject_alt_name, joined(spec.names));
  X509_sign(certificate, issuer != nullptr ? issuer->key.get() : made.key.get(), EVP_sha256());
  // A server presents its issuers up to, but without, the root.
  if (issuer != nullptr && X509_NAME_cmp(X509_get_subject_name(signer), X509_get_issuer_name(signer)) != 0) {
    made.presented_issuers.push_back(issuer->certificate);
    made.presented_issuers.insert(made.presented_issuers.end(), issuer->presented_issuers.begin(),
                                  issuer->presented_issuers.end());
  }
  return made;
}

std::string certificate_pem(const Identity& identity) {
  return pem_of([&](BIO* out) {
    PEM_write_bio_X509(out, identity.certificate.get());
    for (const auto& issuer : identity.presented_issuers) PEM_write_bio_X509(out, issuer.get());
  });
}

std::string key_pem(const Identity& identity) {
  return pem_of(
      [&](BIO* out) { PEM_write_bio_PrivateKey(out, identity.key.get(), nullptr, nullptr, 0, nullptr, nullptr); });
}

ScratchFolder::ScratchFolder() {
  std::string pattern = (std::filesystem::temp_directory_path() / "allclear-test-XXXXXX").string();
  if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("mkdtemp " + pattern);
  path_ = pattern;
}

ScratchFolder::~ScratchFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::string ScratchFolder::write(const std::string& name, const std::string& text) const {
  const auto file = path_ / name;
  std::ofstream(file, std::ios::binary) << text;
  return file.string();
}

}  // namespace allclear::test
