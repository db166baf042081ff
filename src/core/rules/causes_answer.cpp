// Failures of those who were reached: encryption, wrong answers, slowness.
#include <algorithm>

#include <fmt/format.h>

#include "core/rules/causes.h"
#include "core/rules/evidence.h"

namespace allclear {
namespace {

constexpr std::size_t names_shown = 5;
constexpr std::size_t name_limit = 100;  // bytes

std::string clipped(const std::string& text) { return clip_evidence(text, name_limit); }

std::string list_of_names(const CertificateFacts& certificate) {
  std::string text;
  for (std::size_t i = 0; i < std::min(certificate.names.size(), names_shown); ++i)
    text += (i == 0 ? "" : ", ") + clipped(certificate.names[i]);
  if (certificate.names.size() > names_shown)
    text += fmt::format(" and {} more", certificate.names.size() - names_shown);
  return text.empty() ? clipped(certificate.subject) : text;
}

// Beside the one that was presented with the last good answer.
void show_certificate_changes(const std::optional<CertificateFacts>& usual, const CertificateFacts& now,
                              Diagnosis& diagnosis) {
  if (!usual) return;
  if (usual->fingerprint == now.fingerprint) {
    diagnosis.seen.emplace_back("it is the certificate of the last good answer");
    return;
  }
  diagnosis.seen.emplace_back("it is another certificate than at the last good answer");
  if (usual->issuer != now.issuer)
    diagnosis.seen.push_back(fmt::format("issued by {}, before by {}", clipped(now.issuer), clipped(usual->issuer)));
  if (usual->names != now.names)
    diagnosis.seen.push_back(fmt::format("for {}, before for {}", list_of_names(now), list_of_names(*usual)));
  if (usual->chain_length != now.chain_length)
    diagnosis.seen.push_back(fmt::format("a chain of {}, before of {}", now.chain_length, usual->chain_length));
}

// In words, when it is the certificate's fault; empty when it is not.
std::string certificate_fault(Reason reason, std::optional<WallTime> expiry, WallTime now) {
  if (reason == Reason::tls_expired) {
    return expiry && *expiry < now ? fmt::format("the certificate expired {} ago", describe_duration(now - *expiry))
                                   : "the certificate is not valid at this time";
  }
  if (reason == Reason::certificate_expiring) {
    return expiry ? fmt::format("the certificate ends in {}", describe_duration(*expiry - now))
                  : "the certificate ends soon";
  }
  if (reason == Reason::tls_self_signed) return "the certificate is signed by itself alone";
  if (reason == Reason::tls_untrusted) return "no authority that is trusted here signed the certificate";
  return reason == Reason::tls_wrong_host ? "the certificate is for other names" : "";
}

std::string wrong_answer(const CheckResult& failure) {
  if (failure.reason == Reason::unexpected_status) return fmt::format("it answers with status {}", failure.status_code);
  if (failure.reason == Reason::timeout && failure.phase == Phase::transfer)
    return "its answer began and did not end in time";
  if (failure.reason == Reason::timeout) return "it takes connections and does not answer in time";
  if (failure.reason == Reason::reset || failure.reason == Reason::truncated)
    return "it ended the connection before the answer was complete";
  return std::string(describe(failure.reason));
}

struct NamedPhase {
  std::string_view name;
  microseconds time{0};
  microseconds before{0};
};

}  // namespace

Diagnosis cause_of_tls_failure(const FailureView& view, WallTime now) {
  Diagnosis diagnosis;
  const CertificateFacts* presented =
      view.evidence != nullptr && view.evidence->certificate ? &*view.evidence->certificate : nullptr;
  const auto expiry =
      presented != nullptr ? std::optional(presented->earliest_expiry) : view.failure->certificate_expiry;
  const std::string fault = certificate_fault(view.failure->reason, expiry, now);
  const bool is_over = view.evidence != nullptr && view.evidence->shook_hands &&
                       view.failure->reason != Reason::certificate_expiring;  // with which hands are shaken all the same
  if (is_over) {
    diagnosis.cause = Cause::passed;
    diagnosis.confidence = Confidence::medium;
    diagnosis.verdict = "TLS: it failed, and a moment later the handshake succeeded";
  } else if (fault.empty()) {
    diagnosis.cause = Cause::encryption;
    diagnosis.confidence = Confidence::medium;
    diagnosis.verdict = fmt::format("TLS: the handshake failed: {}", describe(view.failure->reason));
  } else {
    diagnosis.cause = Cause::certificate;
    diagnosis.confidence = Confidence::high;
    diagnosis.verdict = "TLS: " + fault;
  }
  if (presented == nullptr) return diagnosis;
  if (view.failure->reason == Reason::tls_wrong_host)
    diagnosis.seen.push_back("its names: " + list_of_names(*presented));
  show_certificate_changes(view.evidence->usual_certificate, *presented, diagnosis);
  return diagnosis;
}

Diagnosis cause_of_wrong_answer(const FailureView& view) {
  Diagnosis diagnosis;
  diagnosis.cause = Cause::application;
  diagnosis.verdict = "Application: " + wrong_answer(*view.failure);
  const bool unreachable = view.reachability.failing > 0 && view.reachability.fine == 0;
  if (unreachable && view.failure->reason == Reason::timeout) {
    diagnosis.cause = Cause::unreachable;
    diagnosis.confidence = Confidence::medium;
    diagnosis.verdict = "The host or the network before it: nothing of the service answers";
    return diagnosis;
  }
  const bool alone = view.on_host.failing == 0 || view.on_host.fine > 0;
  const bool reached = view.reachability.fine > 0 && view.reachability.failing == 0;
  const bool it_said_so = view.failure->reason == Reason::unexpected_status;
  if (it_said_so)
    diagnosis.confidence = Confidence::high;
  else if (!alone)
    diagnosis.confidence = Confidence::low;  // something that they share
  else
    diagnosis.confidence = reached ? Confidence::high : Confidence::medium;
  return diagnosis;
}

Diagnosis cause_of_slowness(const FailureView& view) {
  Diagnosis diagnosis;
  diagnosis.cause = Cause::slowness;
  const PhaseTimings& now = view.failure->timings;
  const PhaseTimings before = view.last_good ? view.last_good->timings : PhaseTimings{};
  const auto of = [](const std::optional<microseconds>& time) { return time.value_or(microseconds(0)); };
  std::vector<NamedPhase> phases{{"DNS", of(now.dns), of(before.dns)},
                                 {"connecting", of(now.connect), of(before.connect)},
                                 {"the TLS handshake", of(now.tls), of(before.tls)},
                                 {"waiting for the first byte", of(now.first_byte), of(before.first_byte)},
                                 {"the transfer", of(now.transfer), of(before.transfer)}};
  const auto grown = [](const NamedPhase& phase) { return phase.time - phase.before; };
  const auto most =
      std::max_element(phases.begin(), phases.end(), [&](const auto& a, const auto& b) { return grown(a) < grown(b); });
  const auto ms = [](microseconds time) { return static_cast<double>(time.count()) / 1000; };
  diagnosis.confidence = view.last_good ? Confidence::high : Confidence::medium;
  diagnosis.verdict =
      fmt::format("Slow: {} took {:.0f} of {:.0f} ms", most->name, ms(most->time), ms(view.failure->latency));
  if (view.last_good)
    diagnosis.seen.push_back(fmt::format("the same took {:.0f} ms when it was fast", ms(most->before)));
  return diagnosis;
}

}  // namespace allclear
