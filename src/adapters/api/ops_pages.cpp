#include "adapters/api/ops_pages.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "adapters/api/cookies.h"
#include "adapters/api/headers.h"
#include "adapters/api/own_pages.h"
#include "net/digest.h"
#include "net/hmac.h"
#include "net/random.h"
#include "net/request_target.h"

namespace allclear::api {
namespace {

constexpr std::string_view ops_root = "/ops/";
constexpr std::string_view login_path = "/ops/login";
constexpr std::string_view logout_path = "/ops/logout";
constexpr std::size_t largest_form = 8 * 1024;
constexpr std::size_t longest_next = 1'024;
constexpr std::size_t longest_password_bytes = 4 * most_password_characters;
constexpr std::chrono::hours form_lasts{1};
constexpr std::size_t form_secret_bytes = 20;
constexpr seconds throttle_told_again{10};
constexpr std::string_view wrong_sentence = "User or password is wrong.";
constexpr std::string_view elsewhere_sentence = "This form was sent from another site.";

using Form = std::vector<std::pair<std::string, std::string>>;
using ResponderPointer = std::shared_ptr<net::Responder>;

std::string field_of(const Form& form, std::string_view name) {
  for (const auto& [key, value] : form) {
    if (key == name) return value;
  }
  return {};
}

bool is_form(std::string_view content_type) {
  const std::string_view kind = content_type.substr(0, content_type.find(';'));
  return net::equal_without_case(kind.substr(0, kind.find_last_not_of(' ') + 1), "application/x-www-form-urlencoded");
}

// RFC 3986: all but what may stand in a path or query as it is.
std::string percent_encoded(std::string_view text, std::string_view kept) {
  std::string encoded;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       std::string_view("-._~").find(c) != std::string_view::npos ||
                       kept.find(c) != std::string_view::npos;
    encoded += plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return encoded;
}

// As it was asked for, encoded again.
std::string target_of(const net::HttpRequest& request) {
  std::string target = percent_encoded(request.path, "/");
  for (std::size_t i = 0; i < request.query.size(); ++i) {
    const auto& [name, value] = request.query[i];
    target += (i == 0 ? "?" : "&") + percent_encoded(name, "") + "=" + percent_encoded(value, "");
  }
  return target;
}

std::string csrf_of_form(std::string_view secret) {
  return net::hex_digits(net::hmac_sha256(secret, "allclear login form"));
}

// What the form of this request's browser has to bring along; empty: it was given no form.
std::string expected_csrf(const net::HttpRequest& request) {
  const std::string_view secret = cookie_of(request, Cookie::login_form);
  return secret.size() == 2 * form_secret_bytes ? csrf_of_form(secret) : std::string();
}

std::string account_of(std::string text) {
  text.erase(0, text.find_first_not_of(' '));
  text.erase(text.find_last_not_of(' ') + 1);
  std::transform(text.begin(), text.end(), text.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return text;
}

// Without what an answer has no use for.
net::HttpRequest kept_part(const net::HttpRequest& request) {
  net::HttpRequest kept;
  kept.path = request.path;
  kept.secure = request.secure;
  kept.client_address = request.client_address;
  for (const net::HttpField& field : request.headers) {
    if (net::equal_without_case(field.name, "Cookie")) kept.headers.push_back(field);
  }
  return kept;
}

}  // namespace

bool is_ops_path(std::string_view path) { return path == "/ops" || path.starts_with(ops_root); }

std::string safe_next(std::string_view wanted) {
  const bool plain = std::all_of(wanted.begin(), wanted.end(), [](char c) {
    return c > ' ' && c <= '~' && c != '\\' && c != '"' && c != '<' && c != '>';
  });
  const std::string_view path = wanted.substr(0, wanted.find_first_of("?#"));
  const bool fits = plain && wanted.starts_with(ops_root) && wanted.size() <= longest_next &&
                    path.find("/.") == std::string_view::npos && path != login_path && path != logout_path;
  return std::string(fits ? wanted : ops_root);
}

std::span<const OpsRoute> OpsPages::routes() {
  static constexpr std::array<OpsRoute, 5> known{
      {{"GET", "/ops/"}, {"GET", login_path}, {"POST", login_path}, {"POST", logout_path}, {"GET", "/ops/{view}"}}};
  return known;
}

net::Reply OpsPages::handle(const net::HttpRequest& request) {
  const bool reads = request.method == "GET" || request.method == "HEAD";
  const bool is_login = request.path == login_path;
  const bool is_logout = request.path == logout_path;
  const std::string_view allowed = is_login    ? "GET, HEAD, POST, OPTIONS"
                                   : is_logout ? "POST, OPTIONS"
                                               : "GET, HEAD, OPTIONS";
  if (request.method == "OPTIONS") return methods(204, allowed);
  if (reads && is_login) return login_form(request);
  if (reads && !is_logout) return request.path == "/ops" ? go_to(std::string(ops_root)) : shell(request);
  if (request.method != "POST" || (!is_login && !is_logout)) return methods(405, allowed);
  if (!is_form(request.header("Content-Type"))) return problem(415, "This path takes forms only.");
  if (request.body.size() > largest_form) return problem(413, "This form is too large.");
  return is_login ? log_in(request) : log_out(request);
}

net::Reply OpsPages::shell(const net::HttpRequest& request) {
  const auto caller = visitors_.recognise(request);
  if (!caller) return problem(503, "Sessions cannot be read at the moment. Try again soon.");
  if (!*caller) return go_to(std::string(login_path) + "?next=" + percent_encoded(target_of(request), "/"));
  return html(200, render_shell(page_name_()));
}

net::HttpResponse OpsPages::login_form(const net::HttpRequest& request) {
  const std::string* next = request.query_value("next");
  const auto caller = visitors_.recognise(request);
  if (caller && *caller) return go_to(safe_next(next == nullptr ? ops_root : *next));
  LoginForm form;
  form.next = safe_next(next == nullptr ? ops_root : *next);
  return form_page(200, request, std::move(form));
}

// The form's csrf is bound to a cookie of its own, which is set with it.
net::HttpResponse OpsPages::form_page(int status, const net::HttpRequest& request, LoginForm form) {
  std::string secret(cookie_of(request, Cookie::login_form));
  if (expected_csrf(request).empty()) {
    const auto random = net::random_bytes(form_secret_bytes);
    if (!random) return problem(503, "Nobody can log in at the moment. Try again soon.");
    secret = net::hex_digits(*random);
  }
  form.csrf = csrf_of_form(secret);
  form.page_name = page_name_();
  if (ports_.sessions != nullptr) form.has_users = ports_.sessions->has_users(ports_.clock.now()).value_or(true);
  net::HttpResponse response = html(status, render_login(form));
  response.headers.push_back(set_cookie(request, Cookie::login_form, secret, form_lasts));
  return response;
}

net::Reply OpsPages::log_in(const net::HttpRequest& request) {
  const auto form = net::read_form(request.body);
  if (!form) return problem(400, "This form cannot be read.");
  if (!is_from_own_page(request)) return problem(403, elsewhere_sentence);
  Try wanted{kept_part(request), account_of(field_of(*form, "user")), field_of(*form, "password"),
             safe_next(field_of(*form, "next"))};
  const std::string expected = expected_csrf(request);
  if (expected.empty() || !net::equal_secrets(expected, field_of(*form, "csrf"))) {
    return form_page(403, request, {{}, wanted.user, wanted.next, {}, "This form was too old. Try again.", true});
  }
  warn_of_plain_text(request);
  if (!ports_.on_logins || wanted.password.size() > longest_password_bytes) {
    return form_page(401, request, {{}, wanted.user, wanted.next, {}, std::string(wrong_sentence), true});
  }
  return judge(request, std::move(wanted));
}

net::Reply OpsPages::judge(const net::HttpRequest& request, Try wanted) {
  // What cannot be a name is nobody's, and as long in coming.
  const std::string account = is_user_name(wanted.user) ? wanted.user : std::string();
  const std::string address = request.client_address;
  if (const auto wait = throttle_->begin(account, address, ports_.clock.now().monotonic)) {
    tell_throttled(address, *wait);
    const std::string sentence = fmt::format("Too many wrong tries. Try again in {}.", describe_duration(*wait));
    auto response = form_page(429, request, {{}, wanted.user, wanted.next, {}, sentence, true});
    response.headers.push_back({"Retry-After", std::to_string(wait->count())});
    return response;
  }
  return [this, wanted = std::move(wanted), account, address](ResponderPointer responder) {
    auto work = [this, responder, wanted, account, address, throttle = throttle_, &clock = ports_.clock,
                 &log = ports_.log](UserBook& users) {
      using Outcome = LoginThrottle::Outcome;
      auto made = users.log_in(account, wanted.password, clock.now().wall);
      const Outcome outcome = !made ? Outcome::not_judged : *made ? Outcome::right : Outcome::wrong;
      throttle->end(account, address, outcome, clock.now().monotonic);
      // Not what was typed: it may be a password that went into the wrong field.
      if (outcome == Outcome::wrong) log.warning("login_failed", {{"address", address}});
      if (outcome == Outcome::right) log.info("logged_in", {{"user", account}, {"address", address}});
      if (outcome == Outcome::not_judged) log.error("login_not_judged", {{"error", made.error().message}});
      responder->respond([this, made = std::move(made), wanted] { return answer_login(made, wanted); });
    };
    if (ports_.on_logins(std::move(work))) return;
    throttle_->end(account, address, LoginThrottle::Outcome::not_judged, ports_.clock.now().monotonic);
    responder->respond([this, wanted] {
      auto response =
          form_page(503, wanted.cookies,
                    {{}, wanted.user, wanted.next, {}, "Many people log in just now. Try again soon.", true});
      response.headers.push_back({"Retry-After", "2"});
      return response;
    });
  };
}

net::HttpResponse OpsPages::answer_login(const Result<std::optional<MadeSession>>& made, const Try& wanted) {
  if (!made) return problem(503, "Nobody can log in at the moment. Try again soon.");
  if (!*made) {
    return form_page(401, wanted.cookies, {{}, wanted.user, wanted.next, {}, std::string(wrong_sentence), true});
  }
  ports_.sessions->refresh();
  net::HttpResponse response = go_to(wanted.next);
  response.headers.push_back(set_cookie(wanted.cookies, Cookie::session, (*made)->text, longest_session));
  response.headers.push_back(drop_cookie(wanted.cookies, Cookie::login_form));
  return response;
}

net::Reply OpsPages::log_out(const net::HttpRequest& request) {
  const auto form = net::read_form(request.body);
  if (!form) return problem(400, "This form cannot be read.");
  if (!is_from_own_page(request)) return problem(403, elsewhere_sentence);
  const auto caller = visitors_.recognise(request);
  if (!caller) return problem(503, "Sessions cannot be read at the moment. Try again soon.");
  net::HttpResponse gone = go_to(std::string(login_path));
  gone.headers.push_back(drop_cookie(request, Cookie::session));
  if (!*caller || (*caller)->entrance == Entrance::loopback) return gone;
  if (!net::equal_secrets((*caller)->csrf, field_of(*form, "csrf"))) return problem(403, elsewhere_sentence);
  return
      [this, gone = std::move(gone), id = (*caller)->session->id, who = (*caller)->name](ResponderPointer responder) {
        ports_.on_users([this, responder, gone, id, who, &log = ports_.log](UserBook& users) {
          const auto ended = users.end(id);
          if (ended) log.info("logged_out", {{"user", who}});
          responder->respond([this, gone, stored = ended.has_value()] {
            ports_.sessions->refresh();
            return stored ? gone : problem(503, "You are still logged in: that cannot be changed at the moment.");
          });
        });
      };
}

// Not each of a flood.
void OpsPages::tell_throttled(const std::string& address, seconds wait) {
  const MonotonicTime now = ports_.clock.now().monotonic;
  if (throttled_told_ && now - *throttled_told_ < throttle_told_again) return;
  throttled_told_ = now;
  ports_.log.warning("login_throttled", {{"address", address}, {"wait_s", static_cast<std::int64_t>(wait.count())}});
}

void OpsPages::warn_of_plain_text(const net::HttpRequest& request) {
  if (request.secure || warned_ || is_local(request)) return;
  warned_ = true;
  ports_.log.warning(
      "login_without_tls",
      {{"why", std::string("passwords and sessions travel readable: use server.tls, or a proxy that is in "
                           "server.trusted_proxies and sends X-Forwarded-Proto")}});
}

net::HttpResponse OpsPages::html(int status, std::string body) const {
  net::HttpResponse response;
  response.status = status;
  response.headers = {{"Content-Type", "text/html; charset=utf-8"}, {"Cache-Control", "no-store"}};
  add_common_headers(response, policy_, Audience::operators);
  response.body = std::make_shared<const std::string>(std::move(body));
  return response;
}

net::HttpResponse OpsPages::go_to(std::string location) const {
  net::HttpResponse response;
  response.status = 303;
  response.headers = {{"Location", std::move(location)}, {"Cache-Control", "no-store"}};
  add_common_headers(response, policy_, Audience::operators);
  return response;
}

net::HttpResponse OpsPages::methods(int status, std::string_view allowed) const {
  net::HttpResponse response =
      status == 405 ? problem(405, fmt::format("This path answers {} only.", allowed)) : go_to({});
  if (status != 405) {
    response.status = status;
    response.headers.erase(response.headers.begin());
  }
  response.headers.push_back({"Allow", std::string(allowed)});
  return response;
}

net::HttpResponse OpsPages::problem(int status, std::string_view sentence) const {
  net::HttpResponse response = html(status, render_ops_problem(page_name_(), sentence));
  if (status == 503) response.headers.push_back({"Retry-After", "5"});
  return response;
}

}  // namespace allclear::api
