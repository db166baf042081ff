// OpsPages: what people see below /ops: the login, the way out, and the shell of the dashboard for whoever is logged in. One
// thread; passwords are judged on another.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "adapters/api/login_throttle.h"
#include "adapters/api/operators.h"
#include "adapters/api/ops_html.h"
#include "adapters/api/visitors.h"

namespace allclear::api {

// "/ops" or what lies below it.
bool is_ops_path(std::string_view path);

struct OpsRoute {
  std::string_view method;  // GET answers HEAD, too
  std::string_view path;
};

class OpsPages {
 public:
  // Of the ports: sessions, clock, log, on_users, on_logins and the entrance.
  OpsPages(AnswerPolicy policy, OperatorPorts ports, std::function<std::string()> page_name)
      : policy_(std::move(policy)),
        ports_(std::move(ports)),
        visitors_(ports_.sessions, ports_.clock, ports_.entrance),
        page_name_(std::move(page_name)) {}

  // Of an ops path.
  net::Reply handle(const net::HttpRequest& request);

  static std::span<const OpsRoute> routes();  // as openapi.yaml names them

 private:
  // What a form's answer needs of its request.
  struct Try {
    net::HttpRequest cookies;  // for how cookies are set
    std::string user;
    std::string password;
    std::string next;
  };

  net::Reply shell(const net::HttpRequest& request);
  net::HttpResponse login_form(const net::HttpRequest& request);
  net::Reply log_in(const net::HttpRequest& request);
  net::Reply judge(const net::HttpRequest& request, Try wanted);
  net::HttpResponse answer_login(const Result<std::optional<MadeSession>>& made, const Try& wanted);
  net::Reply log_out(const net::HttpRequest& request);
  net::HttpResponse form_page(int status, const net::HttpRequest& request, LoginForm form);
  net::HttpResponse html(int status, std::string body) const;
  net::HttpResponse go_to(std::string location) const;
  net::HttpResponse methods(int status, std::string_view allowed) const;
  net::HttpResponse problem(int status, std::string_view sentence) const;
  void tell_throttled(const std::string& address, seconds wait);
  void warn_of_plain_text(const net::HttpRequest& request);

  const AnswerPolicy policy_;
  const OperatorPorts ports_;
  const Visitors visitors_;
  const std::function<std::string()> page_name_;
  const std::shared_ptr<LoginThrottle> throttle_ = std::make_shared<LoginThrottle>();
  std::optional<MonotonicTime> throttled_told_;
  bool warned_ = false;  // that passwords come in plain text
};

// The path below /ops/ that a login leads to; "/ops/" for anything that leads elsewhere, or nowhere.
std::string safe_next(std::string_view wanted);

}  // namespace allclear::api
