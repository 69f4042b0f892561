/// Making directories and files below a target directory, by descriptors, never through a link.
#pragma once

#include "core/sys/account.hpp"
#include "core/sys/descriptor.hpp"
#include "recover/result.hpp"

#include <string>

namespace recover::strategy {

/// Makes the missing directories above `absolute`; existing ones stay as they are.
Result<void> make_parents(const std::string& absolute);

/// Opens an absolute directory and makes it (and its parents) first where it is missing.
Result<sys::Descriptor> make_target_root(const std::string& absolute, const sys::Account& owner,
                                         unsigned mode);

/// Makes `relative` below `root` (its parent exists) or sets mode and owner of an existing directory.
Result<void> make_target_directory(int root, const std::string& relative, const sys::Account& owner,
                                   unsigned mode);

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
Result<TargetFile> open_target_file(int directory, const std::string& name, const sys::Account& owner,
                                    unsigned mode, int extra_flags);

}  // namespace recover::strategy
