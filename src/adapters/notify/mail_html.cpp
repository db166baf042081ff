#include "adapters/notify/mail_html.h"

#include <fmt/format.h>

#include "adapters/notify/text.h"

namespace allclear::notify {
namespace {

constexpr std::size_t no_limit = 100'000;  // the message is bounded already

std::string escaped(std::string_view text) { return escape_html(text, no_limit); }

std::string paragraphs(std::string_view text) {
  std::string out;
  for (const char c : escaped(text)) out += c == '\n' ? std::string("<br>\n") : std::string(1, c);
  return out;
}

std::string rows(const Message& message) {
  std::string out;
  for (const Fact& fact : message.facts) {
    out += fmt::format(
        "<tr><th scope=\"row\" align=\"left\" valign=\"top\" style=\"padding:2px 16px 2px "
        "0;font-weight:normal;white-space:nowrap;"
        "color:#667085\">{}</th><td style=\"padding:2px "
        "0;word-break:break-word;overflow-wrap:anywhere\">{}</td></tr>\n",
        fact.label, escaped(fact.value));
  }
  return out;
}

std::string link(std::string_view label, const std::string& address) {
  if (address.empty()) return {};
  return fmt::format("<a href=\"{}\" style=\"color:#1565c0;margin-right:16px\">{}</a>\n", escaped(address), label);
}

std::string diagnosis(const Message& message) {
  if (message.diagnosis.empty()) return {};
  return fmt::format("<p style=\"margin:16px 0 0\"><strong>Diagnosis</strong><br>\n{}</p>\n",
                     paragraphs(message.diagnosis));
}

}  // namespace

std::string mail_html(const Message& message, std::string_view footer) {
  return fmt::format(
      "<!doctype html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width\">\n<title>{subject}</title></head>\n"
      "<body style=\"margin:0;padding:16px;background:#f2f4f7;color:#1d2939;"
      "font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif;font-size:15px;line-height:1.5\">\n"
      "<table role=\"presentation\" align=\"center\" width=\"100%\" cellpadding=\"0\" cellspacing=\"0\" "
      "style=\"max-width:600px;background:#ffffff;border-top:4px solid #{colour:06x}\">\n"
      "<tr><td style=\"padding:24px;word-break:break-word;overflow-wrap:anywhere\">\n"
      "<h1 style=\"margin:0 0 8px;font-size:20px;line-height:1.3;color:#{colour:06x}\">{subject}</h1>\n"
      "<p style=\"margin:0 0 16px\">{body}</p>\n"
      "<table cellpadding=\"0\" cellspacing=\"0\">\n{rows}</table>\n{diagnosis}"
      "<p style=\"margin:16px 0 0\">{links}</p>\n"
      "<p style=\"margin:24px 0 0;font-size:13px;color:#667085\">{footer}</p>\n"
      "</td></tr>\n</table>\n</body>\n</html>\n",
      fmt::arg("subject", escaped(message.subject)), fmt::arg("colour", colour_of(message)),
      fmt::arg("body", paragraphs(message.body)), fmt::arg("rows", rows(message)),
      fmt::arg("diagnosis", diagnosis(message)),
      fmt::arg("links", link("Incident", message.incident_link) + link("Status page", message.page_link)),
      fmt::arg("footer", escaped(footer)));
}

}  // namespace allclear::notify
