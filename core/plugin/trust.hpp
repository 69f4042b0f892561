/// Which library files may be loaded at all: dlopen runs a library's constructors, so the decision
/// stands before it and is made on the very file that is then loaded.
#pragma once

#include "core/sys/descriptor.hpp"
#include "recover/result.hpp"

#include <string>

namespace recover::plugin {

/// Opens the regular file at an absolute path when it and every directory on the way belong to root or
/// to us and can be written by nobody else. Errors: plugin.missing (nothing is there),
/// plugin.untrusted (names the component and its owner and mode). Load it through the descriptor.
Result<sys::Descriptor> open_trusted(const std::string& path);

/// Refuses a file that the dynamic loader would crash on: not an ELF library, or cut off (touching a
/// mapped page beyond the end of a file is SIGBUS). Errors: plugin.load_failed.
Result<void> check_complete(const sys::Descriptor& library, const std::string& path);

}  // namespace recover::plugin
