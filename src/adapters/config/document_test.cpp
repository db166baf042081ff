#include "adapters/config/document.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace allclear::config {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

struct Parsed {
  std::optional<Document> document;
  std::vector<std::string> complaints;
  std::vector<std::string> environment_values;
};

Parsed parse(std::string_view text) {
  Diagnostics diagnostics("f");
  Parsed parsed;
  parsed.document = parse_document(
      text, [](std::string_view) { return std::optional<std::string>("value"); }, diagnostics,
      parsed.environment_values);
  for (const Diagnostic& diagnostic : diagnostics.take()) parsed.complaints.push_back(to_string(diagnostic));
  return parsed;
}

TEST(Document, PlacesCountFromOneAndKeysAlternateWithValues) {
  const Parsed parsed = parse("a: 1\nlist:\n  - x\n  - 'y'\n");
  ASSERT_TRUE(parsed.document.has_value());
  const Node& root = *parsed.document->root;
  ASSERT_EQ(root.children.size(), 4U);
  EXPECT_EQ(root.children[2]->text, "list");
  EXPECT_EQ(root.children[2]->place.line, 2);
  const Node& second = *root.children[3]->children[1];
  EXPECT_EQ(second.text, "y");
  EXPECT_TRUE(second.quoted);
  EXPECT_EQ(second.place.line, 4);
  EXPECT_EQ(second.place.column, 5);
}

TEST(Document, AnEmptyFileIsNothing) {
  for (const std::string_view text : {"", "\n\n", "# only a comment\n"}) {
    const Parsed parsed = parse(text);
    ASSERT_TRUE(parsed.document.has_value());
    EXPECT_TRUE(parsed.document->root->is_null());
    EXPECT_THAT(parsed.complaints, IsEmpty());
  }
}

TEST(Document, WhatIsEmptyIsWhereItsKeyOrItsDashIs) {
  const Parsed parsed = parse(
      "channels:\n  ops:\n    # who - is told\n\n  two: {a: }\n  three: ~\nlist:\n  - x\n  -   # y\n\n"
      "  - ~\n  - \nlast:\n");
  ASSERT_TRUE(parsed.document.has_value());
  const auto& root = parsed.document->root->children;
  const auto& channels = root[1]->children;
  EXPECT_EQ(channels[1]->place, (Place{2, 3})) << "ops";
  EXPECT_EQ(channels[3]->children[1]->place, (Place{5, 9})) << "a";
  EXPECT_EQ(channels[5]->place, (Place{6, 3})) << "three";
  const auto& list = root[3]->children;
  ASSERT_EQ(list.size(), 4U);
  EXPECT_EQ(list[1]->place, (Place{9, 3}));
  EXPECT_EQ(list[2]->place, (Place{11, 5}));
  EXPECT_EQ(list[3]->place, (Place{12, 3}));
  EXPECT_EQ(root[5]->place, (Place{13, 1})) << "last";
}

TEST(Document, WhatIsEmptyAtTheEndIsInTheFile) {
  for (const std::string end : {"", "\n", "\n\n  # more\n", "\r\n"}) {
    const Parsed map = parse("a: 1\nservices:" + end);
    ASSERT_TRUE(map.document.has_value());
    EXPECT_EQ(map.document->root->children[3]->place, (Place{2, 1})) << end;
    const Parsed list = parse("a: 1\nservices:\n- b\n-" + end);
    ASSERT_TRUE(list.document.has_value());
    EXPECT_EQ(list.document->root->children[3]->children[1]->place, (Place{4, 1})) << end;
  }
}

TEST(Document, BrokenYamlIsOneLocatedDiagnostic) {
  const Parsed parsed = parse("a: 1\nb: [1, 2\nc: 3\n");
  EXPECT_FALSE(parsed.document.has_value());
  ASSERT_EQ(parsed.complaints.size(), 1U);
  EXPECT_THAT(parsed.complaints[0], HasSubstr("not valid YAML"));
  EXPECT_THAT(parsed.complaints[0], ::testing::StartsWith("f:3:"));
}

TEST(Document, S13_EveryDuplicateKeyIsLocated) {
  const Parsed parsed = parse("a: 1\nb: {x: 1, y: 2, x: 3}\na: 2\n");
  EXPECT_THAT(parsed.complaints, ElementsAre("f:2:17: duplicate key \"x\" (first on line 2)",
                                             "f:3:1: duplicate key \"a\" (first on line 1)"));
}

