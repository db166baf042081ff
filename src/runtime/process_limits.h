// What the process may use, and what follows for probes in flight. Called once at start.
#pragma once

#include <cstddef>

namespace allclear::runtime {

// Raises the soft limit of descriptors to the hard one (at most 65,536); returns what holds now.
std::size_t raise_descriptor_limit();

// With fewer a program that watches does not even begin (R13).
inline constexpr std::size_t fewest_descriptors = 64;

// Probes at once that fit: each may hold three descriptors (two addresses raced, one query), and store, listener,
// clients and log keep theirs. Between 4 and 2,000.
std::size_t probes_for(std::size_t descriptors);

// Loops for that many cores, as far as descriptors allow: each keeps some for itself. At least one.
std::size_t probe_loops_for(std::size_t cores, std::size_t descriptors);

// The C library's heap gives large blocks (rendered pages, a parsed config) back at once and keeps few arenas. Before
// the first thread.
void keep_memory_small();
// Gives back what a passing need (a parsed config) left behind.
void return_free_memory();

}  // namespace allclear::runtime
