#include "adapters/api/document.h"

#include <brotli/decode.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zlib.h>

namespace allclear::api {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string gunzip(const std::string& packed, std::size_t size) {
  std::string out(size, '\0');
  z_stream stream{};
  inflateInit2(&stream, 15 + 16);
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
  stream.avail_in = static_cast<uInt>(packed.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(inflate(&stream, Z_FINISH), Z_STREAM_END);
  inflateEnd(&stream);
  return out;
}

std::string unbrotli(const std::string& packed, std::size_t size) {
  std::string out(size, '\0');
  EXPECT_EQ(BrotliDecoderDecompress(packed.size(), reinterpret_cast<const std::uint8_t*>(packed.data()), &size,
                                    reinterpret_cast<std::uint8_t*>(out.data())),
            BROTLI_DECODER_RESULT_SUCCESS);
  out.resize(size);
  return out;
}

const std::string long_text = [] {
  std::string text;
  for (int i = 0; i < 500; ++i) text += "line " + std::to_string(i) + "\n";
  return text;
}();

net::HttpRequest asking(const std::string& accept, const std::string& etag = {}) {
  net::HttpRequest request;
  if (!accept.empty()) request.headers.push_back({"accept-encoding", accept});
  if (!etag.empty()) request.headers.push_back({"If-None-Match", etag});
  return request;
}

Document long_document() { return make_document(long_text, "text/plain", Caching::revalidate, Effort::quick, {}); }

TEST(ChooseEncoding, FollowsTheClientsWeights) {
  const std::pair<const char*, Encoding> cases[] = {{"", Encoding::identity},
                                                    {"gzip", Encoding::gzip},
                                                    {"br", Encoding::brotli},
                                                    {"gzip, deflate, br", Encoding::brotli},
                                                    {"br;q=0.5, gzip", Encoding::gzip},
                                                    {"BR;q=1.0,gzip;q=1.0", Encoding::brotli},
                                                    {"gzip;q=0", Encoding::identity},
                                                    {"br;q=0, gzip;q=0", Encoding::identity},
                                                    {"*", Encoding::brotli},
                                                    {"*;q=0", Encoding::identity},
                                                    {"gzip, *;q=0", Encoding::gzip},
                                                    {"identity", Encoding::identity},
                                                    {"identity;q=1, gzip;q=0.5", Encoding::identity},
                                                    {"gzip;q=abc", Encoding::identity},
                                                    {",,;;", Encoding::identity}};
  for (const auto& [accept, encoding] : cases) EXPECT_EQ(choose_encoding(accept), encoding) << accept;
}

TEST(Document, ServesEachEncodingWithItsOwnStrongTag) {
  const Document document = long_document();
  const auto plain = serve(document, asking(""));
  const auto gzip = serve(document, asking("gzip"));
  const auto brotli = serve(document, asking("br"));
  EXPECT_EQ(*plain.body, long_text);
  EXPECT_EQ(gunzip(*gzip.body, long_text.size()), long_text);
  EXPECT_EQ(unbrotli(*brotli.body, long_text.size()), long_text);
  EXPECT_THAT(*gzip.prebuilt_head, HasSubstr("Content-Encoding: gzip\r\n"));
  EXPECT_THAT(*brotli.prebuilt_head, HasSubstr("Content-Encoding: br\r\n"));
  EXPECT_THAT(*plain.prebuilt_head, Not(HasSubstr("Content-Encoding")));
  EXPECT_THAT(*plain.prebuilt_head, HasSubstr("Vary: Accept-Encoding\r\n"));
  EXPECT_THAT(*plain.prebuilt_head, HasSubstr("Cache-Control: no-cache\r\n"));
  EXPECT_NE(document.variants[0].etag, document.variants[1].etag);
  EXPECT_NE(document.variants[1].etag, document.variants[2].etag);
  EXPECT_EQ(document.variants[0].etag.find("W/"), std::string::npos);
}

TEST(Document, Answers304ForTheSameVariantOnly) {
  const Document document = long_document();
  const std::string gzip_tag = document.variants[1].etag;
  for (const std::string& known : {gzip_tag, "W/" + gzip_tag, "\"other\", " + gzip_tag, std::string("*")}) {
    const auto answer = serve(document, asking("gzip", known));
    EXPECT_EQ(answer.status, 304) << known;
    EXPECT_EQ(answer.body, nullptr);
    EXPECT_THAT(*answer.prebuilt_head, HasSubstr("ETag: " + gzip_tag));
  }
  EXPECT_EQ(serve(document, asking("", gzip_tag)).status, 200);
  EXPECT_EQ(serve(document, asking("gzip", "\"other\"")).status, 200);
  EXPECT_EQ(serve(document, asking("gzip", "nonsense")).status, 200);
}

TEST(Document, LeavesShortTextAsItIs) {
  const Document document = make_document("short", "text/plain", Caching::revalidate, Effort::quick, {});
  EXPECT_EQ(*serve(document, asking("gzip, br")).body, "short");
}

TEST(Document, ItsTagChangesWithItsText) {
  const Document one = make_document("one", "text/plain", Caching::revalidate, Effort::quick, {});
  const Document two = make_document("two", "text/plain", Caching::revalidate, Effort::quick, {});
  EXPECT_NE(one.variants[0].etag, two.variants[0].etag);
}

}  // namespace
}  // namespace allclear::api
