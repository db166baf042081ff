// What a presented certificate chain says, and whether it is trusted for a name.
#include <ctime>

#include <boost/asio/ip/address.hpp>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509v3.h>

#include "net/tls_session_state.h"

namespace allclear::net {
namespace {

constexpr std::size_t most_names = 100;
constexpr std::size_t longest_name = 256;

WallTime wall_time_of(const ASN1_TIME* time) {
  std::tm parts{};
  if (time == nullptr || ASN1_TIME_to_tm(time, &parts) != 1) return {};
  return WallTime(seconds(timegm(&parts)));
}

WallTime wall_now() { return std::chrono::time_point_cast<milliseconds>(std::chrono::system_clock::now()); }

std::string one_line(X509_NAME* name) {
  const std::unique_ptr<BIO, decltype(&BIO_free)> out(BIO_new(BIO_s_mem()), &BIO_free);
  if (!out || name == nullptr) return {};
  X509_NAME_print_ex(out.get(), name, 0, (XN_FLAG_RFC2253 | ASN1_STRFLGS_UTF8_CONVERT) & ~ASN1_STRFLGS_ESC_MSB);
  char* text = nullptr;
  const long length = BIO_get_mem_data(out.get(), &text);
  return clean_text({text, static_cast<std::size_t>(length)});
}

std::string text_of(const GENERAL_NAME& name) {
  if (name.type == GEN_DNS) {
    const ASN1_STRING* text = name.d.dNSName;
    return clean_text({reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)),
                       static_cast<std::size_t>(ASN1_STRING_length(text))},
                      longest_name);
  }
  if (name.type != GEN_IPADD) return {};
  const unsigned char* bytes = ASN1_STRING_get0_data(name.d.iPAddress);
  const int length = ASN1_STRING_length(name.d.iPAddress);
  if (length == 4) {
    boost::asio::ip::address_v4::bytes_type raw{};
    std::copy_n(bytes, raw.size(), raw.begin());
    return boost::asio::ip::address_v4(raw).to_string();
  }
  if (length != 16) return {};
  boost::asio::ip::address_v6::bytes_type raw{};
  std::copy_n(bytes, raw.size(), raw.begin());
  return boost::asio::ip::address_v6(raw).to_string();
}

std::vector<std::string> names_of(X509* leaf) {
  std::vector<std::string> names;
  const std::unique_ptr<GENERAL_NAMES, decltype(&GENERAL_NAMES_free)> found(
      static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(leaf, NID_subject_alt_name, nullptr, nullptr)), &GENERAL_NAMES_free);
  for (int i = 0; found && i < sk_GENERAL_NAME_num(found.get()) && names.size() < most_names; ++i) {
    std::string text = text_of(*sk_GENERAL_NAME_value(found.get(), i));
    if (!text.empty()) names.push_back(std::move(text));
  }
  return names;
}

std::string fingerprint_of(X509* leaf) {
  static constexpr std::string_view digits = "0123456789abcdef";
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned length = 0;
  X509_digest(leaf, EVP_sha256(), digest.data(), &length);
  std::string text;
  for (unsigned i = 0; i < length; ++i) text += {digits[digest[i] >> 4], digits[digest[i] & 15]};
  return text;
}

struct Validity {
  WallTime from = WallTime::min();
  WallTime until = WallTime::max();
};

Validity validity_of(const STACK_OF(X509) * chain) {
  Validity validity;
  for (int i = 0; i < sk_X509_num(chain); ++i) {
    const X509* certificate = sk_X509_value(chain, i);
    validity.from = std::max(validity.from, wall_time_of(X509_get0_notBefore(certificate)));
    validity.until = std::min(validity.until, wall_time_of(X509_get0_notAfter(certificate)));
  }
  return validity;
}

std::shared_ptr<const PeerCertificate> describe(X509* leaf, const STACK_OF(X509) * presented,
                                                const Validity& validity) {
  auto facts = std::make_shared<PeerCertificate>();
  facts->earliest_expiry = validity.until;
  facts->latest_start = validity.from;
  facts->subject = one_line(X509_get_subject_name(leaf));
  facts->issuer = one_line(X509_get_issuer_name(leaf));
  facts->names = names_of(leaf);
  facts->chain_length = sk_X509_num(presented);
  facts->fingerprint = fingerprint_of(leaf);
  return facts;
}

