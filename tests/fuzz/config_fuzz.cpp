// Whatever the bytes are, loading a config ends with a config or with located errors (S13).
#include <algorithm>
#include <cstdint>
#include <cstdlib>

#include "adapters/config/load.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace allclear;
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  const config::Environment environment = [](std::string_view name) -> std::optional<std::string> {
    return name.size() % 2 == 0 ? std::optional<std::string>("value: [of, the, environment]") : std::nullopt;
  };
  const config::LoadOutcome outcome = config::load_text(text, "/nonexistent/fuzz.yaml", environment);
  const bool wrong = std::any_of(outcome.diagnostics.begin(), outcome.diagnostics.end(),
                                 [](const config::Diagnostic& one) { return !one.warning; });
  const bool placed = std::all_of(outcome.diagnostics.begin(), outcome.diagnostics.end(),
                                  [](const config::Diagnostic& one) { return one.line >= 1 && one.column >= 1; });
  if (outcome.config.has_value() == wrong || !placed) std::abort();
  return 0;
}
