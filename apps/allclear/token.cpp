#include <algorithm>
#include <cstdio>

#include <fmt/format.h>

#include "adapters/api/token_json.h"
#include "adapters/store/sqlite/token_file.h"
#include "adapters/store/sqlite/access_file.h"
#include "apps/allclear/command.h"
#include "apps/allclear/config_source.h"
#include "apps/allclear/terminal.h"
#include "apps/allclear/token_table.h"
#include "runtime/system_clock.h"

namespace allclear::app {
namespace {

struct TokenFlags {
  std::string config;
  std::string data;
  std::string name;
  std::string scopes = "read";
  std::string expires;
  std::string which;  // to revoke: a name or an id
  std::string service;
  bool json = false;
};

WallTime wall_now() { return runtime::SystemClock().now().wall; }

int refuse(int code, std::string_view why) {
  fmt::print(stderr, "allclear: {}\n", why);
  return code;
}

// Where the tokens are, and the config if one was asked for. Nothing (exit 78): it was explained.
struct Place {
  std::filesystem::path file;
  std::optional<config::ConfigFile> config;
};

std::optional<Place> find_place(const TokenFlags& flags) {
  if (!flags.data.empty() && flags.config.empty()) return Place{store::access_file(flags.data), std::nullopt};
  std::filesystem::path found;
  auto config = find_and_load(flags.config, found);
  if (!config) return std::nullopt;
  return Place{store::access_file(data_folder_of(flags.data, *config)), std::move(config)};
}

Result<TokenScopes> parse_scopes(std::string_view text) {
  TokenScopes scopes;
  for (std::string_view rest = text; !rest.empty() || scopes.empty();) {
    const std::size_t comma = std::min(rest.find(','), rest.size());
    const auto scope = parse_token_scope(rest.substr(0, comma));
    if (!scope) {
      return failure(fmt::format("--scope: expected some of read,write,ingest,admin, got \"{}\"", printable(text)));
    }
    scopes.add(*scope);
    rest.remove_prefix(std::min(comma + 1, rest.size()));
  }
  return scopes;
}

Result<std::optional<WallTime>> parse_end(const std::string& text, WallTime now) {
  if (text.empty()) return std::nullopt;
  const auto lasts = parse_duration(text);
  if (!lasts || *lasts <= milliseconds(0)) {
    return failure(fmt::format("--expires: expected a time such as 90d or 12h, got \"{}\"", printable(text)));
  }
  return now + *lasts;
}

// The text alone goes to standard output, so that a script can keep it.
int make(const NewToken& wanted, const std::filesystem::path& file) {
  const auto made = store::TokenFile(file).create(wanted, wall_now());
  if (!made) return refuse(exit_failure, made.error().message);
  const Token& token = made->token;
  fmt::print(stderr, "Token \"{}\" ({}{}). It is shown this once: keep it now.\n", token.name, describe_grant(token),
             token.expires_at ? ", until " + format_rfc3339(std::chrono::floor<seconds>(*token.expires_at)) : "");
  fmt::print("{}\n", made->text);
  return exit_ok;
}

int create(const TokenFlags& flags) {
  if (!is_token_name(flags.name)) return refuse(exit_usage, fmt::format("--name: expected {}", token_name_rule));
  const auto scopes = parse_scopes(flags.scopes);
  if (!scopes) return refuse(exit_usage, scopes.error().message);
  const auto end = parse_end(flags.expires, wall_now());
  if (!end) return refuse(exit_usage, end.error().message);
  const auto place = find_place(flags);
  if (!place) return exit_bad_config;
  return make({flags.name, TokenKind::api, *scopes, {}, *end}, place->file);
}

int ping(const TokenFlags& flags) {
  const std::string name = flags.name.empty() ? "ping " + flags.service : flags.name;
  if (!is_token_name(name)) return refuse(exit_usage, fmt::format("--name: expected {}", token_name_rule));
  const auto end = parse_end(flags.expires, wall_now());
  if (!end) return refuse(exit_usage, end.error().message);
  const auto place = find_place(flags);
  if (!place) return exit_bad_config;
  const ServiceId id(flags.service);
  if (place->config) {
    const auto& services = place->config->catalogue->services;
    const bool known = std::any_of(services.begin(), services.end(), [&](const auto& each) { return each->id == id; });
    if (!known) {
      return refuse(exit_failure, fmt::format("the config names no service \"{}\"", printable(flags.service)));
    }
  }
  return make({name, TokenKind::ping, {}, id, *end}, place->file);
}

int list(const TokenFlags& flags) {
  const auto place = find_place(flags);
  if (!place) return exit_bad_config;
  const auto tokens = store::TokenFile(place->file).list();
  if (!tokens) return refuse(exit_failure, tokens.error().message);
  if (flags.json) {
    fmt::print("{}\n", api::render_tokens(*tokens, wall_now()));
  } else if (tokens->empty()) {
    fmt::print("There are no tokens. To make one: allclear token create --name NAME\n");
  } else {
    fmt::print("{}", draw_tokens(*tokens, wall_now()));
  }
  return exit_ok;
}

int revoke(const TokenFlags& flags) {
  const auto place = find_place(flags);
  if (!place) return exit_bad_config;
  store::TokenFile file(place->file);
  const auto tokens = file.list();
  if (!tokens) return refuse(exit_failure, tokens.error().message);
  const auto by_id =
      std::find_if(tokens->begin(), tokens->end(), [&](const Token& token) { return token.id.value() == flags.which; });
  const auto found =
      by_id != tokens->end() ? by_id : std::find_if(tokens->begin(), tokens->end(), [&](const Token& token) {
        return token.name == flags.which && !token.revoked_at;
      });
  if (found == tokens->end()) {
    return refuse(exit_failure, fmt::format("no token has the name or id \"{}\" (allclear token list shows them)",
                                            printable(flags.which)));
  }
  const auto revoked = file.revoke(found->id, wall_now());
  if (!revoked) return refuse(exit_failure, revoked.error().message);
  fmt::print("Token \"{}\" is revoked; a running monitor refuses it within a second.\n", found->name);
  return exit_ok;
}

Command add_part(Command token, const std::shared_ptr<TokenFlags>& flags, const std::string& name,
                 const std::string& about, int (*action)(const TokenFlags&)) {
  Command part = token.add_command(name, about);
  part.add_option("--config", flags->config, "The config file, for its data folder");
  part.add_option("--data", flags->data, "The data folder itself");
  part.runs([flags, action] { return action(*flags); });
  return part;
}

}  // namespace

void add_token(Command program) {
  Command token = program.add_command("token", "Make, list and revoke tokens of the API, also while serve runs");
  token.require_command();
  const auto flags = std::make_shared<TokenFlags>();
  Command part = add_part(token, flags, "create", "Make a token; its text is printed once", create);
  part.add_option("--name", flags->name, "What it is called in lists, logs and timelines").required();
  part.add_option("--scope", flags->scopes, "Some of read,write,ingest,admin; write includes read, admin everything")
      .show_default();
  part.add_option("--expires", flags->expires, "After this time it opens nothing, such as 90d; else it never ends");
  part = add_part(token, flags, "ping", "Make the token of a service's heartbeat", ping);
  part.add_option("service", flags->service, "The service's id").required();
  part.add_option("--name", flags->name, "What it is called; \"ping SERVICE\" unless told");
  part.add_option("--expires", flags->expires, "After this time it opens nothing");
  part = add_part(token, flags, "list", "Show all tokens, without their texts", list);
  part.add_flag("--json", flags->json, "As GET /api/v1/tokens answers");
  part = add_part(token, flags, "revoke", "End a token, within a second also at a running monitor", revoke);
  part.add_option("token", flags->which, "Its name or id").required();
  token.set_examples(
      "Examples:\n"
      "  allclear token create --name dashboard\n"
      "  allclear token create --name ci --scope write --expires 90d\n"
      "  allclear token ping nightly-backup\n"
      "  allclear token revoke ci");
}

}  // namespace allclear::app
