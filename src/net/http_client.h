// HttpClient: one HTTP(S) request with its redirects over fresh connections (or kept ones when asked), with the
// time of each phase, within one deadline. One loop only. Knows no check and no verdict.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "net/answer_reader.h"
#include "net/network_loop.h"
#include "net/url.h"

namespace allclear::net {

struct HeaderView {
  std::string_view name;
  std::string_view value;
};

enum class Redirects : std::uint8_t { follow, report };
enum class ConnectionUse : std::uint8_t { fresh, kept_alive };

// What to ask. Views and the policy outlive the call.
struct HttpCall {
  HttpUrl url;
  std::string_view method = "GET";
  std::vector<HeaderView> headers;  // they replace our own of the same name
  std::string_view body;
  std::string
      authorization;  // stays with the call's origin, as do the headers above (but Accept… and User-Agent) and the body
  std::string_view user_agent;
  Redirects redirects = Redirects::follow;
  int max_redirects = 5;
  ConnectionUse connection = ConnectionUse::fresh;
  std::optional<HttpUrl> proxy;  // plain HTTP to the proxy; CONNECT for https
  TlsWish tls;  // empty server_name: the URL's host; name and client certificate are for the call's origin
  IpFamily family = IpFamily::any;
  std::string_view resolver;
  const AddressPolicy* policy = nullptr;
  std::size_t body_limit = answer_body_limit;  // bytes; the answer is cut there
};

// An answer that led elsewhere and was followed.
struct HttpRedirect {
  int status = 0;
  std::string url;  // that was asked
  microseconds total{0};
};

struct HttpReport {
  std::optional<HttpAnswer> answer;  // the last one, once its header was read
  std::optional<Fault> fault;
  std::vector<HttpRedirect> redirects;
  Trace trace;  // of the last hop, but its times are sums over all of them
};

class HttpClient {
 public:
  explicit HttpClient(NetworkLoop& network);
  ~HttpClient();

  // `call` outlives the task.
  Task<HttpReport> exchange(const HttpCall& call, MonotonicTime deadline);

 private:
  struct Hop;
  struct Kept;

  static Fault hop_fault(Fault fault, const Hop& hop, const HttpReport& report);
  static Outcome<HttpUrl> where_to(const Hop& hop, const HttpReport& report);
  Task<Outcome<void>> run_hop(Hop& hop, Deadline& deadline, HttpReport& report);
  Task<Outcome<void>> open(const Hop& hop, Deadline& deadline, Trace& trace, std::optional<Stream>& stream);
  Task<Outcome<void>> tunnel(const Hop& hop, Stream& stream, Deadline& deadline);
  Task<Outcome<void>> converse(const Hop& hop, Stream& stream, Deadline& deadline, HttpReport& report, bool& reusable);

  NetworkLoop& network_;
  std::vector<Kept> kept_;
};

}  // namespace allclear::net
