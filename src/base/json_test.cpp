#include "base/json.h"

#include <algorithm>
#include <ctime>

#include <gtest/gtest.h>

namespace allclear {
namespace {

double processor_seconds() {
  timespec spent{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &spent);
  return static_cast<double>(spent.tv_sec) + static_cast<double>(spent.tv_nsec) * 1e-9;
}

// Of this thread, to parse it and to let go of it: the least of several tries, which others disturb least.
double cost_of(const std::string& text) {
  double least = 1e9;
  for (int i = 0; i < 5; ++i) {
    const double before = processor_seconds();
    EXPECT_TRUE(parse_json(text));
    least = std::min(least, processor_seconds() - before);
  }
  return least;
}

struct Shape {
  std::string name, open, part, close;  // # in the part: its number

  std::string of(int count) const {
    std::string text = open;
    for (int i = 0; i < count; ++i) {
      text += i == 0 ? "" : ",";
      for (const char c : part) text += c == '#' ? std::to_string(i) : std::string(1, c);
    }
    return text + close;
  }
};

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

TEST(ParseJson, TellsTheFirstFaultAndWhereItIs) {
  const auto fault_of = [](std::string_view text) { return parse_json(text).error().message; };
  EXPECT_EQ(fault_of(""), "not valid JSON at byte 1");
  EXPECT_EQ(fault_of("[1,]"), "not valid JSON at byte 4");
  EXPECT_EQ(fault_of("[1] x"), "not valid JSON at byte 5");
  EXPECT_EQ(fault_of("[\"\xC3\x28\"]"), "not valid JSON at byte 4");
  EXPECT_EQ(fault_of("[1e999]"), "not valid JSON: a number that no double holds");
  EXPECT_EQ(fault_of(std::string(33, '[')), "nested deeper than 32 levels");
  EXPECT_EQ(fault_of(R"([{"a":{"b":1,"b":2}},])"), "the key \"b\" appears twice");
  EXPECT_EQ(fault_of(R"({"a":1,"a":1e999})"), "the key \"a\" appears twice");
  EXPECT_EQ(fault_of(R"({"a":1e999,"a":1})"), "not valid JSON: a number that no double holds");
}

TEST(ParseJson, KeepsEveryKindOfValueInItsPlace) {
  const std::string text =
      R"({"a":[null,true,-1,18446744073709551615,0.5,"x",[],{},[[1],{"b":[{"c":[]},2]},3]],"d":{"a":{"a":1},"b":{}},"e":""})";
  EXPECT_EQ(parse_json(text)->dump(), text);
  EXPECT_TRUE(parse_json(text)->at("a").at(3).is_number_unsigned());
  EXPECT_TRUE(parse_json(text)->at("a").at(4).is_number_float());
  for (const char* alone : {"null", "7", "\"x\"", "[]", "{}"}) EXPECT_EQ(parse_json(alone)->dump(), alone);
}

TEST(ParseJson, R19_CostsWhatTheTextIsLong) {
  const Shape shapes[] = {{"objects", "[", "{}", "]"},
                          {"arrays", "[", "[]", "]"},
                          {"numbers", "[", "#", "]"},
                          {"arrays of objects", "[", "[{},[{}]]", "]"},
                          {"objects deep down", std::string(30, '['), "{}", std::string(30, ']')},
                          {"many keys", "{", R"("#":1)", "}"},
                          {"many keys of objects", "{", R"("#":{})", "}"},
                          {"objects with keys of objects", "[", R"({"#":{}})", "]"}};
  for (const Shape& shape : shapes) {
    const double once = cost_of(shape.of(10'000)), four_times = cost_of(shape.of(40'000));
    EXPECT_LT(four_times / once, 8) << shape.name << ": " << once << " s and " << four_times << " s";
  }
}

TEST(Json, ANulIsNoEnd) {
  EXPECT_EQ(parse_json(std::string_view("{\"a\":1}\0garbage", 15)).error().message, "not valid JSON at byte 8");
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
  for (const char* text : {"", "a", "$a", "$.", "$..a", "$[*]", "$[", "$['a'", "$['a'x", "$[1x]"})
    EXPECT_FALSE(JsonPath::parse(text)) << text;
}

}  // namespace
}  // namespace allclear
