/// The constants of core's error catalogue: recover::errors::disk_full and so on.
#pragma once

#include "recover/error.hpp"

namespace recover::errors {

#define RECOVER_ERROR(name, id, exit, retryable, title, meaning, fix) \
  inline constexpr ErrorKind name{id, ExitCode::exit, retryable, title, meaning, fix};
#include "recover/errors.def"
#undef RECOVER_ERROR

}  // namespace recover::errors
