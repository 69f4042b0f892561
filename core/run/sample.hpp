/// Which databases stand for all of them in a restore test.
#pragma once

#include "recover/result.hpp"
#include "recover/units.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace recover::run {

/// "3": that many; "20%": that part of all, at least one.
struct SampleSize {
  double value = 3;
  bool is_percent = false;
  /// How many of `total` that is.
  [[nodiscard]] std::size_t of(std::size_t total) const;
};

/// Errors: usage.invalid.
Result<SampleSize> parse_sample(const std::string& text);

/// Indexes into `sizes`, ascending: sorted by size and cut into `count` equal strata, one out of each, so
/// that small and large ones are always among them. The same seed chooses the same.
std::vector<std::size_t> choose_sample(const std::vector<Bytes>& sizes, std::size_t count,
                                       std::uint64_t seed);

}  // namespace recover::run
