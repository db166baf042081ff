#include "net/http_client.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "net/answer_intake.h"
#include "net/http_request_text.h"

namespace allclear::net {
namespace {

constexpr seconds kept_for{60};
constexpr std::size_t most_kept = 1'000;

bool is_redirect(const HttpAnswer& answer) {
  const int status = answer.status;
  const bool leads_on = status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
  return leads_on && !answer.header("Location").empty();
}

std::optional<microseconds> sum_of(std::optional<microseconds> a, std::optional<microseconds> b) {
  if (!a || !b) return a ? a : b;
  return *a + *b;
}

PhaseTimes sum_of(const PhaseTimes& a, const PhaseTimes& b) {
  return {sum_of(a.dns, b.dns), sum_of(a.connect, b.connect), sum_of(a.tls, b.tls), sum_of(a.first_byte, b.first_byte),
          sum_of(a.transfer, b.transfer)};
}

bool may_be_sent_twice(std::string_view method) {
  return method == "GET" || method == "HEAD" || method == "OPTIONS" || method == "PUT" || method == "DELETE";
}

}  // namespace

struct HttpClient::Hop {
  const HttpCall& call;
  HttpUrl url;
  std::string_view method;
  std::string_view body;
  NamedBy named_by = NamedBy::check;

  bool secure() const { return url.scheme == HttpScheme::https; }
  bool through_proxy() const { return call.proxy && !secure(); }
  AnswerBody answer_body() const { return method == "HEAD" ? AnswerBody::never : AnswerBody::expected; }
  bool at_own_origin() const { return same_origin(url, call.url); }
  // The call's name and client certificate are meant for the call's own origin.
  TlsWish tls_wish() const {
    TlsWish wish = call.tls;
    if (!at_own_origin()) {
      wish.server_name.clear();
      wish.files.client_cert_file.clear();
      wish.files.client_key_file.clear();
    }
    if (wish.server_name.empty()) wish.server_name = url.host;
    return wish;
  }
  void follow(HttpUrl next, int status) {
    const bool asks_anew = status < 307 && method != "HEAD";  // 301, 302, 303
    if (asks_anew) {
      method = "GET";
      body = {};
    }
    url = std::move(next);
    if (!at_own_origin()) body = {};
  }
};

struct HttpClient::Kept {
  std::string key;
  Stream stream;
  std::string address;
  std::optional<boost::asio::ip::address> peer;
  std::shared_ptr<const PeerCertificate> certificate;
  MonotonicTime until;
};

namespace {

// Connections are shared between calls that would have opened the same one.
std::string key_of(const HttpCall& call, const HttpUrl& url) {
  const TlsFiles& files = call.tls.files;
  const std::string origin = authority_of(url);
  const std::string proxy = call.proxy ? authority_of(*call.proxy) : std::string();
  // What one policy let through, another may deny.
  std::string key = std::to_string(reinterpret_cast<std::uintptr_t>(call.policy));
  key += url.scheme == HttpScheme::https ? 's' : 'p';
  key += same_origin(url, call.url) ? 'o' : 'x';  // elsewhere the call's name and client certificate are not used
  key += static_cast<char>('0' + static_cast<int>(call.family));
  key += static_cast<char>('0' + static_cast<int>(call.tls.verification));
  for (const std::string_view part :
       {std::string_view(origin), std::string_view(proxy), call.resolver, std::string_view(call.tls.server_name),
        std::string_view(files.ca_file), std::string_view(files.client_cert_file),
        std::string_view(files.client_key_file)}) {
    key.append(part).push_back('\n');
  }
  return key;
}

}  // namespace

HttpClient::HttpClient(NetworkLoop& network) : network_(network) {}
HttpClient::~HttpClient() = default;

Task<HttpReport> HttpClient::exchange(const HttpCall& call, MonotonicTime at) {
  HttpReport report;
  Deadline deadline(network_.deadlines, at);
  Hop hop{call, call.url, call.method, call.body};
  for (;;) {
    const MonotonicTime start = monotonic_now();
    const PhaseTimes before = report.trace.times;
    report.answer.reset();
    auto result = co_await run_hop(hop, deadline, report);
    report.trace.times = sum_of(before, report.trace.times);
    if (report.answer) {
      report.answer->final_url = to_string(hop.url);
      report.answer->redirects = static_cast<int>(report.redirects.size());
    }
    if (!result) report.fault = hop_fault(std::move(result.error()), hop, report);
    if (report.fault || call.redirects == Redirects::report || !is_redirect(*report.answer)) co_return report;
    auto next = where_to(hop, report);
    if (!next) {
      report.fault = std::move(next.error());
      co_return report;
    }
    // A proxy hides who answered: the check's own policy goes on deciding, as it does on the proxy's address.
    if (report.redirects.empty() && !call.proxy) hop.named_by = call.policy->after_first_hop(*report.trace.peer);
    report.redirects.push_back({report.answer->status, report.answer->final_url, since(start)});
    hop.follow(std::move(*next), report.answer->status);
  }
}

// Names the URL when it is not the one that the check names.
Fault HttpClient::hop_fault(Fault fault, const Hop& hop, const HttpReport& report) {
  if (report.redirects.empty()) return fault;
  fault.detail = clean_text("redirected to " + clean_text(to_string(hop.url), 200) + ": " + fault.detail);
  return fault;
}

Outcome<HttpUrl> HttpClient::where_to(const Hop& hop, const HttpReport& report) {
  if (static_cast<int>(report.redirects.size()) >= hop.call.max_redirects) {
    return fault(FaultPhase::transfer, FaultKind::redirect_limit,
                 "more than " + std::to_string(hop.call.max_redirects) + " redirects");
  }
  const std::string_view location = report.answer->header("Location");
  auto next = resolve_reference(hop.url, location);
  if (next) return std::move(*next);
  return fault(FaultPhase::transfer, FaultKind::protocol_error,
               "redirected to " + clean_text(location, 200) + ": " + next.error().message);
}

Task<Outcome<void>> HttpClient::run_hop(Hop& hop, Deadline& deadline, HttpReport& report) {
  report.trace = Trace{};
  const bool keep = hop.call.connection == ConnectionUse::kept_alive;
  const std::string key = keep ? key_of(hop.call, hop.url) : std::string();
  bool reusable = false;
  for (bool may_reuse = keep; may_reuse; may_reuse = false) {
    std::erase_if(kept_, [](const Kept& kept) { return kept.until < monotonic_now(); });
    const auto found = std::find_if(kept_.begin(), kept_.end(), [&](const Kept& kept) {
      return kept.key == key && hop.call.policy->permits(*kept.peer, hop.named_by);
    });
    if (found == kept_.end()) break;
    Kept kept = std::move(*found);
    kept_.erase(found);
    if (!kept.stream.is_quiet() || !may_be_sent_twice(hop.method)) break;
    report.trace.address = kept.address;
    report.trace.peer = kept.peer;
    report.trace.certificate = kept.certificate;
    auto result = co_await converse(hop, kept.stream, deadline, report, reusable);
    const bool went_stale = !result && result.error().kind == FaultKind::reset && !report.trace.times.first_byte;
    if (went_stale) break;
    if (reusable && kept_.size() < most_kept) {
      kept.until = monotonic_now() + kept_for;
      kept_.push_back(std::move(kept));
    }
    co_return result;
  }
  report.trace = Trace{};  // of what went stale
  std::optional<Stream> stream;
  auto opened = co_await open(hop, deadline, report.trace, stream);
  if (!opened) co_return opened;
  auto result = co_await converse(hop, *stream, deadline, report, reusable);
  if (keep && reusable && kept_.size() < most_kept) {
    kept_.push_back({key, std::move(*stream), report.trace.address, report.trace.peer, report.trace.certificate,
                     monotonic_now() + kept_for});
  } else {
    stream->close();
  }
  co_return result;
}

Task<Outcome<void>> HttpClient::open(const Hop& hop, Deadline& deadline, Trace& trace, std::optional<Stream>& stream) {
  const HttpCall& call = hop.call;
  const HttpUrl& first = call.proxy ? *call.proxy : hop.url;
  if (call.proxy) {
    boost::system::error_code not_literal;
    const auto target = boost::asio::ip::make_address(hop.url.host, not_literal);
    if (!not_literal && !call.policy->permits(target)) {
      co_return fault(FaultPhase::connect, FaultKind::blocked_address,
                      "connections to " + hop.url.host + " are not allowed");
    }
  }
  const Place place{first.host, first.port, call.family, call.resolver, call.policy, hop.named_by};
  auto dialled = co_await dial(network_, place, deadline, trace);
  if (!dialled) co_return tl::unexpected(std::move(dialled.error()));
  stream.emplace(std::move(*dialled));
  if (!hop.secure()) co_return Outcome<void>{};
  if (call.proxy) {
    auto tunnelled = co_await tunnel(hop, *stream, deadline);
    if (!tunnelled) co_return tunnelled;
  }
  const TlsWish wish = hop.tls_wish();
  auto secured = co_await secure(network_, *stream, wish, deadline, trace);
  co_return secured;
}

Task<Outcome<void>> HttpClient::tunnel(const Hop& hop, Stream& stream, Deadline& deadline) {
  const std::string request = connect_text(hop.call, hop.url);
  auto written = co_await stream.write(request, FaultPhase::connect, deadline);
  if (!written) co_return written;
  HttpAnswer answer;
  AnswerReader reader(AnswerBody::never, answer);
  std::array<char, 4096> bytes{};
  std::size_t held = 0;
  while (!reader.has_header()) {
    if (held == bytes.size())
      co_return fault(FaultPhase::connect, FaultKind::too_large, "the proxy's answer is too large");
    const auto count =
        co_await stream.read_some({bytes.data() + held, bytes.size() - held}, FaultPhase::connect, deadline);
    if (!count) co_return tl::unexpected(count.error());
    if (*count == 0) co_return fault(FaultPhase::connect, FaultKind::reset, "the proxy closed the connection");
    held += *count;
    const auto used = reader.put({bytes.data(), held});
    if (!used) co_return fault(FaultPhase::connect, FaultKind::protocol_error, "the proxy: " + used.error().detail);
    held -= *used;
    std::memmove(bytes.data(), bytes.data() + *used, held);
  }
  if (answer.status / 100 == 2) co_return Outcome<void>{};
  co_return fault(FaultPhase::connect, FaultKind::protocol_error,
                  "the proxy answered " + std::to_string(answer.status));
}

Task<Outcome<void>> HttpClient::converse(const Hop& hop, Stream& stream, Deadline& deadline, HttpReport& report,
                                         bool& reusable) {
  const auto request =
      request_text(hop.call, {hop.method, hop.url, hop.body, hop.through_proxy(), same_origin(hop.url, hop.call.url)});
  if (!request) co_return tl::unexpected(request.error());
  const MonotonicTime asked_at = monotonic_now();
  auto written = co_await stream.write(*request, FaultPhase::first_byte, deadline);
  if (!written) {
    if (written.error().kind == FaultKind::timeout) report.trace.times.first_byte = since(asked_at);
    co_return written;
  }
  AnswerIntake intake(network_, hop.answer_body(), hop.call.body_limit);
  auto result = co_await intake.read(stream, deadline, asked_at, report.trace.times);
  if (intake.has_header()) report.answer = intake.take_answer();
  reusable = result && intake.reusable();
  co_return result;
}

}  // namespace allclear::net
