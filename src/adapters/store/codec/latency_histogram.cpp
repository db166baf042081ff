#include "adapters/store/codec/latency_histogram.h"

#include <algorithm>
#include <bit>
#include <cmath>

#include "adapters/store/codec/bytes.h"

namespace allclear::store {
namespace {

constexpr std::uint32_t fine_bits = 4;  // 16 buckets per power of two
constexpr std::uint32_t fine = 1U << fine_bits;
constexpr std::uint32_t greatest_power = 40;
constexpr std::uint32_t bucket_count = (greatest_power - fine_bits + 1) * fine;

std::uint32_t bucket_of(std::uint64_t value) {
  if (value < fine) return static_cast<std::uint32_t>(value);
  const auto power = static_cast<std::uint32_t>(std::bit_width(value)) - 1;
  if (power >= greatest_power) return bucket_count - 1;
  const std::uint32_t shift = power - fine_bits;
  return shift * fine + static_cast<std::uint32_t>(value >> shift);
}

std::uint64_t middle_of(std::uint32_t index) {
  if (index < 2 * fine) return index;
  const std::uint32_t shift = index / fine - 1;
  const std::uint64_t first = static_cast<std::uint64_t>(index - shift * fine) << shift;
  return first + ((1ULL << shift) - 1) / 2;
}

}  // namespace

void LatencyHistogram::add(microseconds latency) {
  add_to(bucket_of(static_cast<std::uint64_t>(std::max<std::int64_t>(0, latency.count()))), 1);
}

void LatencyHistogram::add_to(std::uint32_t index, std::uint64_t count) {
  const auto place = std::lower_bound(buckets_.begin(), buckets_.end(), index,
                                      [](const Bucket& bucket, std::uint32_t wanted) { return bucket.index < wanted; });
  if (place != buckets_.end() && place->index == index) {
    place->count += count;
  } else {
    buckets_.insert(place, Bucket{index, count});
  }
}

void LatencyHistogram::merge(const LatencyHistogram& other) {
  for (const Bucket& bucket : other.buckets_) add_to(bucket.index, bucket.count);
}

std::uint64_t LatencyHistogram::count() const {
  std::uint64_t sum = 0;
  for (const Bucket& bucket : buckets_) sum += bucket.count;
  return sum;
}

std::optional<microseconds> LatencyHistogram::quantile(double share) const {
  const std::uint64_t all = count();
  if (all == 0) return std::nullopt;
  const double exact_rank = std::ceil(share * static_cast<double>(all));
  const auto rank = std::clamp<std::uint64_t>(static_cast<std::uint64_t>(std::max(1.0, exact_rank)), 1, all);
  std::uint64_t seen = 0;
  std::uint32_t index = 0;
  for (const Bucket& bucket : buckets_) {
    seen += bucket.count;
    index = bucket.index;
    if (seen >= rank) break;
  }
  return microseconds(static_cast<std::int64_t>(middle_of(index)));
}

std::string LatencyHistogram::pack() const {
  ByteWriter writer;
  writer.number(buckets_.size());
  std::uint32_t before = 0;
  for (const Bucket& bucket : buckets_) {
    writer.number(bucket.index - before);
    writer.number(bucket.count);
    before = bucket.index;
  }
  return writer.take();
}

Result<LatencyHistogram> LatencyHistogram::unpack(std::string_view bytes) {
  ByteReader reader(bytes);
  const std::uint64_t used = reader.number();
  if (!reader.ok() || used > bucket_count) return failure("broken latency histogram: too many buckets");
  LatencyHistogram histogram;
  histogram.buckets_.reserve(used);
  std::uint64_t index = 0;
  for (std::uint64_t i = 0; i < used; ++i) {
    const std::uint64_t distance = reader.number();
    const std::uint64_t count = reader.number();
    const bool rises = i == 0 || distance > 0;
    if (!reader.ok() || !rises || distance >= bucket_count || index + distance >= bucket_count || count == 0) {
      return failure("broken latency histogram: bucket out of order");
    }
    index += distance;
    histogram.buckets_.push_back({static_cast<std::uint32_t>(index), count});
  }
  if (!reader.at_end()) return failure("broken latency histogram: bytes after its end");
  return histogram;
}

}  // namespace allclear::store
