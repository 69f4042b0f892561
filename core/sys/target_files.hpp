/// What everybody who writes into the target or the state directory needs.
#pragma once

#include "core/sys/account.hpp"
#include "core/sys/descriptor.hpp"
#include "recover/result.hpp"

#include <string>
#include <string_view>

namespace recover::sys {

/// The error for an errno that a write to the target answered: disk.full (ENOSPC, EDQUOT),
/// target.not_writable (EACCES, EPERM, EROFS), else target.write_failed.
Error target_error(std::string what, int error_number);

/// Writes all bytes; false with errno when the system refuses.
bool write_completely(int descriptor, std::string_view bytes);

/// Gives an open file or directory its owner and mode (owner first: chown clears setuid bits and a
/// wider mode must not be seen before). Nothing is changed that is already so.
Result<void> give_to(int descriptor, const Account& owner, unsigned mode, const std::string& path);

/// fsync of a directory, so that names made or removed in it survive a power loss.
Result<void> sync_directory(const std::string& path);

/// Directory part of an absolute path ("/" for "/x").
std::string parent_of(const std::string& path);

/// Replaces or makes a file: temporary file beside it, owner, mode, fsync, rename, fsync of the
/// directory. After a crash the file is old or new, never between.
Result<void> write_atomically(const std::string& path, std::string_view content, const Account& owner,
                              unsigned mode);

}  // namespace recover::sys
