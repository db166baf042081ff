// Words: what people read, in one language, from the catalogue of web/words. Every word is known when this is compiled.
// Immutable; any thread. Texts are plain: what is filled in must be escaped by the caller, for the format it goes into.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include "adapters/api/word_table.h"
#include "base/time.h"
#include "core/model/verdict.h"

namespace allclear::api {

enum class Language : std::uint8_t { english, german, french };  // as catalogue::languages

// "en", "de", "fr".
std::optional<Language> parse_language(std::string_view code);

struct Word {
  std::size_t index;

  // A word that the catalogue lacks does not compile.
  consteval Word(const char* key) : index(0) {  // NOLINT(google-explicit-constructor): words are written as literals
    while (catalogue::keys[index] != key) ++index;
  }
};

struct Filling {
  std::string_view name;  // of the hole, without braces
  std::string_view text;
};

class Words {
 public:
  explicit Words(Language language) : texts_(&catalogue::texts[static_cast<std::size_t>(language)]) {}

  std::string_view operator[](Word word) const { return (*texts_)[word.index]; }
  std::string fill(Word word, std::initializer_list<Filling> fillings) const;
  // For one and for other numbers; the hole is {n}.
  std::string count(std::size_t number, Word one, Word other) const;
  std::string number(Word word, std::int64_t number) const;  // the hole is {n}
  std::string_view reason(Reason reason) const;
  // The two largest units: "2 h 5 min", "31 s".
  std::string span(milliseconds length) const;

 private:
  const std::array<std::string_view, catalogue::keys.size()>* texts_;
};

}  // namespace allclear::api
