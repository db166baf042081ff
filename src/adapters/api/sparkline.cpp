#include "adapters/api/sparkline.h"

#include <algorithm>

#include <fmt/format.h>

namespace allclear::api {
namespace {

constexpr int pitch = 2;
constexpr int height = 20;
constexpr int margin = 1;  // so that the line's width is not cut off

}  // namespace

std::string sparkline(const LatencyTrend& trend) {
  microseconds highest{0};
  for (const auto& half : trend) highest = std::max(highest, half.value_or(microseconds(0)));
  if (highest <= microseconds(0)) return {};
  std::string path;
  bool drawn = false;  // a line, not only points
  int pen = -1;        // of the half hour before
  int pen_y = 0;
  for (std::size_t i = 0; i < trend.size(); ++i) {
    if (!trend[i]) continue;
    const auto index = static_cast<int>(i);
    const double share = static_cast<double>(trend[i]->count()) / static_cast<double>(highest.count());
    const int y = height - margin - static_cast<int>(share * (height - 2 * margin) + 0.5);
    const bool joined = pen >= 0 && pen == index - 1;
    path += joined ? fmt::format("l{} {}", pitch, y - pen_y) : fmt::format("M{} {}", index * pitch, y);
    drawn = drawn || joined;
    pen = index;
    pen_y = y;
  }
  if (!drawn) return {};
  return fmt::format("<svg class=\"sp\" viewBox=\"0 0 {} {}\" aria-hidden=\"true\"><path d=\"{}\"/></svg>",
                     static_cast<int>(trend.size() - 1) * pitch, height, path);
}

}  // namespace allclear::api
