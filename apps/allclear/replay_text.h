// `allclear replay`: its report as a table, or as JSON. Pure.
#pragma once

#include <string>
#include <vector>

#include "core/model/service.h"
#include "runtime/replay.h"

namespace allclear::app {

struct ReplayWords {
  std::string config;        // the file's name
  WallTime asked_from;       // --since
  bool one_service = false;  // --service
};

std::string draw_replay(const runtime::ReplayReport& report, const ReplayWords& words, const Catalogue& catalogue);
std::string render_replay(const runtime::ReplayReport& report, const ReplayWords& words, const Catalogue& catalogue);

// What the counts do not say by themselves, a sentence each.
std::vector<std::string> notes_on(const runtime::ReplayReport& report, const ReplayWords& words,
                                  const Catalogue& catalogue);

}  // namespace allclear::app
