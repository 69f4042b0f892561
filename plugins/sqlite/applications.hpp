/// Which SQLite files are somebody's database and which are the drawers of an application: a desktop
/// has hundreds of the latter, and a list of all of them hides the former.
#pragma once

#include "recover/tree.hpp"

#include <optional>
#include <string>

namespace recover::sqlite {

/// Files of one application directory that are shown as one row.
struct Group {
  std::string directory;  ///< relative to the tree's root
  std::string what;       ///< "Firefox profile"
};

/// The group of the file at `path`, or nothing: it is shown on its own.
std::optional<Group> group_of(const std::string& path, Tree& tree);

}  // namespace recover::sqlite
