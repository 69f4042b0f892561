/// From argv to an exit code.
#pragma once

#include "core/sys/signals.hpp"

#include <string>
#include <vector>

namespace recover::cli {

/// `argv` includes the program's name. Answers go to standard output, the rest to standard error.
int run_program(const std::vector<std::string>& argv, const sys::SignalWatcher& signals);

}  // namespace recover::cli
