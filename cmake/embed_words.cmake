# cmake -DOUTPUT=word_table.h -DFOLDER=web/words "-DLANGUAGES=en;de;fr" -P embed_words.cmake
# Writes the table behind adapters/api/words.h. Fails when a language lacks a word of the first, or has one more.
list(GET LANGUAGES 0 first)
file(READ "${FOLDER}/${first}.json" catalogue)
string(JSON count LENGTH "${catalogue}")
math(EXPR last "${count} - 1")
set(keys "")
foreach(index RANGE ${last})
  string(JSON key MEMBER "${catalogue}" ${index})
  list(APPEND keys ${key})
endforeach()

set(texts "")
set(names "")
foreach(language IN LISTS LANGUAGES)
  file(READ "${FOLDER}/${language}.json" catalogue)
  string(JSON length LENGTH "${catalogue}")
  if(NOT length EQUAL count)
    message(FATAL_ERROR "${language}.json has ${length} words, ${first}.json ${count}")
  endif()
  string(APPEND names "\"${language}\", ")
  string(APPEND texts "    {{\n")
  foreach(key IN LISTS keys)
    string(JSON text ERROR_VARIABLE missing GET "${catalogue}" ${key})
    if(missing)
      message(FATAL_ERROR "${language}.json has no word for ${key}")
    endif()
    string(APPEND texts "        R\"(${text})\",\n")
  endforeach()
  string(APPEND texts "    }},\n")
endforeach()
list(JOIN keys "\",\n    \"" keys)
list(LENGTH LANGUAGES language_count)
file(WRITE "${OUTPUT}" "#pragma once

#include <array>
#include <string_view>

namespace allclear::api::catalogue {

inline constexpr std::array<std::string_view, ${count}> keys{
    \"${keys}\",
};
inline constexpr std::array<std::string_view, ${language_count}> languages{${names}};
inline constexpr std::array<std::array<std::string_view, ${count}>, ${language_count}> texts{{
${texts}}};

}  // namespace allclear::api::catalogue
")
