#include "adapters/api/probe_route.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <utility>

#include <boost/asio/ip/address.hpp>

#include "adapters/api/metrics.h"
#include "adapters/api/metrics_text.h"
#include "adapters/api/operator_answers.h"
#include "adapters/api/parameters.h"

namespace allclear::api {
namespace {

constexpr std::size_t most_under_way = 100;
constexpr std::size_t longest_target = 2'048;
constexpr milliseconds usual_timeout{10'000};
constexpr milliseconds longest_timeout{14'000};  // the server waits 15 s for an answer
constexpr milliseconds shortest_timeout{100};
constexpr milliseconds kept_for_the_way{500};  // of the scraper's own timeout

struct Module {
  std::string_view name;
  std::string_view scheme;  // put before a target that has none
  std::string_view only;    // schemes that it asks, beside its own
  std::string_view method;
};

constexpr std::array<Module, 5> modules{{{"http_2xx", "http", "https", ""},
                                         {"http_post_2xx", "http", "https", "POST"},
                                         {"tcp_connect", "tcp", "", ""},
                                         {"tls_connect", "tls", "", ""},
                                         {"icmp", "icmp", "", ""}}};

const Module* find_module(std::string_view name) {
  const auto found = std::find_if(modules.begin(), modules.end(), [&](const Module& one) { return one.name == name; });
  return found == modules.end() ? nullptr : &*found;
}

std::string module_names() {
  std::string names;
  for (const Module& module : modules) names.append(names.empty() ? "" : ", ").append(module.name);
  return names;
}

// Empty: the target names a scheme that the module does not ask.
std::string url_of(const Module& module, const std::string& target) {
  const std::size_t colon = target.find("://");
  if (colon == std::string::npos) return std::string(module.scheme).append("://").append(target);
  const std::string_view scheme = std::string_view(target).substr(0, colon);
  return scheme == module.scheme || (!module.only.empty() && scheme == module.only) ? target : std::string();
}

// Prometheus says how long it waits.
std::optional<milliseconds> read_timeout(std::string_view text) {
  if (text.empty()) return usual_timeout;
  double seconds = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (error != std::errc{} || end != text.data() + text.size() || !(seconds > 0) || seconds > 86'400)
    return std::nullopt;
  const milliseconds wanted(static_cast<std::int64_t>(seconds * 1000));
  return std::clamp(wanted - kept_for_the_way, shortest_timeout, longest_timeout);
}

void write_http(MetricsText& out, const ProbeSighting& seen, const HttpFacts& http) {
  out.single("probe_http_status_code", "gauge", "Status code of the last answer; 0: none.", http.status);
  out.single("probe_http_redirects", "gauge", "Redirects that were followed.", http.redirects);
  out.single("probe_http_ssl", "gauge", "1 when the last answer came over TLS.",
             http.final_url.starts_with("https:") ? 1 : 0);
  out.single("probe_http_uncompressed_body_length", "gauge", "Bytes of the body, of at most the first MiB.",
             http.body.size());
  out.family("probe_http_duration_seconds", "gauge", "Time by phase, summed over redirects.");
  const PhaseTimings& timings = seen.observation.timings;
  for (const auto& [phase, time] :
       {std::pair{"resolve", timings.dns}, std::pair{"connect", timings.connect}, std::pair{"tls", timings.tls},
        std::pair{"processing", timings.first_byte}, std::pair{"transfer", timings.transfer}}) {
    out.sample("probe_http_duration_seconds", fmt::format("phase=\"{}\"", phase),
               in_seconds(time.value_or(microseconds(0))));
  }
}

// One of those under way, until its answer is there: whoever asked may have gone.
class Seat {
 public:
  explicit Seat(std::shared_ptr<std::atomic<std::size_t>> taken) : taken_(std::move(taken)) { ++*taken_; }
  ~Seat() { --*taken_; }
  Seat(const Seat&) = delete;
  Seat& operator=(const Seat&) = delete;

 private:
  const std::shared_ptr<std::atomic<std::size_t>> taken_;
};

bool works(const CheckResult& result) { return result.verdict == Verdict::up || result.verdict == Verdict::degraded; }

}  // namespace

std::string render_probe(const ProbeSighting& seen) {
  const Observation& observation = seen.observation;
  MetricsText out;
  if (observation.timings.dns) {
    out.single("probe_dns_lookup_time_seconds", "gauge", "How long the name resolution took.",
               in_seconds(*observation.timings.dns));
  }
  out.single("probe_duration_seconds", "gauge", "How long the probe took.", in_seconds(observation.total));
  if (!observation.address.empty())
    out.single("probe_ip_protocol", "gauge", "4 or 6.", observation.address.front() == '[' ? 6 : 4);
  if (const auto* http = std::get_if<HttpFacts>(&observation.facts)) write_http(out, seen, *http);
  if (std::holds_alternative<IcmpFacts>(observation.facts) && works(seen.result)) {
    out.family("probe_icmp_duration_seconds", "gauge", "Round-trip time of the echo.");
    out.sample("probe_icmp_duration_seconds", "phase=\"rtt\"", in_seconds(seen.result.latency));
  }
  if (observation.certificate) {
    out.single("probe_ssl_earliest_cert_expiry", "gauge", "Earliest expiry in the chain, Unix time.",
               unix_seconds(observation.certificate->earliest_expiry));
  }
  out.single("probe_success", "gauge", "1 when the target answered as it should.", works(seen.result) ? 1 : 0);
  out.family("allclear_probe_info", "gauge", "Always 1; what was found, and why.");
  out.sample("allclear_probe_info",
             fmt::format("state=\"{}\",reason=\"{}\"", to_string(seen.result.verdict), to_string(seen.result.reason)),
             1);
  return out.take();
}

bool ProbeApi::may_ask(const std::string& client_address) const {
  boost::system::error_code error;
  const auto address = boost::asio::ip::make_address(client_address, error);
  return !error && std::any_of(options_.from.begin(), options_.from.end(),
                               [&](const net::AddressRange& range) { return range.contains(address); });
}

net::Reply ProbeApi::handle(const net::HttpRequest& request) {
  if (options_.from.empty()) return problem(404, "/probe is off: the config has no server.probe");
  if (!may_ask(request.client_address)) return problem(403, "server.probe.from does not name this address");
  ParameterReader reader(request);
  const std::string* target = reader.once("target");
  const std::string* wanted = reader.once("module");
  const Module* module = find_module(wanted == nullptr ? modules.front().name : std::string_view(*wanted));
  if (target == nullptr || target->empty() || target->size() > longest_target)
    reader.wrong("target", "expected a host, HOST:PORT or URL of at most 2048 bytes");
  if (module == nullptr) reader.wrong("module", "expected one of " + module_names());
  const auto timeout = read_timeout(request.header("X-Prometheus-Scrape-Timeout-Seconds"));
  if (!timeout) reader.wrong("X-Prometheus-Scrape-Timeout-Seconds", "expected a number of seconds");
  ProbeQuestion question;
  if (target != nullptr && module != nullptr) {
    question = {url_of(*module, *target), std::string(module->method), timeout.value_or(usual_timeout)};
    if (question.url.empty()) reader.wrong("target", "the module asks no such scheme");
  }
  std::vector<FieldError> errors = reader.take_errors();
  if (!errors.empty())
    return make_problem({400, "a parameter is not as expected", std::string(path()), std::move(errors)}, policy_,
                        Audience::operators);
  if (*under_way_ >= most_under_way) return not_now("100 probes are under way", "1");
  return [this, question = std::move(question),
          seat = std::make_shared<const Seat>(under_way_)](std::shared_ptr<net::Responder> responder) {
    options_.ask(question, [this, responder, seat](Result<ProbeSighting> seen) {
      responder->respond([this, seen = std::move(seen)] { return answer(seen); });
    });
  };
}

// A fault of ours says nothing about the target: Prometheus then sees that the scrape failed.
net::HttpResponse ProbeApi::answer(const Result<ProbeSighting>& seen) const {
  if (!seen) {
    return make_problem(
        {400, "a parameter is not as expected", std::string(path()), {{"target", seen.error().message}}}, policy_,
        Audience::operators);
  }
  if (seen->result.verdict == Verdict::unknown)
    return not_now("the monitor could not ask: " + seen->result.detail, "5");
  net::HttpResponse response;
  response.headers = {{"Content-Type", "text/plain; version=0.0.4; charset=utf-8"}, {"Cache-Control", "no-store"}};
  add_common_headers(response, policy_, Audience::operators);
  response.body = std::make_shared<const std::string>(render_probe(*seen));
  return response;
}

net::HttpResponse ProbeApi::problem(int status, std::string detail) const {
  return make_problem({status, std::move(detail), std::string(path()), {}}, policy_, Audience::operators);
}

net::HttpResponse ProbeApi::not_now(std::string detail, std::string_view seconds) const {
  net::HttpResponse response = problem(503, std::move(detail));
  response.headers.push_back({"Retry-After", std::string(seconds)});
  return response;
}

}  // namespace allclear::api
