// Whatever a client sends, in whatever pieces: a request within its limits, a refusal, or a wish for more (S10, S11).
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "net/request_parser.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace allclear;
  if (size == 0) return 0;
  const std::size_t piece = bytes[0] + std::size_t{1};
  const net::RequestLimits limits{512, 10, 1024};
  net::RequestParser parser(limits);
  std::string pending;
  for (std::size_t at = 1; at < size; at += piece) {
    pending.append(reinterpret_cast<const char*>(bytes) + at, std::min(piece, size - at));
    for (;;) {
      const auto used = parser.put(pending);
      if (!used) return used.error().status < 400 ? std::abort(), 0 : 0;
      if (*used > pending.size()) std::abort();
      pending.erase(0, *used);
      if (parser.phase() == net::RequestPhase::complete) {
        const net::HttpRequest& request = parser.request();
        const bool whole_server = request.method == "OPTIONS" && request.path == "*";
        if (!whole_server && request.path.substr(0, 1) != "/") std::abort();
        if (request.headers.size() > limits.fields) std::abort();
        if (request.body.size() > limits.body) std::abort();
        parser.next();
      } else if (*used == 0) {
        break;
      }
    }
  }
  return 0;
}
