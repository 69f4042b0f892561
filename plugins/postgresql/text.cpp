// Locales are left out of it on purpose: what is compared and reported must not depend on the environment.
#include "postgresql/text.hpp"

#include "postgresql/dump/characters.hpp"

#include <algorithm>
#include <iterator>

namespace recover::postgresql {

std::string lower_case(std::string_view text) {
  std::string folded;
  folded.reserve(text.size());
  std::transform(text.begin(), text.end(), std::back_inserter(folded), dump::lower);
  return folded;
}

std::string with_separators(std::uint64_t number) {
  constexpr std::ptrdiff_t group = 3;
  std::string digits = std::to_string(number);
  for (auto at = static_cast<std::ptrdiff_t>(digits.size()) - group; at > 0; at -= group)
    digits.insert(static_cast<std::size_t>(at), ",");
  return digits;
}

}  // namespace recover::postgresql
