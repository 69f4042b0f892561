/// The Host of a real machine, and its parts for those who need only one.
#pragma once

#include "recover/host.hpp"

#include <memory>
#include <string>

namespace recover::sys {

/// Processes, files, accounts and clock of this machine. `log` is borrowed and must outlive it.
std::unique_ptr<Host> make_host(Log& log);

std::unique_ptr<Processes> make_processes(Log& log);
std::unique_ptr<Files> make_files();
std::unique_ptr<Accounts> make_accounts();
std::unique_ptr<Clock> make_clock();
/// Both are borrowed and must outlive it.
std::unique_ptr<Containers> make_containers(Processes& processes, Accounts& accounts);

/// What this machine is called; empty when it does not say.
std::string machine_name();

}  // namespace recover::sys
