// The frame of every public page: head, header, footer. Pure.
#pragma once

#include <string>

#include "adapters/api/page_parts.h"

namespace allclear::api {

enum class PageKind : std::uint8_t { index, history, incident };

struct Framed {
  PageKind kind = PageKind::index;
  std::string title;  // escaped
  std::string main;   // finished HTML
};

std::string frame_page(const Sheet& sheet, const Framed& page);

}  // namespace allclear::api
