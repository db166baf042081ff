#include "adapters/api/ops_html.h"

#include <fmt/format.h>

#include "adapters/api/assets.h"
#include "adapters/api/html.h"

namespace allclear::api {
namespace {

constexpr std::string_view sign =
    "<link rel=\"icon\" href=\"data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 20 "
    "20'%3E%3Crect x='1' y='1' width='18' height='18' rx='5' fill='%230b57d0'/%3E%3Cpath d='M5.5 10.5l3 3 6-7' "
    "fill='none' stroke='%23fff' stroke-width='2.4'/%3E%3C/svg%3E\">";

std::string ops_head(std::string_view title, std::string_view page_name, const std::string& links) {
  return fmt::format(
      "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>{} \u00b7 {}</title>"
      "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\"><meta name=\"color-scheme\" "
      "content=\"light dark\"><meta name=\"robots\" content=\"noindex\">{}{}</head>\n",
      title, escape_html(page_name), sign, links);
}

std::string style(std::string_view name) {
  return fmt::format("<link rel=\"stylesheet\" href=\"{}\">", asset_path(name));
}

std::string alone(std::string_view title, std::string_view page_name, std::string_view main) {
  return ops_head(title, page_name, style("status.css") + style("login.css")) +
         fmt::format(
             "<body class=\"login\"><main id=\"main\"><p class=\"brand\">{}</p>{}</main>"
             "<footer><a href=\"/\">Status page</a></footer></body></html>\n",
             escape_html(page_name), main);
}

}  // namespace

std::string render_login(const LoginForm& form) {
  std::string main = "<section class=\"card\"><h1>Log in</h1>";
  if (!form.wrong.empty()) {
    main += fmt::format("<p class=\"wrong down\" id=\"wrong\" role=\"alert\">{}</p>", escape_html(form.wrong));
  }
  if (!form.has_users) {
    main +=
        "<p class=\"hint\">There is no user yet. On the server, make the first one:</p>"
        "<pre tabindex=\"0\"><code>allclear user create NAME <span>--role admin</span></code></pre>";
  }
  const std::string_view described = form.wrong.empty() ? "" : " aria-describedby=\"wrong\"";
  main += fmt::format(
      "<form method=\"post\" action=\"/ops/login\"><input type=\"hidden\" name=\"csrf\" value=\"{}\">"
      "<input type=\"hidden\" name=\"next\" value=\"{}\">"
      "<label for=\"user\">User</label><input id=\"user\" name=\"user\" value=\"{}\" autocomplete=\"username\" "
      "autocapitalize=\"none\" spellcheck=\"false\" maxlength=\"64\" required{}{}>"
      "<label for=\"password\">Password</label><input id=\"password\" name=\"password\" type=\"password\" "
      "autocomplete=\"current-password\" maxlength=\"256\" required{}{}>"
      "<button>Log in</button></form></section>",
      escape_html(form.csrf), escape_html(form.next), escape_html(form.user), described,
      form.user.empty() ? " autofocus" : "", described, form.user.empty() ? "" : " autofocus");
  return alone("Log in", form.page_name, main);
}

std::string render_shell(std::string_view page_name) {
  const Asset* script = find_asset("ops.js");
  if (script == nullptr) {
    return alone(
        "Operations", page_name,
        "<section class=\"card\"><h1>No dashboard here</h1><p>You are logged in. The dashboard needs its script, "
        "which this program was built without; the API below <code>/api/v1</code> answers.</p></section>");
  }
  const Asset* look = find_asset("ops.css");
  const std::string links =
      (look == nullptr ? std::string() : fmt::format("<link rel=\"stylesheet\" href=\"{}\">", look->path)) +
      fmt::format("<script src=\"{}\"></script>", script->path);
  return ops_head("Operations", page_name, links) +
         "<body><noscript><main><h1>The dashboard needs JavaScript</h1><p>The <a href=\"/\">status page</a> does "
         "without.</p></main></noscript></body></html>\n";
}

std::string render_ops_problem(std::string_view page_name, std::string_view sentence) {
  return alone(
      "Not done", page_name,
      fmt::format("<section class=\"card\"><h1>That was not done</h1><p>{}</p><p><a href=\"/ops/login\">To the "
                  "login</a></p></section>",
                  escape_html(sentence)));
}

}  // namespace allclear::api
