/// Which of several exit codes counts (docs/exit-codes.md).
#pragma once

#include "recover/error.hpp"

namespace recover::run {

/// The one that counts when both happened.
ExitCode worse_of(ExitCode left, ExitCode right);

}  // namespace recover::run
