#include "apps/allclear/waterfall.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <vector>

#include <fmt/format.h>

namespace allclear::app {
namespace {

struct Row {
  std::string_view name;
  std::string_view key;
  microseconds start{0};
  microseconds length{0};
};

std::vector<Row> rows_of(const PhaseTimings& timings) {
  const std::array<std::tuple<std::string_view, std::string_view, std::optional<microseconds>>, 5> phases{{
      {"DNS", "dns", timings.dns},
      {"Connect", "connect", timings.connect},
      {"TLS", "tls", timings.tls},
      {"First byte", "first_byte", timings.first_byte},
      {"Transfer", "transfer", timings.transfer},
  }};
  std::vector<Row> rows;
  microseconds at{0};
  for (const auto& [name, key, length] : phases) {
    if (!length) continue;
    rows.push_back({name, key, at, *length});
    at += *length;
  }
  return rows;
}

std::string milliseconds_text(microseconds value) { return fmt::format("{:.1f} ms", to_milliseconds(value)); }

std::string upper(std::string_view text) {
  std::string big(text);
  std::transform(big.begin(), big.end(), big.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return big;
}

std::string certificate_text(const CertificateFacts& certificate, WallTime now) {
  const milliseconds left = certificate.earliest_expiry - now;
  const std::string when = left.count() < 0 ? fmt::format("expired {} ago", describe_duration(-left))
                                            : fmt::format("valid for {}", describe_duration(left));
  return fmt::format("{}, until {}, issued by {}", when, format_rfc3339(certificate.earliest_expiry),
                     printable(certificate.issuer));
}

// Where in eighths of a cell a bar begins and ends; never empty, so that a short phase is still seen.
std::string bar(const Row& row, microseconds total, int width) {
  static constexpr std::array<std::string_view, 9> partial{"", "▏", "▎", "▍", "▌", "▋", "▊", "▉", "█"};
  const double scale = static_cast<double>(width) / static_cast<double>(std::max<std::int64_t>(1, total.count()));
  const int start = std::clamp(static_cast<int>(static_cast<double>(row.start.count()) * scale), 0, width - 1);
  const double cells = std::min(static_cast<double>(row.length.count()) * scale, static_cast<double>(width - start));
  const int eighths = std::max(1, static_cast<int>(std::lround(cells * 8)));
  std::string text(static_cast<std::size_t>(start), ' ');
  for (int i = 0; i < eighths / 8; ++i) text += partial[8];
  text += partial[static_cast<std::size_t>(eighths % 8)];
  const int used = start + (eighths + 7) / 8;
  return text + std::string(static_cast<std::size_t>(std::max(0, width - used)), ' ');
}

const DnsFacts* dns_facts(const Observation& seen) { return std::get_if<DnsFacts>(&seen.facts); }

// One request of a check: the redirects that were followed, then where they led.
struct Hop {
  int status = 0;  // 0: no answer came
  std::string url;
  microseconds total{0};
};

// Empty without redirects. The last hop's time is what the others left of the whole.
std::vector<Hop> hops_of(const Observation& seen) {
  std::vector<Hop> hops;
  microseconds before{0};
  for (const FollowedRedirect& redirect : seen.redirects) {
    hops.push_back({redirect.status, printable(redirect.url), redirect.total});
    before += redirect.total;
  }
  if (hops.empty()) return hops;
  const auto* last = std::get_if<HttpFacts>(&seen.facts);
  const bool answered = last != nullptr;
  hops.push_back(
      {answered ? last->status : 0, answered ? printable(last->final_url) : "no answer", seen.total - before});
  return hops;
}

std::string headline(const Sighting& sighting) {
  const CheckResult& result = sighting.result;
  std::string text;
  if (result.status_code != 0) text += fmt::format("  {}", result.status_code);
  if (result.reason != Reason::ok) text += fmt::format("  {}", describe(result.reason));
  return text + fmt::format("  {}", milliseconds_text(sighting.observation.total));
}

std::string draw(const Sighting& sighting, const Terminal& terminal) {
  const CheckResult& result = sighting.result;
  const Observation& seen = sighting.observation;
  const std::vector<Row> rows = rows_of(seen.timings);
  microseconds total{1};
  for (const Row& row : rows) total = std::max(total, row.start + row.length);
  std::string out = fmt::format("\n  {} {}{}\n",
                                terminal.paint(result.verdict, fmt::format("● {}", upper(to_string(result.verdict)))),
                                terminal.bold(describe(sighting.check.target)), headline(sighting));
  if (!seen.address.empty()) out += fmt::format("  {}\n", terminal.dim("from " + seen.address));
  if (!result.detail.empty()) out += fmt::format("  {}\n", terminal.paint(result.verdict, printable(result.detail)));
  if (const std::vector<Hop> hops = hops_of(seen); !hops.empty()) {
    out += "\n";
    for (const Hop& hop : hops) {
      out += fmt::format("  {:<4}{}  {}\n", hop.status == 0 ? "" : std::to_string(hop.status), hop.url,
                         terminal.dim(milliseconds_text(hop.total)));
    }
    out += fmt::format("  {}\n", terminal.dim(fmt::format("{} redirect{}; the phases are sums over all of them",
                                                          hops.size() - 1, hops.size() == 2 ? "" : "s")));
  }
  if (const DnsFacts* dns = dns_facts(seen)) {
    for (const std::string& answer : dns->answers) out += fmt::format("  {}\n", printable(answer));
  }
  out += "\n";
  const int width = std::clamp(terminal.columns - 32, 16, 60);
  for (const Row& row : rows) {
    out += fmt::format("  {:<11}{} {:>12}\n", row.name, terminal.paint(result.verdict, bar(row, total, width)),
                       milliseconds_text(row.length));
  }
  if (seen.certificate) {
    out += fmt::format("\n  {}\n", terminal.dim("Certificate " + certificate_text(*seen.certificate, seen.started_at)));
  }
  return out + "\n";
}

std::string plain(const Sighting& sighting) {
  const CheckResult& result = sighting.result;
  std::string out =
      fmt::format("{} {} {}\n", to_string(result.verdict), to_string(result.reason), describe(sighting.check.target));
  if (result.status_code != 0) out += fmt::format("status_code {}\n", result.status_code);
  for (const Row& row : rows_of(sighting.observation.timings))
    out += fmt::format("{}_ms {:.1f}\n", row.key, to_milliseconds(row.length));
  out += fmt::format("total_ms {:.1f}\n", to_milliseconds(sighting.observation.total));
  for (const Hop& hop : hops_of(sighting.observation)) {
    out += fmt::format("hop {} {} {:.1f} ms\n", hop.status, hop.url, to_milliseconds(hop.total));
  }
  if (const DnsFacts* dns = dns_facts(sighting.observation)) {
    for (const std::string& answer : dns->answers) out += fmt::format("answer {}\n", printable(answer));
  }
  if (!sighting.observation.address.empty()) out += fmt::format("address {}\n", sighting.observation.address);
  if (sighting.observation.certificate) {
    out += fmt::format("certificate {}\n",
                       certificate_text(*sighting.observation.certificate, sighting.observation.started_at));
  }
  if (!result.detail.empty()) out += fmt::format("detail {}\n", printable(result.detail));
  return out;
}

}  // namespace

std::string draw_waterfall(const Sighting& sighting, const Terminal& terminal) {
  return terminal.drawing ? draw(sighting, terminal) : plain(sighting);
}

OrderedJson to_json(const Sighting& sighting) {
  const CheckResult& result = sighting.result;
  OrderedJson json;
  const Observation& seen = sighting.observation;
  json["target"] = describe(sighting.check.target);
  json["at"] = format_rfc3339(result.at);
  json["state"] = to_string(result.verdict);
  json["reason"] = to_string(result.reason);
  json["status_code"] = result.status_code != 0 ? OrderedJson(result.status_code) : OrderedJson(nullptr);
  json["latency_ms"] = to_milliseconds(result.latency);
  json["total_ms"] = to_milliseconds(sighting.observation.total);
  json["phases_ms"] = OrderedJson::object();
  for (const Row& row : rows_of(sighting.observation.timings))
    json["phases_ms"][std::string(row.key)] = to_milliseconds(row.length);
  if (const auto* http = std::get_if<HttpFacts>(&seen.facts)) json["final_url"] = http->final_url;
  if (std::holds_alternative<HttpTarget>(sighting.check.target)) {
    json["redirects"] = OrderedJson::array();
    for (const FollowedRedirect& hop : seen.redirects) {
      json["redirects"].push_back(
          {{"status_code", hop.status}, {"url", hop.url}, {"total_ms", to_milliseconds(hop.total)}});
    }
  }
  if (const DnsFacts* dns = dns_facts(seen)) {
    json["answers"] = dns->answers;
    json["least_ttl_s"] = dns->least_ttl.count();
  }
  json["address"] = sighting.observation.address;
  if (const auto& certificate = sighting.observation.certificate) {
    json["certificate"] = {{"earliest_expiry", format_rfc3339(certificate->earliest_expiry)},
                           {"subject", certificate->subject},
                           {"issuer", certificate->issuer},
                           {"names", certificate->names}};
  }
  json["detail"] = result.detail;
  return json;
}

}  // namespace allclear::app
