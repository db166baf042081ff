#include "adapters/api/token_json.h"

namespace allclear::api {

void write_token(JsonWriter& json, const Token& token, WallTime now) {
  json.key("id").text(token.id.value()).key("name").text(token.name).key("kind").text(to_string(token.kind));
  json.key("state").text(to_string(state_of(token, now))).key("scopes").begin_array();
  for (const TokenScope scope : token.scopes.list()) json.text(to_string(scope));
  json.end_array().key("service");
  token.service.empty() ? json.null() : json.text(token.service.value());
  json.key("created_at").time(token.created_at).key("expires_at").time_or_null(token.expires_at);
  json.key("last_used_at").time_or_null(token.last_used_at).key("revoked_at").time_or_null(token.revoked_at);
}

std::string render_tokens(const std::vector<Token>& tokens, WallTime now) {
  JsonWriter json;
  json.begin_object().key("tokens").begin_array();
  for (const Token& token : tokens) {
    json.begin_object();
    write_token(json, token, now);
    json.end_object();
  }
  json.end_array().end_object();
  return json.take();
}

}  // namespace allclear::api
