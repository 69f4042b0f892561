/// The Host of a real machine.
#pragma once

#include "recover/host.hpp"

#include <memory>

namespace recover::sys {

/// Processes, files, accounts and clock of this machine. `log` is borrowed and must outlive it.
std::unique_ptr<Host> make_host(Log& log);

}  // namespace recover::sys
