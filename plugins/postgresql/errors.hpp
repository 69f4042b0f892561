/// The constants of the PostgreSQL error catalogue: recover::postgresql::errors::wal_missing and so on.
#pragma once

#include "recover/error.hpp"

#include <span>

namespace recover::postgresql {

namespace errors {
#define RECOVER_ERROR(name, id, exit, retryable, title, meaning, fix) \
  inline constexpr ErrorKind name{id, ExitCode::exit, retryable, title, meaning, fix};
#include "postgresql/errors.def"
#undef RECOVER_ERROR
}  // namespace errors

/// All rows of the catalogue, for `recover explain` and the plugin description.
inline constexpr ErrorKind all_error_kinds[] = {
#define RECOVER_ERROR(name, id, exit, retryable, title, meaning, fix) errors::name,
#include "postgresql/errors.def"
#undef RECOVER_ERROR
};

}  // namespace recover::postgresql
