// What OperatorApi's routes about the present do: the overview, the events that follow it, services.
#include <charconv>

#include "adapters/api/document.h"
#include "adapters/api/events.h"
#include "adapters/api/operator_answers.h"
#include "adapters/api/operators.h"
#include "adapters/api/series.h"
#include "adapters/api/services.h"

namespace allclear::api {
namespace {

// "Last-Event-ID" is what the browser itself sends when it connects again; `last` is for the first time. Nothing: neither.
// What is no number of ours is 0, which no change has.
std::optional<std::uint64_t> last_of(const net::HttpRequest& request) {
  std::string_view text = request.header("Last-Event-ID");
  if (const std::string* last = request.query_value("last"); text.empty() && last != nullptr) text = *last;
  if (text.empty()) return std::nullopt;
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc{} && end == text.data() + text.size() ? number : 0;
}

std::string_view name_of(Encoding encoding) { return encoding == Encoding::gzip ? "gzip" : "br"; }

}  // namespace

net::Reply OperatorApi::show_overview(const Asked& asked) {
  if (ports_.live == nullptr) return not_now(asked.request.path, "nothing is watched here");
  LiveEvents::Overview& overview = ports_.live->overview(ports_.snapshot());
  net::HttpResponse response = json_answer(200, {}, policy_);
  response.headers.push_back({"Vary", "Accept-Encoding"});
  response.body = overview.text;
  const Encoding wanted = choose_encoding(asked.request.header("Accept-Encoding"));
  if (wanted == Encoding::identity) return response;
  auto& compressed = wanted == Encoding::gzip ? overview.gzip : overview.brotli;
  if (compressed == nullptr) {
    compressed = std::make_shared<const std::string>(compress(wanted, *overview.text, Effort::quick));
  }
  if (compressed->empty()) return response;
  response.headers.push_back({"Content-Encoding", std::string(name_of(wanted))});
  response.body = compressed;
  return response;
}

net::Reply OperatorApi::watch_events(const Asked& asked) {
  if (ports_.live == nullptr) return not_now(asked.request.path, "nothing is watched here");
  if (ports_.live->full()) return not_now(asked.request.path, "too many are watching");
  // The request is judged again as long as the stream lasts, by what it carried.
  auto judged = std::make_shared<net::HttpRequest>(asked.request);
  judged->body.clear();
  net::HttpResponse head;
  // X-Accel-Buffering: a proxy such as nginx would gather what it is sent.
  head.headers = {{"Content-Type", "text/event-stream"}, {"Cache-Control", "no-store"}, {"X-Accel-Buffering", "no"}};
  add_common_headers(head, policy_, Audience::operators);
  return net::Streaming{std::move(head), ports_.live->open(ports_.snapshot(), last_of(asked.request), [this, judged] {
                          return !deny(*judged, TokenScope::read);
                        })};
}

net::Reply OperatorApi::list_services(const Asked& asked) {
  return answer(asked.request.path, answer_services(asked.request, *ports_.snapshot()));
}

net::Reply OperatorApi::show_service(const Asked& asked) {
  const Uptimes* uptimes = ports_.live == nullptr ? nullptr : ports_.live->uptimes();
  return answer(asked.request.path,
                answer_service(ServiceId(asked.id), *ports_.snapshot(), uptimes, ports_.queries,
                               [&log = ports_.log](std::string text) { return log.masked(std::move(text)); }));
}

net::Reply OperatorApi::show_series(const Asked& asked) {
  return answer(asked.request.path, answer_series(asked.request, ServiceId(asked.id), *ports_.snapshot(),
                                                  ports_.queries, ports_.clock.now().wall));
}

}  // namespace allclear::api
