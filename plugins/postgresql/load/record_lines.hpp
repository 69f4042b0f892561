/// The form of the small files that a load leaves for later processes: one line for each fact, values between
/// tabs. A value may be anything, line ends included.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace recover::postgresql::load {

/// One line with these values, its newline included.
std::string record_line(const std::vector<std::string>& values);

/// The values of every line, in order; a line that was not finished is left out.
std::vector<std::vector<std::string>> record_lines(std::string_view text);

}  // namespace recover::postgresql::load
