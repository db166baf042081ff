// TlsContexts: one parsed trust store and SSL_CTX per set of files, shared by every loop (parsing the system's
// bundle costs 17 ms). Thread-safe. A changed file is read again.
#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "net/fault.h"

struct ssl_ctx_st;

namespace allclear::net {

struct TlsFiles {
  std::string ca_file;           // PEM; empty: the system's bundle
  std::string client_cert_file;  // PEM chain; empty: none
  std::string client_key_file;   // empty: in the certificate's file

  friend auto operator<=>(const TlsFiles&, const TlsFiles&) = default;
};

class TlsContext {
 public:
  static Outcome<std::shared_ptr<const TlsContext>> load(const TlsFiles& files);

  ssl_ctx_st* handle() const { return handle_.get(); }
  // Differs between any two loads: verified chains are remembered per trust store.
  std::uint64_t id() const { return id_; }

 private:
  struct Free {
    void operator()(ssl_ctx_st* context) const;
  };
  TlsContext() = default;

  std::unique_ptr<ssl_ctx_st, Free> handle_;
  std::uint64_t id_ = 0;
};

class TlsContexts {
 public:
  // A file that cannot be read or parsed is our own fault: the check says nothing about its target.
  Outcome<std::shared_ptr<const TlsContext>> get(const TlsFiles& files);

 private:
  using FileTime = std::filesystem::file_time_type;
  struct Loaded {
    std::shared_ptr<const TlsContext> context;
    std::array<FileTime, 3> changed;
    MonotonicTime looked_at;
  };

  std::mutex guard_;
  std::map<TlsFiles, Loaded> loaded_;
};

}  // namespace allclear::net
