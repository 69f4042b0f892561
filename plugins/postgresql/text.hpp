/// Text as the server folds it and numbers as people read them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace recover::postgresql {

/// ASCII letters in lower case, all other bytes as they are: what the server makes of an unquoted key word.
std::string lower_case(std::string_view text);

/// "81,204,551".
std::string with_separators(std::uint64_t number);

}  // namespace recover::postgresql
