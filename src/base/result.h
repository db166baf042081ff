// Result: how a failure of the world is returned (never thrown). Owns no state; any thread.
// A broken invariant is not an Error: it terminates (see ALLCLEAR_INVARIANT).
#pragma once

#include <cstdio>
#include <cstdlib>
#include <string>
#include <utility>

#include <tl/expected.hpp>

namespace allclear {

// A failure that a person will read: one line, no trailing full stop, names what was expected.
struct Error {
  std::string message;
};

template <class T, class E = Error>
using Result = tl::expected<T, E>;

inline tl::unexpected<Error> failure(std::string message) { return tl::unexpected<Error>(Error{std::move(message)}); }

[[noreturn]] inline void broken_invariant(const char* what, const char* file, int line) {
  std::fprintf(stderr, "broken invariant: %s (%s:%d)\n", what, file, line);
  std::abort();
}

}  // namespace allclear

#define ALLCLEAR_INVARIANT(condition)                                              \
  do {                                                                             \
    if (!(condition)) ::allclear::broken_invariant(#condition, __FILE__, __LINE__); \
  } while (false)
