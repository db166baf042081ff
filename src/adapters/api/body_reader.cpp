#include "adapters/api/body_reader.h"

#include <algorithm>

#include "base/characters.h"

namespace allclear::api {
namespace {

constexpr std::size_t longest_title = 128;  // bytes
constexpr std::size_t most_services = 1'000;
constexpr std::size_t longest_id = 64;

bool is_id(const Json& value) {
  if (!value.is_string()) return false;
  const auto& text = value.get_ref<const std::string&>();
  return !text.empty() && text.size() <= longest_id &&
         text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == std::string::npos;
}

bool is_title(std::string_view text) { return text.size() <= longest_title && !is_blank(text) && !find_unseen(text); }

// What a person may have typed in lines. What turns text around would make the page and the letters read as something else.
bool is_written(std::string text) {
  if (text.size() > longest_words || is_blank(text)) return false;
  std::erase_if(text, [](char c) { return c == '\n' || c == '\r'; });
  return !has_control(text) && !turns_text(text);
}

}  // namespace

BodyReader::BodyReader(const Json& body, std::initializer_list<std::string_view> known) : body_(body) {
  if (!body.is_object()) wrong("", "expected an object");
  if (!body.is_object()) return;
  for (const auto& [member, value] : body.items()) {
    if (std::find(known.begin(), known.end(), member) == known.end()) wrong(member, "there is no such member");
  }
}

const Json* BodyReader::find(std::string_view member) const {
  if (!body_.is_object()) return nullptr;
  const auto value = body_.find(member);
  return value == body_.end() || value->is_null() ? nullptr : &*value;
}

bool BodyReader::has(std::string_view member) const { return find(member) != nullptr; }

std::string BodyReader::title(std::string_view member) {
  const Json* value = find(member);
  std::string title = value != nullptr && value->is_string() ? value->get<std::string>() : std::string();
  if (!is_title(title))
    wrong(member, "expected 1 to 128 bytes of text that can be seen, without control or formatting characters");
  return title;
}

std::string BodyReader::words(std::string_view member) {
  const Json* value = find(member);
  if (value == nullptr) return {};
  std::string text = value->is_string() ? value->get<std::string>() : std::string();
  if (value->is_string() && text.empty()) return {};
  if (is_written(text)) {
    std::erase(text, '\r');
    std::replace(text.begin(), text.end(), '\t', ' ');
    return text;
  }
  wrong(member,
        "expected at most 4096 bytes of text that is not blank, without control characters but line breaks and tabs, "
        "and without characters that turn text around");
  return {};
}

std::vector<ServiceId> BodyReader::services(std::string_view member) {
  std::vector<ServiceId> services;
  const Json* list = find(member);
  const bool fits = list != nullptr && list->is_array() && !list->empty() && list->size() <= most_services &&
                    std::all_of(list->begin(), list->end(), is_id);
  if (!fits) {
    wrong(member, "expected a list of 1 to 1000 ids of services");
    return services;
  }
  for (const Json& id : *list) {
    ServiceId service(id.get<std::string>());
    if (std::find(services.begin(), services.end(), service) == services.end()) services.push_back(std::move(service));
  }
  return services;
}

bool BodyReader::is_wrong(std::string_view member) const {
  return std::any_of(errors_.begin(), errors_.end(), [&](const FieldError& one) { return one.parameter == member; });
}

void BodyReader::wrong(std::string_view member, std::string detail) {
  errors_.push_back({std::string(member), std::move(detail)});
}

std::optional<Problem> BodyReader::problem(std::string detail) {
  if (errors_.empty()) return std::nullopt;
  return Problem{422, std::move(detail), {}, std::move(errors_)};
}

}  // namespace allclear::api
