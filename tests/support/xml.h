// A strict little XML reader for tests: what it takes is well-formed UTF-8 without a DTD. It is stricter than XML where our
// documents are: attributes stand in double quotes, entities are the five and numbers. Pure.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace allclear::test {

struct XmlElement {
  std::string name;
  std::map<std::string, std::string> attributes;
  std::string text;  // of its own, without its children's
  std::vector<XmlElement> children;

  std::vector<const XmlElement*> all(std::string_view wanted) const;
  // The only one; an empty element when there is none or more than one.
  const XmlElement& child(std::string_view wanted) const;
  std::string attribute(const std::string& wanted) const;
};

// The error says what and where.
Result<XmlElement> parse_xml(std::string_view text);

}  // namespace allclear::test
