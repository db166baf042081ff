// make_history CONFIG DATA_FOLDER DAYS [SEED [STEP_BACK_S]]: writes a past into a data folder, as if `serve` had run
// with this config until now (or so many seconds ago), over targets that fail at times by the seed.
#include <cstdio>
#include <cstdlib>
#include <string>

#include <fmt/format.h>

#include "adapters/config/load.h"
#include "adapters/store/sqlite/data_folder.h"
#include "adapters/store/sqlite/sqlite_store.h"
#include "runtime/system_clock.h"
#include "tests/replay/script.h"

namespace {

using namespace allclear;

config::Environment own_environment() {
  return [](std::string_view name) -> std::optional<std::string> {
    const char* value = std::getenv(std::string(name).c_str());
    return value == nullptr ? std::nullopt : std::optional<std::string>(value);
  };
}

int fail(const std::string& why) {
  fmt::print(stderr, "make_history: {}\n", why);
  return 1;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 4) return fail("expected CONFIG DATA_FOLDER DAYS [SEED [STEP_BACK_S]]");
  const auto loaded = config::load_file(argv[1], own_environment());
  if (!loaded.config) return fail("the config has mistakes (see allclear validate)");
  const auto lasts = parse_duration(std::string(argv[3]) + "d");
  if (!lasts) return fail(lasts.error().message);
  const std::uint64_t seed = argc > 4 ? std::stoull(argv[4]) : 1;
  const seconds back(argc > 5 ? std::stoll(argv[5]) : 0);
  const auto folder = store::open_data_folder(argv[2]);
  if (!folder) return fail(folder.error().message);
  const WallTime to = runtime::SystemClock().now().wall - back;
  const WallTime from = to - *lasts;
  const auto log = make_silent_log();
  const auto store = store::open_sqlite_store({folder->database(), {}, milliseconds(1'000)}, from, *log);
  if (!store) return fail(store.error().message);
  const auto& catalogue = loaded.config->catalogue;
  replay_test::GeneratedHistory history(**store, catalogue,
                                        replay_test::behave(replay_test::random_spells(*catalogue, from, to, seed)));
  history.run(from, to);
  fmt::print("{} results from {} to {}\n", history.results(), format_rfc3339(from), format_rfc3339(to));
  return 0;
}
