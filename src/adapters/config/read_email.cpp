#include "adapters/config/read_email.h"

#include <algorithm>

#include "adapters/config/smtp_address.h"
#include "adapters/config/target_fields.h"

namespace allclear::config {
namespace {

constexpr std::uint16_t port_of_smtps = 465;
constexpr std::uint16_t port_of_submission = 587;
constexpr std::uint16_t port_of_servers = 25;

constexpr std::array<std::pair<std::string_view, MailTls>, 3> tls_words{
    {{"required", MailTls::required}, {"offered", MailTls::offered}, {"off", MailTls::off}}};

void read_people(const Section& email, EmailChannel& channel) {
  for (const Node* item : email.items("to")) {
    if (!item->is_scalar() || !is_mail_address(item->text)) {
      email.misfit(*item, "to", "expected a mail address such as ops@example.com");
    } else if (std::find(channel.to.begin(), channel.to.end(), item->text) == channel.to.end()) {
      channel.to.emplace_back(item->text);
    }
  }
  if (email.is_map() && !email.has("to")) email.missing("to", "expected addresses");
  if (email.has("to") && email.items("to").empty()) email.error("to", "expected at least one address");
  if (email.is_map() && !email.has("from")) email.missing("from", "expected the sender's address");
  channel.from = email.text("from").value_or("");
  if (email.has("from") && !is_mail_address(channel.from))
    email.misfit("from", "expected a mail address such as allclear@example.com");
}

// What stands in the address of the server, or in keys of its own.
void read_login(const Section& email, const SmtpAddress& server, EmailChannel& channel) {
  const bool apart = email.has("user") || email.has("password") || email.has("password_file");
  channel.user = apart ? email.text("user").value_or("") : server.user;
  channel.password = apart ? email.secret("password").value_or("") : server.password;
  if (!is_header_value(channel.user)) email.error("user", "expected one line without control characters");
  if (apart && !server.user.empty()) {
    email.error(email.has("user") ? "user" : "password", "is written in smtp already");
  } else if (channel.user.empty() != channel.password.empty()) {
    email.error(channel.user.empty() ? "user" : "password", "expected a user with a password, or neither");
  }
}

void read_tls(const Section& email, const SmtpAddress& server, EmailChannel& channel) {
  const bool loopback = is_loopback(server.host);
  channel.tls = server.tls_from_start ? MailTls::from_start : loopback ? MailTls::offered : MailTls::required;
  if (const auto written = email.choice("tls", tls_words)) {
    if (server.tls_from_start) {
      email.error("tls", "does not go with smtps://, which is encrypted from the start");
    } else {
      channel.tls = *written;
    }
  }
  const bool may_be_plain = channel.tls == MailTls::offered || channel.tls == MailTls::off;
  if (may_be_plain && !loopback && !channel.user.empty())
    email.warning("tls", "the password may cross the network in plain text");
}

// Absent: it is missing or wrong (reported). Its password is masked from now on.
std::optional<SmtpAddress> read_server(const Section& email) {
  const bool from_file = email.has("smtp_file");
  if (email.is_map() && !email.has("smtp") && !from_file)
    email.missing("smtp", "expected a mail server such as smtps://user:password@mail.example.com");
  const auto written = from_file ? email.secret("smtp") : email.text("smtp");
  if (!written) return std::nullopt;
  auto server = parse_smtp_address(*written);
  if (!server) {
    const bool may_hold_password = from_file || written->find('@') != std::string::npos;
    if (may_hold_password) email.error(from_file ? "smtp_file" : "smtp", server.error().message);
    if (!may_hold_password) email.misfit("smtp", server.error().message);
    return std::nullopt;
  }
  for (const std::string& password : {server->password, server->raw_password}) {
    if (!password.empty()) email.reading().secrets.push_back(password);
  }
  return *std::move(server);
}

std::string readable_file(const Section& section, std::string_view key) {
  const auto path = section.text(key);
  if (!path) return {};
  auto readable = section.reading().files.readable(*path);
  if (readable) return *std::move(readable);
  section.error(key, section.unreadable(key, readable.error()));
  return {};
}

}  // namespace

EmailChannel read_email(const Section& email) {
  EmailChannel channel;
  read_people(email, channel);
  channel.ca_file = readable_file(email, "ca_file");
  const auto server = read_server(email);
  if (!server) return channel;
  read_login(email, *server, channel);
  read_tls(email, *server, channel);
  channel.host = server->host;
  channel.port = server->port.value_or(server->tls_from_start ? port_of_smtps
                                       : channel.user.empty() ? port_of_servers
                                                              : port_of_submission);
  return channel;
}

}  // namespace allclear::config
