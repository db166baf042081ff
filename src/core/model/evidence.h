// Evidence: what was seen when somebody looked around a failing target as a person would by hand: its names, each of
// its addresses, its certificate. Facts, no verdict. Value.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "core/model/observation.h"
#include "core/model/target.h"

namespace allclear {

struct NameAnswer {
  std::string resolver;              // "192.0.2.53"; empty: the machine's own
  std::vector<std::string> records;  // addresses, or what a dns check asks for; at most 8
  std::optional<ProbeError> error;
};

struct AddressTry {
  std::string address;  // "192.0.2.1:443", "[2001:db8::1]:443"
  AddressFamily family = AddressFamily::any;
  std::optional<ProbeError> error;  // none: it let us connect
  microseconds took{0};
};

struct Evidence {
  std::vector<NameAnswer> names;  // by the check's own resolver, then by another; empty: nobody had to be asked
  std::vector<AddressTry> tries;  // each address alone, of both families
  bool shook_hands = false;       // TLS, with the first address that let us connect
  std::optional<ProbeError> handshake_error;
  std::optional<CertificateFacts> certificate;        // as presented now
  std::optional<CertificateFacts> usual_certificate;  // as presented with the last good answer since the process started
};

}  // namespace allclear
