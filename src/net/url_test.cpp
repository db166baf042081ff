#include "net/url.h"

#include <gtest/gtest.h>

namespace allclear::net {
namespace {

TEST(HttpUrl, IsParsedAndWrittenBack) {
  const std::vector<std::pair<std::string, std::string>> cases{
      {"http://Example.COM", "http://example.com/"},
      {"HTTPS://example.com:443/a", "https://example.com/a"},
      {"https://example.com:8443/a?b=c#d", "https://example.com:8443/a?b=c"},
      {"http://example.com?q", "http://example.com/?q"},
      {"http://[::1]:8080/x", "http://[::1]:8080/x"},
      {"http://example.com:/x", "http://example.com/x"},
      {"http://example.com/a b\xC3\xA9", "http://example.com/a%20b%C3%A9"},
      {"http://example.com/a/../b/./c/..", "http://example.com/b/"},
      {"http://example.com/../../x", "http://example.com/x"}};
  for (const auto& [text, written] : cases) {
    const auto url = parse_http_url(text);
    ASSERT_TRUE(url) << text;
    EXPECT_EQ(to_string(*url), written);
  }
}

TEST(HttpUrl, RefusesWhatIsNoPlaceToAsk) {
  for (const char* text : {"", "example.com", "ftp://example.com/", "http://", "http:///x", "http://user@host/",
                           "http://a b/", "http://host:0/", "http://host:65536/", "http://host:1x/", "http://[::1/",
                           "http://[fe80::1%25lo]/", "http://ho\x01st/", "http://host\r\nX: y/"}) {
    EXPECT_FALSE(parse_http_url(text)) << text;
  }
}

TEST(HttpUrl, ReferencesAreResolvedAsRfc3986Says) {
  const HttpUrl base = *parse_http_url("https://example.com:8443/a/b?c");
  const std::vector<std::pair<std::string, std::string>> cases{{"/x", "https://example.com:8443/x"},
                                                               {"x", "https://example.com:8443/a/x"},
                                                               {"../x?y", "https://example.com:8443/x?y"},
                                                               {"?z", "https://example.com:8443/a/b?z"},
                                                               {"#f", "https://example.com:8443/a/b?c"},
                                                               {"//other.test/x", "https://other.test/x"},
                                                               {"http://other.test:81", "http://other.test:81/"},
                                                               {"x:y/../z?a:b", ""},
                                                               {"mailto:a@b", ""}};
  for (const auto& [reference, written] : cases) {
    const auto url = resolve_reference(base, reference);
    EXPECT_EQ(url ? to_string(*url) : "", written) << reference;
  }
}

TEST(HttpUrl, AnOriginIsSchemeHostAndPort) {
  const HttpUrl base = *parse_http_url("https://example.com/a");
  EXPECT_TRUE(same_origin(base, *parse_http_url("https://EXAMPLE.com:443/b")));
  EXPECT_FALSE(same_origin(base, *parse_http_url("http://example.com/a")));
  EXPECT_FALSE(same_origin(base, *parse_http_url("https://example.com:444/a")));
  EXPECT_FALSE(same_origin(base, *parse_http_url("https://www.example.com/a")));
}

}  // namespace
}  // namespace allclear::net