// Everything that the verdict depends on but the time; lengths go in, so that no two inputs run together.
std::optional<ChainCache::Key> key_of(const STACK_OF(X509) * presented, const TlsSession::State& state) {
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> hash(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
  if (!hash || EVP_DigestInit_ex(hash.get(), EVP_sha256(), nullptr) != 1) return std::nullopt;
  for (int i = 0; i < sk_X509_num(presented); ++i) {
    unsigned char* bytes = nullptr;
    const int length = i2d_X509(sk_X509_value(presented, i), &bytes);
    if (length < 0) return std::nullopt;
    EVP_DigestUpdate(hash.get(), &length, sizeof length);
    EVP_DigestUpdate(hash.get(), bytes, static_cast<std::size_t>(length));
    OPENSSL_free(bytes);
  }
  const std::uint64_t store = state.context->id();
  const auto judged = static_cast<unsigned char>(state.verification);
  EVP_DigestUpdate(hash.get(), &store, sizeof store);
  EVP_DigestUpdate(hash.get(), &judged, sizeof judged);
  EVP_DigestUpdate(hash.get(), state.name.data(), state.name.size());
  ChainCache::Key key{};
  if (EVP_DigestFinal_ex(hash.get(), key.data(), nullptr) != 1) return std::nullopt;
  return key;
}

FaultKind kind_of(int error) {
  switch (error) {
    case X509_V_ERR_CERT_HAS_EXPIRED:
    case X509_V_ERR_CERT_NOT_YET_VALID: return FaultKind::tls_expired;
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT: return FaultKind::tls_self_signed;
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH: return FaultKind::tls_wrong_host;
    case X509_V_ERR_OUT_OF_MEM: return FaultKind::local_fault;
    default: return FaultKind::tls_untrusted;
  }
}

std::string words_of(int error, const TlsSession::State& state) {
  std::string text = X509_verify_cert_error_string(error);
  if (!state.certificate) return text;
  if (kind_of(error) == FaultKind::tls_wrong_host) {
    text = "the certificate is not for " + state.name + " but for";
    for (const std::string& name : state.certificate->names) text += " " + name;
  } else if (error == X509_V_ERR_CERT_HAS_EXPIRED) {
    text += " on " + format_rfc3339(state.certificate->earliest_expiry);
  } else if (error == X509_V_ERR_CERT_NOT_YET_VALID) {
    text += " until " + format_rfc3339(state.certificate->latest_start);
  } else {
    text += ", issued by " + state.certificate->issuer;
  }
  return text;
}

}  // namespace

int verify_presented_chain(X509_STORE_CTX* store, void*) {
  auto* ssl = static_cast<SSL*>(X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx()));
  auto& state = *static_cast<TlsSession::State*>(SSL_get_app_data(ssl));
  X509* leaf = X509_STORE_CTX_get0_cert(store);
  const STACK_OF(X509)* presented = X509_STORE_CTX_get0_untrusted(store);
  const auto key = state.cache != nullptr ? key_of(presented, state) : std::nullopt;
  if (key) {
    if (const auto* known = state.cache->find(*key, wall_now(), monotonic_now()); known != nullptr) {
      state.certificate = known->certificate;
      return 1;
    }
  }
  state.certificate = describe(leaf, presented, validity_of(presented));
  if (state.verification == Verification::skipped) {
    if (key) {
      state.cache->put(*key, {state.certificate, state.certificate->latest_start, state.certificate->earliest_expiry},
                       monotonic_now());
    }
    return 1;
  }
  if (X509_verify_cert(store) != 1) {
    const int error = X509_STORE_CTX_get_error(store);
    state.certificate_fault = Fault{FaultPhase::tls, kind_of(error), clean_text(words_of(error, state))};
    return 0;
  }
  // A server may present more than the path that was found, such as an expired cross-sign: only the path counts.
  state.certificate = describe(leaf, presented, validity_of(X509_STORE_CTX_get0_chain(store)));
  if (key) {
    state.cache->put(*key, {state.certificate, state.certificate->latest_start, state.certificate->earliest_expiry},
                     monotonic_now());
  }
  return 1;
}

}  // namespace allclear::net