TEST(Document, S13_NestingEndsAtThirtyTwo) {
  const auto nested = [](std::size_t depth) { return std::string(depth, '[') + "x" + std::string(depth, ']'); };
  EXPECT_TRUE(parse(nested(32)).document.has_value());
  EXPECT_THAT(parse(nested(33)).complaints, ElementsAre("f:1:33: nested deeper than 32 levels"));
  EXPECT_FALSE(parse(nested(100'000)).document.has_value());
}

TEST(Document, S13_NestingThroughAliasesCountsToo) {
  std::string text = "a0: &a0 [x]\n";
  for (int i = 1; i < 40; ++i) text += fmt::format("a{0}: &a{0} [*a{1}]\n", i, i - 1);
  EXPECT_THAT(parse(text).complaints, ElementsAre(HasSubstr("nested deeper than 32 levels")));
}

TEST(Document, S13_AnAliasBombIsRefused) {
  std::string text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 12; ++i)
    text += fmt::format("a{0}: &a{0} [*a{1}, *a{1}, *a{1}, *a{1}, *a{1}, *a{1}, *a{1}, *a{1}]\n", i, i - 1);
  EXPECT_THAT(parse(text).complaints, ElementsAre(HasSubstr("more than 4000000 values")));
}

TEST(Document, AnAliasInItsOwnAnchorIsRefused) {
  EXPECT_THAT(parse("a: &a [1, *a]\n").complaints, ElementsAre("f:1:11: an alias inside its own anchor"));
}

TEST(Document, KeysMustBePlainText) {
  EXPECT_THAT(parse("? [a, b]\n: c\n").complaints, ElementsAre(HasSubstr("a key must be plain text")));
  EXPECT_THAT(parse("~: c\n").complaints, ElementsAre(HasSubstr("a key must be plain text")));
}

TEST(Document, ASecondDocumentIsRefused) {
  EXPECT_THAT(parse("a: 1\n---\nb: 2\n").complaints, ElementsAre(HasSubstr("a second YAML document")));
}

TEST(Document, S13_OnlyValidUtf8) {
  EXPECT_THAT(parse("name: caf\xE9\n").complaints, ElementsAre("f:1:10: not valid UTF-8"));
  EXPECT_THAT(parse("a: 1\nb: \xC0\x80\n").complaints, ElementsAre("f:2:4: not valid UTF-8"));    // overlong
  EXPECT_THAT(parse("b: \xED\xA0\x80\n").complaints, ElementsAre("f:1:4: not valid UTF-8"));      // a surrogate
  EXPECT_THAT(parse("b: \xF4\x90\x80\x80\n").complaints, ElementsAre("f:1:4: not valid UTF-8"));  // beyond U+10FFFF
  EXPECT_THAT(parse(std::string_view("a: \0\n", 5)).complaints, ElementsAre(HasSubstr("NUL byte")));
  EXPECT_THAT(parse("\xEF\xBB\xBF"
                    "a: caf\xC3\xA9 \xE2\x82\xAC \xF0\x9F\x98\x80\n")
                  .complaints,
              IsEmpty());
}

TEST(Document, S13_AFileBeyondEightMebibytesIsRefused) {
  EXPECT_THAT(parse(std::string(largest_file + 1, '#')).complaints,
              ElementsAre("f:1:1: the file is larger than 8 MiB"));
}

TEST(Document, SubstitutionHappensInValuesAfterParsing) {
  Diagnostics diagnostics("f");
  const auto hostile = [](std::string_view) { return std::optional<std::string>("x, injected: {deep: [1]}\n- y"); };
  std::vector<std::string> environment_values;
  const auto document = parse_document("${KEY}: ${VALUE}\n", hostile, diagnostics, environment_values);
  ASSERT_TRUE(document.has_value());
  ASSERT_EQ(document->root->children.size(), 2U);
  EXPECT_EQ(document->root->children[0]->text, "${KEY}");
  EXPECT_EQ(document->root->children[1]->text, "x, injected: {deep: [1]}\n- y");
  EXPECT_TRUE(document->root->children[1]->from_environment);
}

TEST(Document, S7_TellsWhatCameFromTheEnvironmentAlsoWhenThereIsNoTree) {
  const Parsed broken = parse("a: ${SECRET}\nb: [\n");
  EXPECT_FALSE(broken.document.has_value());
  EXPECT_THAT(broken.environment_values, ElementsAre("value"));
}

TEST(Document, MessagesShowNoControlCharactersAndNoSecrets) {
  EXPECT_EQ(shown("a\x1B[31mb\n"), "\"a?[31mb?\"");
  EXPECT_EQ(shown("a\xE2\x80\xAE"
                  "b\xE2\x80\xA8"),
            "\"a?b?\"");
  EXPECT_EQ(shown(std::string(60, 'a')), "\"" + std::string(48, 'a') + "…\"");
  EXPECT_EQ(shown(std::string(47, 'a') + "é"), "\"" + std::string(47, 'a') + "…\"");
  Node node;
  node.kind = Node::Kind::scalar;
  node.text = "hunter2";
  node.from_environment = true;
  EXPECT_EQ(describe(node), "a value from the environment");
}

}  // namespace
}  // namespace allclear::config
