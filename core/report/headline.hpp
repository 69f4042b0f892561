/// What the text and the JSON report say alike: the headline and the sums.
#pragma once

#include "recover/model.hpp"

#include <cstddef>
#include <string>

namespace recover::report {

struct Totals {
  std::size_t databases = 0;  ///< without the skipped ones
  std::size_t succeeded = 0;
  std::size_t failed = 0;
  std::size_t skipped = 0;
  Bytes planned;
  Bytes restored;
  [[nodiscard]] double success_percent() const;
};
Totals totals_of(const Report& report);

/// One of the fixed words: RECOVERED, RECOVERED WITH WARNINGS, PARTIALLY RECOVERED, NOTHING RECOVERED,
/// ROLLED BACK, INTERRUPTED, VERIFIED RESTORABLE, NOT RESTORABLE.
std::string headline(const Report& report);

}  // namespace recover::report
