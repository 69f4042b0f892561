/// Making directories and files below a target directory, by descriptors, never through a link.
#pragma once

#include "core/sys/descriptor.hpp"
#include "recover/result.hpp"

#include <sys/types.h>

#include <string>

namespace recover::strategy {

/// Who owns what is made; `change` false leaves it ours.
struct Owner {
  bool change = false;
  uid_t user = 0;
  gid_t group = 0;
};

/// Ids of a system user; nothing to change for "" or ourselves. Errors: target.no_account.
Result<Owner> find_owner(const std::string& user);

/// The error for a failed write, named by errno: disk.full, target.not_writable, target.write_failed.
Error target_error(const std::string& what, int error_number);

/// Opens an absolute directory and makes it (and its parents) first where it is missing.
Result<sys::Descriptor> make_target_root(const std::string& absolute, const Owner& owner, unsigned mode);

/// Makes `relative` below `root` (its parent exists) or sets mode and owner of an existing directory.
Result<void> make_target_directory(int root, const std::string& relative, const Owner& owner, unsigned mode);

/// Opens something that exists below `root`; "" is the root itself. No component may be a link.
Result<sys::Descriptor> open_in_target(int root, const std::string& relative, int flags);
/// The same for a directory, for making things in it.
Result<sys::Descriptor> open_target_directory(int root, const std::string& relative);

/// An opened file of the target.
struct TargetFile {
  sys::Descriptor descriptor;
  bool existed = false;  ///< left by an interrupted run
};

/// Opens `name` in `directory` for writing, making it where it is missing. A link, or a file with a
/// second name, is refused.
Result<TargetFile> open_target_file(int directory, const std::string& name, const Owner& owner, unsigned mode,
                                    int extra_flags);

}  // namespace recover::strategy
