#include "adapters/api/document.h"

#include <charconv>

#include <brotli/encode.h>
#include <fmt/format.h>
#include <zlib.h>

#include "adapters/api/headers.h"
#include "base/hash.h"

namespace allclear::api {
namespace {

constexpr std::size_t worth_compressing = 256;
constexpr std::array<std::string_view, encoding_count> encoding_names{"identity", "gzip", "br"};
constexpr std::array<std::string_view, encoding_count> tag_endings{"", "-gz", "-br"};

std::string gzip(std::string_view text, int level) {
  z_stream stream{};
  constexpr int gzip_window = 15 + 16;
  if (deflateInit2(&stream, level, Z_DEFLATED, gzip_window, 9, Z_DEFAULT_STRATEGY) != Z_OK) return {};
  std::string out(deflateBound(&stream, text.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));  // zlib reads it only
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  const int result = deflate(&stream, Z_FINISH);
  out.resize(result == Z_STREAM_END ? stream.total_out : 0);
  deflateEnd(&stream);
  return out;
}

std::string brotli(std::string_view text, int quality) {
  std::size_t size = BrotliEncoderMaxCompressedSize(text.size());
  std::string out(size, '\0');
  const auto done = BrotliEncoderCompress(quality, BROTLI_DEFAULT_WINDOW, BROTLI_MODE_TEXT, text.size(),
                                          reinterpret_cast<const std::uint8_t*>(text.data()), &size,
                                          reinterpret_cast<std::uint8_t*>(out.data()));
  out.resize(done == BROTLI_TRUE ? size : 0);
  return out;
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

std::string_view take_until(std::string_view& text, char mark) {
  const auto at = text.find(mark);
  const std::string_view first = trimmed(text.substr(0, at));
  text = at == std::string_view::npos ? std::string_view{} : text.substr(at + 1);
  return first;
}

// "gzip;q=0.5" -> 0.5; 1 without a weight, 0 when it cannot be read.
double weight_of(std::string_view parameters) {
  while (!parameters.empty()) {
    const std::string_view parameter = take_until(parameters, ';');
    if (parameter.size() < 3 || (parameter[0] != 'q' && parameter[0] != 'Q') || parameter[1] != '=') continue;
    double weight = 0;
    const auto [end, error] = std::from_chars(parameter.data() + 2, parameter.data() + parameter.size(), weight);
    return error == std::errc{} && end == parameter.data() + parameter.size() ? weight : 0;
  }
  return 1;
}

Document::Variant make_variant(Encoding encoding, std::string body, std::string_view content_type, Caching caching,
                               std::uint64_t hash, const AnswerPolicy& policy) {
  const auto index = static_cast<std::size_t>(encoding);
  Document::Variant variant;
  variant.etag = fmt::format("\"{:016x}{}\"", hash, tag_endings[index]);
  std::string shared = fmt::format("ETag: {}\r\nCache-Control: {}\r\nVary: Accept-Encoding{}\r\n", variant.etag,
                                   caching == Caching::immutable ? "public, max-age=31536000, immutable" : "no-cache",
                                   varies_by_origin(policy) ? ", Origin" : "");
  shared += common_header_lines(policy, Audience::everyone);
  std::string head =
      fmt::format("HTTP/1.1 200 OK\r\nContent-Type: {}\r\nContent-Length: {}\r\n", content_type, body.size());
  if (encoding != Encoding::identity) head += fmt::format("Content-Encoding: {}\r\n", encoding_names[index]);
  variant.head = std::make_shared<const std::string>(head + shared);
  variant.unchanged = std::make_shared<const std::string>("HTTP/1.1 304 Not Modified\r\n" + shared);
  variant.body = std::make_shared<const std::string>(std::move(body));
  return variant;
}

}  // namespace

std::string compress(Encoding encoding, std::string_view text, Effort effort) {
  if (text.size() < worth_compressing) return {};
  std::string out;
  switch (encoding) {
    case Encoding::identity: return {};
    case Encoding::gzip: out = gzip(text, effort == Effort::best ? 9 : 6); break;
    case Encoding::brotli: out = brotli(text, effort == Effort::best ? 11 : 5); break;
  }
  return out.size() < text.size() ? out : std::string{};
}

Encoding choose_encoding(std::string_view accept_encoding) {
  if (accept_encoding.empty()) return Encoding::identity;
  std::array<double, encoding_count> weights{-1, -1, -1};  // -1: not named
  double any = -1;
  while (!accept_encoding.empty()) {
    std::string_view item = take_until(accept_encoding, ',');
    const std::string_view name = take_until(item, ';');
    const double weight = weight_of(item);
    if (name == "*") any = weight;
    for (std::size_t i = 0; i < encoding_count; ++i) {
      if (net::equal_without_case(name, encoding_names[i]) || (i == 1 && net::equal_without_case(name, "x-gzip")))
        weights[i] = weight;
    }
  }
  for (double& weight : weights) {
    if (weight < 0) weight = any;
  }
  const double brotli_weight = weights[2];
  const double gzip_weight = weights[1];
  if (brotli_weight > 0 && brotli_weight >= gzip_weight && brotli_weight >= weights[0]) return Encoding::brotli;
  if (gzip_weight > 0 && gzip_weight >= weights[0]) return Encoding::gzip;
  return Encoding::identity;
}

bool matches_etag(std::string_view if_none_match, std::string_view etag) {
  while (!if_none_match.empty()) {
    std::string_view candidate = take_until(if_none_match, ',');
    if (candidate == "*") return true;
    if (candidate.substr(0, 2) == "W/") candidate.remove_prefix(2);
    if (candidate == etag) return true;
  }
  return false;
}

Document make_document(std::string body, std::string_view content_type, Caching caching, Effort effort,
                       const AnswerPolicy& policy) {
  Document document;
  const std::uint64_t hash = stable_hash(body);
  for (const Encoding encoding : {Encoding::gzip, Encoding::brotli}) {
    std::string compressed = compress(encoding, body, effort);
    if (compressed.empty()) continue;
    document.variants[static_cast<std::size_t>(encoding)] =
        make_variant(encoding, std::move(compressed), content_type, caching, hash, policy);
  }
  document.variants[0] = make_variant(Encoding::identity, std::move(body), content_type, caching, hash, policy);
  return document;
}

net::HttpResponse serve(const Document& document, const net::HttpRequest& request) {
  const Encoding wanted = choose_encoding(request.header("Accept-Encoding"));
  const Document::Variant* variant = &document.variants[static_cast<std::size_t>(wanted)];
  if (!variant->body) variant = &document.variants[0];
  const std::string_view known = request.header("If-None-Match");
  if (!known.empty() && matches_etag(known, variant->etag)) return {304, {}, nullptr, variant->unchanged};
  return {200, {}, variant->body, variant->head};
}

}  // namespace allclear::api
