#include "tests/support/xml.h"

#include <charconv>
#include <optional>

#include <fmt/format.h>

namespace allclear::test {
namespace {

// XML 1.0, production 2.
bool is_character(std::uint32_t code) {
  return code == 0x9 || code == 0xA || code == 0xD || (code >= 0x20 && code <= 0xD7FF) ||
         (code >= 0xE000 && code <= 0xFFFD) || (code >= 0x10000 && code <= 0x10FFFF);
}

// The code at the front and its length; nullopt: not UTF-8.
std::optional<std::pair<std::uint32_t, std::size_t>> decode(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text.front());
  const std::size_t length = lead < 0x80 ? 1 : lead >= 0xF0 && lead < 0xF5 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (length > text.size() || (lead >= 0x80 && lead < 0xC2) || lead >= 0xF5) return std::nullopt;
  std::uint32_t code = length == 1 ? lead : lead & (0xFFU >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if ((byte & 0xC0U) != 0x80U) return std::nullopt;
    code = code << 6U | (byte & 0x3FU);
  }
  if ((length == 3 && code < 0x800) || (length == 4 && code < 0x10000)) return std::nullopt;
  return std::pair{code, length};
}

bool is_name(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == ':' || c == '-' || c == '_';
}

class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  Result<XmlElement> document() {
    take("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n");
    XmlElement root;
    if (!element(root)) return failure(error_);
    skip_space();
    return at_ == text_.size() ? Result<XmlElement>(std::move(root)) : failure(wrong("something after the end"));
  }

 private:
  std::string_view rest() const { return text_.substr(at_); }

  std::string wrong(std::string_view what) const {
    return fmt::format("{} at {}: {}", what, at_, rest().substr(0, 40));
  }

  bool fail(std::string_view what) {
    if (error_.empty()) error_ = wrong(what);
    return false;
  }

  bool take(std::string_view part) {
    if (!rest().starts_with(part)) return false;
    at_ += part.size();
    return true;
  }

  bool skip_space() {
    const std::size_t before = at_;
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\n')) ++at_;
    return at_ > before;
  }

  bool name(std::string& into) {
    while (at_ < text_.size() && is_name(text_[at_])) into += text_[at_++];
    return !into.empty() || fail("no name");
  }

  bool entity(std::string& into) {
    for (const auto& [written, meant] :
         {std::pair{"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&#39;", '\''}}) {
      if (take(written)) return into += meant, true;
    }
    return fail("unknown entity");
  }

  // Up to '<', in an attribute up to '"'.
  bool characters(std::string& into, char end) {
    while (at_ < text_.size() && text_[at_] != end) {
      if (text_[at_] == '<') return fail("'<' in an attribute");
      if (text_[at_] == '&') {
        if (!entity(into)) return false;
        continue;
      }
      const auto code = decode(rest());
      if (!code || !is_character(code->first)) return fail("no character");
      into += rest().substr(0, code->second);
      at_ += code->second;
      if (into.ends_with("]]>")) return fail("']]>'");
    }
    return at_ < text_.size() || fail("no end");
  }

  bool attributes(XmlElement& of) {
    while (skip_space()) {
      std::string key;
      std::string value;
      if (!name(key) || !take("=\"")) return fail("no attribute");
      if (!characters(value, '"')) return false;
      ++at_;
      if (!of.attributes.emplace(key, value).second) return fail("the attribute again");
    }
    return true;
  }

  bool element(XmlElement& into) {
    if (!take("<")) return fail("no element");
    if (!name(into.name) || !attributes(into)) return false;
    if (take("/>")) return true;
    if (!take(">")) return fail("no '>'");
    while (characters(into.text, '<')) {
      if (take("</")) return take(into.name + ">") || fail("another one ends");
      into.children.emplace_back();
      if (!element(into.children.back())) return false;
    }
    return false;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::string error_;
};

}  // namespace

std::vector<const XmlElement*> XmlElement::all(std::string_view wanted) const {
  std::vector<const XmlElement*> found;
  for (const XmlElement& each : children) {
    if (each.name == wanted) found.push_back(&each);
  }
  return found;
}

const XmlElement& XmlElement::child(std::string_view wanted) const {
  static const XmlElement none;
  const auto found = all(wanted);
  return found.size() == 1 ? *found.front() : none;
}

std::string XmlElement::attribute(const std::string& wanted) const {
  const auto found = attributes.find(wanted);
  return found == attributes.end() ? std::string() : found->second;
}

Result<XmlElement> parse_xml(std::string_view text) { return Reader(text).document(); }

}  // namespace allclear::test
