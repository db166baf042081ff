#include "adapters/api/body_reader.h"

#include <algorithm>

#include "core/rules/evidence.h"

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

bool is_written(std::string_view text) {
  return text.size() <= longest_words && std::none_of(text.begin(), text.end(), [](char c) {
           const auto byte = static_cast<unsigned char>(c);
           return (byte < 0x20 && c != '\n' && c != '\r' && c != '\t') || byte == 0x7F;
         });
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
  if (title.empty() || clip_evidence(title, longest_title) != title)
    wrong(member, "expected 1 to 128 bytes of text without control characters");
  return title;
}

std::string BodyReader::words(std::string_view member) {
  const Json* value = find(member);
  if (value == nullptr) return {};
  if (value->is_string() && is_written(value->get_ref<const std::string&>())) {
    std::string text = value->get<std::string>();
    std::erase(text, '\r');
    std::replace(text.begin(), text.end(), '\t', ' ');
    return text.find_first_not_of(" \n") == std::string::npos ? std::string() : text;
  }
  wrong(member, "expected at most 4096 bytes of text, without control characters but line breaks");
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

void BodyReader::wrong(std::string_view member, std::string detail) {
  errors_.push_back({std::string(member), std::move(detail)});
}

std::optional<Problem> BodyReader::problem(std::string detail) {
  if (errors_.empty()) return std::nullopt;
  return Problem{422, std::move(detail), {}, std::move(errors_)};
}

}  // namespace allclear::api
