// BodyReader: takes the members of a request's body and gathers what is wrong with them, by member. Used once, by one thread.
#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/api/problem.h"
#include "base/json.h"
#include "core/model/ids.h"

namespace allclear::api {

inline constexpr std::size_t longest_words = 4'096;  // bytes of what a person writes about an incident

class BodyReader {
 public:
  // Any other member is a mistake; so is a body that is no object.
  BodyReader(const Json& body, std::initializer_list<std::string_view> known);

  bool has(std::string_view member) const;
  // One line of 1 to 128 bytes that can be seen, as names in the config. Empty: it was wrong.
  std::string title(std::string_view member);
  // Up to longest_words bytes in lines, not blank, without other control characters and what turns text around. Empty: it
  // was, or is not there, or was wrong.
  std::string words(std::string_view member);
  // 1 to 1000 different ids of services.
  std::vector<ServiceId> services(std::string_view member);
  // A word that `parse` knows; nullopt: it is not there, or wrong.
  template <class Parse>
  auto word(std::string_view member, Parse parse, std::string_view expected) -> decltype(parse(std::string_view())) {
    const Json* value = find(member);
    if (value == nullptr) return std::nullopt;
    auto parsed = value->is_string() ? parse(value->get_ref<const std::string&>()) : std::nullopt;
    if (!parsed) wrong(member, "expected one of: " + std::string(expected));
    return parsed;
  }

  bool is_wrong(std::string_view member) const;
  void wrong(std::string_view member, std::string detail);
  // Of 422, when anything was wrong.
  std::optional<Problem> problem(std::string detail);

 private:
  const Json* find(std::string_view member) const;  // null: not there, or null

  const Json& body_;
  std::vector<FieldError> errors_;
};

}  // namespace allclear::api
