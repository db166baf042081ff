// EvidenceProbe: looks around a failing target: names by two resolvers, each address alone, the certificate. One per
// event loop.
#pragma once

#include <map>
#include <string>

#include "adapters/probe/environment.h"
#include "core/model/check.h"
#include "core/model/evidence.h"
#include "core/ports/task.h"

namespace allclear::probe {

class EvidenceProbe {
 public:
  explicit EvidenceProbe(ProbeEnvironment& environment) : environment_(environment) {}

  Task<Evidence> gather(const Check& check, MonotonicTime deadline);
  // The certificate of a good answer is kept: what changed in it may be the cause one day.
  void remember(const Check& check, const Observation& observation);

 private:
  struct Errand;  // what is asked, and what was seen so far

  static std::optional<Errand> errand_for(const Target& target);
  std::string other_resolver(const Errand& errand) const;
  Task<void> ask_names(Errand& errand);
  Task<void> ask_records(const DnsTarget& target, Errand& errand);
  Task<void> try_addresses(Errand& errand);
  Task<void> shake_hands(Errand& errand, net::Stream& stream);
  MonotonicTime within(const Errand& errand, milliseconds time) const;

  ProbeEnvironment& environment_;
  std::map<std::string, CertificateFacts> usual_;  // by "service/check"
};

}  // namespace allclear::probe
