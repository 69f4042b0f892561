// Comparing words: shell globs over names of a tree and the nearest known word for a misspelt one.
// Globs are matched byte by byte (names are bytes) and without recursion, so that a hostile pair of
// glob and name costs at most length times length.
#include "core/text/format.hpp"

#include <algorithm>
#include <numeric>
#include <string_view>

namespace recover::text {

namespace {

/// Optimal string alignment distance: insert, delete, replace, swap of neighbours.
std::size_t edit_distance(std::string_view left, std::string_view right) {
  std::vector<std::size_t> older(right.size() + 1);
  std::vector<std::size_t> previous(right.size() + 1);
  std::vector<std::size_t> current(right.size() + 1);
  std::iota(previous.begin(), previous.end(), std::size_t{0});
  for (std::size_t i = 1; i <= left.size(); ++i) {
    current[0] = i;
    for (std::size_t j = 1; j <= right.size(); ++j) {
      const std::size_t replaced = previous[j - 1] + (left[i - 1] == right[j - 1] ? 0 : 1);
      current[j] = std::min({previous[j] + 1, current[j - 1] + 1, replaced});
      const bool swapped = i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1];
      if (swapped) current[j] = std::min(current[j], older[j - 2] + 1);
    }
    std::swap(older, previous);
    std::swap(previous, current);
  }
  return previous[right.size()];
}

/// Whether the bracket expression at glob[at] (a '[') matches `c`; `at` is moved behind it. A
/// bracket that never closes is an ordinary character.
bool bracket_matches(std::string_view glob, std::size_t& at, char c) {
  std::size_t i = at + 1;
  const bool negated = i < glob.size() && (glob[i] == '!' || glob[i] == '^');
  if (negated) ++i;
  const std::size_t close = glob.find(']', i + 1);
  if (close == std::string_view::npos) return glob[at++] == c;
  bool found = false;
  while (i < close) {
    const bool range = i + 2 < close && glob[i + 1] == '-';
    const auto low = static_cast<unsigned char>(glob[i]);
    const auto high = static_cast<unsigned char>(range ? glob[i + 2] : glob[i]);
    const auto value = static_cast<unsigned char>(c);
    found = found || (low <= value && value <= high);
    i += range ? 3 : 1;
  }
  at = close + 1;
  return found != negated;
}

}  // namespace

std::string closest(const std::string& word, const std::vector<std::string>& candidates) {
  std::string best;
  // A word of two letters is near to everything: the distance must be smaller than the word.
  std::size_t best_distance = std::min<std::size_t>(3, word.size());
  for (const auto& candidate : candidates) {
    const std::size_t distance = edit_distance(word, candidate);
    if (distance < best_distance) {
      best = candidate;
      best_distance = distance;
    }
  }
  return best;
}

bool glob_match(const std::string& glob, const std::string& name) {
  std::size_t g = 0;
  std::size_t n = 0;
  std::size_t star = std::string::npos;  // the last '*': what it takes can still grow
  std::size_t taken = 0;
  while (n < name.size()) {
    if (g < glob.size() && glob[g] == '*') {
      star = g++;
      taken = n;
      continue;
    }
    bool matches = false;
    if (g < glob.size() && glob[g] == '[') {
      matches = bracket_matches(glob, g, name[n]);
    } else if (g < glob.size()) {
      matches = glob[g] == '?' || glob[g] == name[n];
      ++g;
    }
    if (matches) {
      ++n;
    } else if (star != std::string::npos) {
      g = star + 1;
      n = ++taken;
    } else {
      return false;
    }
  }
  return glob.find_first_not_of('*', g) == std::string::npos;
}

}  // namespace recover::text
