// A sample must be repeatable (the seed is printed) and must not miss the large database for a dozen small
// ones. Only the generator's raw numbers are used: the distributions of the standard library differ between
// its implementations, and a seed from one machine must mean the same on another.
#include "core/run/sample.hpp"

#include "recover/errors.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <numeric>
#include <random>

namespace recover::run {

std::size_t SampleSize::of(std::size_t total) const {
  if (total == 0) return 0;
  const double wanted = is_percent ? std::ceil(static_cast<double>(total) * value / 100.0) : value;
  return std::clamp(static_cast<std::size_t>(std::max(wanted, 1.0)), std::size_t{1}, total);
}

Result<SampleSize> parse_sample(const std::string& text) {
  SampleSize size;
  size.is_percent = text.ends_with('%');
  const char* end = text.data() + text.size() - (size.is_percent ? 1 : 0);
  const auto [rest, problem] = std::from_chars(text.data(), end, size.value);
  const bool is_number = problem == std::errc{} && rest == end && std::isfinite(size.value);
  const bool fits =
      size.value > 0 && (size.is_percent ? size.value <= 100 : size.value == std::floor(size.value));
  if (is_number && fits && size.value <= 1e9) return size;
  return make_error(errors::usage_invalid, "cannot use --sample " + text,
                    "expected a number of databases or a percentage, for instance 3 or 20%");
}

std::vector<std::size_t> choose_sample(const std::vector<Bytes>& sizes, std::size_t count,
                                       std::uint64_t seed) {
  std::vector<std::size_t> by_size(sizes.size());
  std::iota(by_size.begin(), by_size.end(), std::size_t{0});
  std::stable_sort(by_size.begin(), by_size.end(), [&](std::size_t left, std::size_t right) {
    return sizes[left].count < sizes[right].count;
  });
  const std::size_t strata = std::min(count, sizes.size());
  std::mt19937_64 numbers(seed);
  std::vector<std::size_t> chosen;
  for (std::size_t stratum = 0; stratum < strata; ++stratum) {
    const std::size_t begin = stratum * sizes.size() / strata;
    const std::size_t end = (stratum + 1) * sizes.size() / strata;
    chosen.push_back(by_size[begin + static_cast<std::size_t>(numbers() % (end - begin))]);
  }
  std::sort(chosen.begin(), chosen.end());
  return chosen;
}

}  // namespace recover::run
