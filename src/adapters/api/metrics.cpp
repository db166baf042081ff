#include "adapters/api/metrics.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include <fmt/format.h>

#include "adapters/api/metrics_text.h"
#include "core/model/target.h"

namespace allclear::api {
namespace {

void write_services(MetricsText& out, const Snapshot& snapshot) {
  constexpr std::array states{ShownState::up, ShownState::degraded, ShownState::down, ShownState::maintenance,
                              ShownState::unknown};
  std::array<int, states.size()> counts{};
  std::size_t checks = 0;
  for (const auto& service : snapshot.services) {
    ++counts[static_cast<std::size_t>(to_shown(service.state.verdict, service.state.maintenance))];
    checks += service.checks.size();
  }
  out.family("allclear_services", "gauge", "Services by confirmed state.");
  for (const ShownState state : states) {
    out.sample("allclear_services", fmt::format("state=\"{}\"", to_string(state)),
               counts[static_cast<std::size_t>(state)]);
  }
  out.single("allclear_checks", "gauge", "Checks, counted per location.", checks);
}

void write_monitor(MetricsText& out, const MonitorFacts& monitor) {
  out.single("allclear_start_time_seconds", "gauge", "When the process started, Unix time.",
             unix_seconds(monitor.started_at));
  out.single("allclear_probes_started_total", "counter", "Probes started.", monitor.probes_started);
  out.single("allclear_results_total", "counter", "Results judged.", monitor.results);
  out.family("allclear_missed_total", "counter", "Starts that did not happen when due, by kind.");
  out.sample("allclear_missed_total", "kind=\"overlap\"", monitor.skipped_overlap);
  out.sample("allclear_missed_total", "kind=\"suspend\"", monitor.skipped_suspend);
  out.sample("allclear_missed_total", "kind=\"deferred\"", monitor.deferred_limit);
  out.single("allclear_commits_total", "counter", "Commits that the store accepted.", monitor.commits);
  out.family("allclear_commit_failures_total", "counter", "Commits that the store refused, by kind.");
  out.sample("allclear_commit_failures_total", "kind=\"fault\"", monitor.commit_faults);
  out.sample("allclear_commit_failures_total", "kind=\"conflict\"", monitor.commit_conflicts);
  out.single("allclear_in_flight", "gauge", "Probes running now.", monitor.in_flight);
  out.single("allclear_uncommitted", "gauge", "Decisions not yet durable.", monitor.uncommitted);
  out.family("allclear_lateness_seconds", "gauge", "Lateness of starts against their slot over the last minute.");
  out.sample("allclear_lateness_seconds", "quantile=\"0.5\"", in_seconds(monitor.lateness_p50));
  out.sample("allclear_lateness_seconds", "quantile=\"0.99\"", in_seconds(monitor.lateness_p99));
  out.sample("allclear_lateness_seconds", "quantile=\"1\"", in_seconds(monitor.lateness_max));
  out.single("allclear_scheduler_progress", "gauge", "1 while the scheduler makes progress.",
             monitor.scheduler_progress ? 1 : 0);
  out.single("allclear_store_progress", "gauge", "1 while the store makes progress.", monitor.store_progress ? 1 : 0);
  const StoreRecovery recovery = monitor.store_opening.recovery;
  out.single("allclear_store_recovered_from_backup", "gauge",
             "1 when the database was found broken at start and a backup was restored.",
             recovery == StoreRecovery::restored_backup ? 1 : 0);
  out.single("allclear_store_recovered_empty", "gauge",
             "1 when the database was found broken at start and no backup was good: it began empty.",
             recovery == StoreRecovery::started_empty ? 1 : 0);
  out.single("allclear_log_replayed", "gauge", "1 when the log of earlier runs is replayed.",
             monitor.log_replayed ? 1 : 0);
  out.single("allclear_config_last_reload_successful", "gauge", "1 when the last load of the config succeeded.",
             monitor.config_error.empty() ? 1 : 0);
  out.single("allclear_config_last_reload_success_timestamp_seconds", "gauge",
             "When the config in use was loaded, Unix time.", unix_seconds(monitor.config_loaded_at));
}

struct CheckFacts {
  std::string labels;
  const CheckStanding& state;
  const Target& target;
};

// Null: nothing asks for it (any more).
const Check* running(const ServiceSnapshot& service, const CheckId& id) {
  const auto& checks = service.service->checks;
  const auto found = std::find_if(checks.begin(), checks.end(), [&](const auto& check) { return check->id == id; });
  const bool runs = service.service->enabled && found != checks.end() && (*found)->enabled;
  return runs ? found->get() : nullptr;
}

std::vector<CheckFacts> checks_with_results(const Snapshot& snapshot) {
  std::vector<CheckFacts> facts;
  for (const auto& service : snapshot.services) {
    for (const CheckSnapshot& check : service.checks) {
      const Check* asked = running(service, check.key.check);
      if (asked == nullptr || check.state.last_reason == Reason::no_data) continue;
      facts.push_back(
          {fmt::format("service=\"{}\",check=\"{}\",location=\"{}\"", escape_label(check.key.service.value()),
                       escape_label(check.key.check.value()), escape_label(check.key.location.value())),
           check.state, asked->target});
    }
  }
  return facts;
}

template <class Wanted>
bool aims_at(const CheckFacts& check) {
  return std::holds_alternative<Wanted>(check.target);
}

bool answered(const CheckStanding& state) {
  return state.last_verdict == Verdict::up || state.last_verdict == Verdict::degraded;
}

void write_phases(MetricsText& out, const std::vector<CheckFacts>& checks) {
  out.family("probe_dns_lookup_time_seconds", "gauge", "How long the last probe's name resolution took.");
  for (const CheckFacts& check : checks) {
    const auto dns = check.state.last_phases.timings().dns;
    if (dns) out.sample("probe_dns_lookup_time_seconds", check.labels, in_seconds(*dns));
  }
  out.family("probe_http_duration_seconds", "gauge", "Time of the last probe by phase, summed over redirects.");
  for (const CheckFacts& check : checks) {
    if (!aims_at<HttpTarget>(check)) continue;
    const PhaseTimings timings = check.state.last_phases.timings();
    const std::pair<std::string_view, std::optional<microseconds>> phases[] = {{"resolve", timings.dns},
                                                                               {"connect", timings.connect},
                                                                               {"tls", timings.tls},
                                                                               {"processing", timings.first_byte},
                                                                               {"transfer", timings.transfer}};
    for (const auto& [phase, time] : phases) {
      if (!time) continue;
      out.sample("probe_http_duration_seconds", fmt::format("{},phase=\"{}\"", check.labels, phase), in_seconds(*time));
    }
  }
}

// The samples of a family must stand together, hence one pass per family.
void write_probes(MetricsText& out, const std::vector<CheckFacts>& checks) {
  out.family("probe_success", "gauge", "1 when the last result was up or degraded; absent while it is unknown.");
  for (const CheckFacts& check : checks) {
    if (check.state.last_verdict == Verdict::unknown) continue;  // a fault of ours must not page for the target
    out.sample("probe_success", check.labels, answered(check.state) ? 1 : 0);
  }
  out.family("probe_duration_seconds", "gauge", "How long the last probe took.");
  for (const CheckFacts& check : checks)
    out.sample("probe_duration_seconds", check.labels, in_seconds(check.state.last_latency));
  out.family("probe_http_status_code", "gauge", "Status code of the last answer; 0: none.");
  for (const CheckFacts& check : checks) {
    if (aims_at<HttpTarget>(check)) out.sample("probe_http_status_code", check.labels, check.state.last_status_code);
  }
  write_phases(out, checks);
  out.family("probe_icmp_duration_seconds", "gauge", "Round-trip time of the last echo.");
  for (const CheckFacts& check : checks) {
    if (!aims_at<IcmpTarget>(check) || !answered(check.state)) continue;
    out.sample("probe_icmp_duration_seconds", check.labels + ",phase=\"rtt\"", in_seconds(check.state.last_latency));
  }
  out.family("probe_ssl_earliest_cert_expiry", "gauge", "Earliest expiry in the presented chain, Unix time.");
  for (const CheckFacts& check : checks) {
    if (!check.state.certificate_expiry) continue;
    out.sample("probe_ssl_earliest_cert_expiry", check.labels, unix_seconds(*check.state.certificate_expiry));
  }
}

}  // namespace

std::string escape_label(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\\')
      out += "\\\\";
    else if (c == '"')
      out += "\\\"";
    else if (c == '\n')
      out += "\\n";
    else
      out += c;
  }
  return out;
}

std::string render_metrics(const Snapshot& snapshot) {
  MetricsText out;
  out.family("allclear_build_info", "gauge", "Always 1; the version is a label.");
  out.sample("allclear_build_info", "version=\"" ALLCLEAR_VERSION "\"", 1);
  write_services(out, snapshot);
  write_monitor(out, snapshot.monitor);
  write_probes(out, checks_with_results(snapshot));
  return out.take();
}

}  // namespace allclear::api
