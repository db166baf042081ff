#include "adapters/api/conditional.h"

#include <algorithm>

#include <fmt/format.h>

#include "adapters/api/document.h"
#include "base/hash.h"

namespace allclear::api {
namespace {

constexpr std::size_t longest_key = 255;

std::string_view trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

std::size_t count_of(const net::HttpRequest& request, std::string_view name) {
  return static_cast<std::size_t>(
      std::count_if(request.headers.begin(), request.headers.end(),
                    [&](const net::HttpField& field) { return net::equal_without_case(field.name, name); }));
}

}  // namespace

std::string etag_of(std::string_view body) { return fmt::format("\"{:016x}\"", stable_hash(body)); }

bool matches_strongly(std::string_view if_match, std::string_view etag) {
  while (!if_match.empty()) {
    const std::size_t comma = if_match.find(',');
    const std::string_view candidate = trimmed(if_match.substr(0, comma));
    if (candidate == "*" || candidate == etag) return true;
    if_match = comma == std::string_view::npos ? std::string_view() : if_match.substr(comma + 1);
  }
  return false;
}

net::HttpResponse tagged(net::HttpResponse answer, const net::HttpRequest& request) {
  if ((answer.status != 200 && answer.status != 201) || !answer.body || answer.prebuilt_head) return answer;
  const std::string etag = etag_of(*answer.body);
  answer.headers.push_back({"ETag", etag});
  const bool reads = request.method == "GET" || request.method == "HEAD";
  const std::string_view known = request.header("If-None-Match");
  if (!reads || known.empty() || !matches_etag(known, etag)) return answer;
  answer.status = 304;
  answer.body = nullptr;
  std::erase_if(answer.headers, [](const net::HttpField& field) { return field.name == "Content-Type"; });
  return answer;
}

Result<std::string, Problem> read_idempotency_key(const net::HttpRequest& request) {
  std::string_view key = trimmed(request.header("Idempotency-Key"));
  if (count_of(request, "Idempotency-Key") == 0) return std::string();
  // The draft's form is a quoted string; most clients leave the quotes away.
  if (key.size() >= 2 && key.front() == '"' && key.back() == '"') key = key.substr(1, key.size() - 2);
  const bool fits = !key.empty() && key.size() <= longest_key && count_of(request, "Idempotency-Key") == 1 &&
                    std::all_of(key.begin(), key.end(), [](char c) { return c > 0x20 && c < 0x7F; });
  if (fits) return std::string(key);
  return tl::unexpected(Problem{400, "Idempotency-Key: expected one of 1 to 255 printable ASCII characters", {}, {}});
}

std::uint64_t fingerprint_of(const net::HttpRequest& request) {
  return stable_hash(fmt::format("{} {}\n{}", request.method, request.path, request.body));
}

}  // namespace allclear::api
