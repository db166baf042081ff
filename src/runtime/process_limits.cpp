#include "runtime/process_limits.h"

#include <algorithm>

#include <malloc.h>
#include <sys/resource.h>

namespace allclear::runtime {
namespace {

constexpr std::size_t most_descriptors = 65'536;
constexpr std::size_t most_probes = 2'000;
constexpr std::size_t fewest_probes = 4;
constexpr std::size_t descriptors_per_probe = 3;
constexpr std::size_t descriptors_per_loop = 32;
constexpr std::size_t reserved_share = 2;  // half is kept for store, listener, clients

constexpr int large_block_bytes = 256 * 1024;
constexpr int arenas = 2;

}  // namespace

void keep_memory_small() {
  mallopt(M_MMAP_THRESHOLD, large_block_bytes);
  mallopt(M_TRIM_THRESHOLD, large_block_bytes);
  mallopt(M_ARENA_MAX, arenas);
}

void return_free_memory() { malloc_trim(0); }

std::size_t raise_descriptor_limit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return 1'024;
  rlimit wanted = limit;
  wanted.rlim_cur = std::min<rlim_t>(limit.rlim_max, most_descriptors);
  if (wanted.rlim_cur > limit.rlim_cur && setrlimit(RLIMIT_NOFILE, &wanted) == 0) return wanted.rlim_cur;
  return limit.rlim_cur;
}

std::size_t probes_for(std::size_t descriptors) {
  return std::clamp(descriptors / reserved_share / descriptors_per_probe, fewest_probes, most_probes);
}

std::size_t probe_loops_for(std::size_t cores, std::size_t descriptors) {
  return std::clamp<std::size_t>(cores, 1, std::max<std::size_t>(1, descriptors / descriptors_per_loop));
}

}  // namespace allclear::runtime
