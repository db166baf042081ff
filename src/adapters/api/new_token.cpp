#include "adapters/api/new_token.h"

namespace allclear::api {
namespace {

constexpr std::string_view scope_rule = "expected a list of some of read, write, ingest, admin";

std::optional<TokenScopes> read_scopes(const Json& body) {
  const auto list = body.find("scopes");
  if (list == body.end() || !list->is_array() || list->empty()) return std::nullopt;
  TokenScopes scopes;
  for (const Json& word : *list) {
    const auto scope = word.is_string() ? parse_token_scope(word.get_ref<const std::string&>()) : std::nullopt;
    if (!scope) return std::nullopt;
    scopes.add(*scope);
  }
  return scopes;
}

std::optional<WallTime> read_end(const Json& value, WallTime now) {
  if (!value.is_string()) return std::nullopt;
  const auto time = parse_rfc3339(value.get_ref<const std::string&>());
  return time && *time > now ? std::optional(*time) : std::nullopt;
}

}  // namespace

Result<NewToken, Problem> read_new_token(const Json& body, WallTime now) {
  Problem problem{422, "the token cannot be made so", {}, {}};
  if (!body.is_object()) {
    problem.detail = "expected an object with name and scopes";
    return tl::unexpected(problem);
  }
  const auto wrong = [&](std::string_view member, std::string detail) {
    problem.errors.push_back({std::string(member), std::move(detail)});
  };
  NewToken token;
  for (const auto& [member, value] : body.items()) {
    if (member != "name" && member != "scopes" && member != "expires_at") wrong(member, "there is no such member");
  }
  if (const auto name = body.find("name"); name != body.end() && name->is_string()) token.name = *name;
  if (!is_token_name(token.name)) wrong("name", "expected " + std::string(token_name_rule));
  const auto scopes = read_scopes(body);
  if (!scopes) wrong("scopes", std::string(scope_rule));
  token.scopes = scopes.value_or(TokenScopes{});
  if (const auto end = body.find("expires_at"); end != body.end() && !end->is_null()) {
    token.expires_at = read_end(*end, now);
    if (!token.expires_at) wrong("expires_at", "expected a time to come, such as 2027-11-20T08:40:00Z, or null");
  }
  if (!problem.errors.empty()) return tl::unexpected(std::move(problem));
  return token;
}

}  // namespace allclear::api
