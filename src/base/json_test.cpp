#include "base/json.h"

#include <gtest/gtest.h>

namespace allclear {
namespace {

TEST(ParseJson, S13_RefusesDeepDuplicateAndBrokenText) {
  EXPECT_TRUE(parse_json(std::string(32, '[') + std::string(32, ']')));
  EXPECT_FALSE(parse_json(std::string(33, '[') + std::string(33, ']')));
  EXPECT_FALSE(parse_json(std::string(1'000'000, '[')));
  EXPECT_FALSE(parse_json(R"({"a":1,"a":2})"));
  EXPECT_TRUE(parse_json(R"({"a":{"b":1},"b":{"b":2}})"));
  EXPECT_FALSE(parse_json("{\"a\":\"\xff\"}"));
  EXPECT_FALSE(parse_json("{\"a\":1"));
  EXPECT_FALSE(parse_json("1 2"));
  EXPECT_FALSE(parse_json(R"({"ok":true,"x":1e999})"));
}

TEST(ParseJson, SaysWhatIsWrong) {
  EXPECT_EQ(parse_json(R"({"a":1,"a":2})").error().message, "the key \"a\" appears twice");
  EXPECT_NE(parse_json("{,").error().message.find("byte 2"), std::string::npos);
}

TEST(JsonPath, FindsNamesAndIndices) {
  const Json document = *parse_json(R"({"a":{"b":[1,{"c":"x"}]},"dotted.name":true})");
  EXPECT_EQ(*JsonPath::parse("$.a.b[1].c")->find(document), "x");
  EXPECT_EQ(*JsonPath::parse("$.a.b[-2]")->find(document), 1);
  EXPECT_EQ(*JsonPath::parse("$['dotted.name']")->find(document), true);
  EXPECT_EQ(*JsonPath::parse("$")->find(document), document);
  EXPECT_EQ(JsonPath::parse("$.a.b[2]")->find(document), nullptr);
  EXPECT_EQ(JsonPath::parse("$.a.b.c")->find(document), nullptr);
  EXPECT_EQ(JsonPath::parse("$.missing[0]")->find(document), nullptr);
}

TEST(JsonPath, RefusesWhatItDoesNotUnderstand) {
  for (const char* text : {"", "a", "$a", "$.", "$..a", "$[*]", "$[", "$['a'", "$['a'x", "$[1x]"}) EXPECT_FALSE(JsonPath::parse(text)) << text;
}

}  // namespace
}  // namespace allclear
