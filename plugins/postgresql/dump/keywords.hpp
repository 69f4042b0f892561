/// The key words that cannot be every kind of name without quotes.
#pragma once

#include <string_view>

namespace recover::postgresql::dump {

/// Does the server's quote_identifier quote this word (given in lower case)? True for all words that are
/// more than unreserved in any of the majors 9.2 to 18.
bool is_keyword(std::string_view word);

}  // namespace recover::postgresql::dump
