/// Why a server could not be reached, in errors that each have their own way out.
#pragma once

#include "recover/error.hpp"

#include <string>
#include <string_view>

namespace recover::postgresql {

/// `words` are libpq's, with PQERRORS_VERBOSE. Gives postgresql.password_refused, access_refused,
/// server_unreachable, tls_failed, or connection_failed for everything else; fact "sqlstate".
Error connection_failure(const std::string& what, std::string_view words);

}  // namespace recover::postgresql
