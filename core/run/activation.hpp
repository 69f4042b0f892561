/// Giving staged data its final name, and taking it away again.
#pragma once

#include "recover/action.hpp"
#include "recover/result.hpp"

#include <string>

namespace recover::run {

/// Carries Activate out or completes an interrupted attempt. A file `.recover-run` with the run's id
/// inside the new data tells where it is. Errors: target.changed, target.write_failed, disk.full.
Result<void> activate(const Activate& spec, const std::string& run);

/// Puts the old data back; the new one is kept as rolled_back_name(). Works on a complete, an
/// interrupted and a never begun activation. Errors: target.write_failed, target.changed.
Result<void> undo_activation(const Activate& spec, const std::string& run);

/// Marks data that were activated long ago so that undo_activation() knows them. Errors:
/// run.nothing_to_undo.
Result<void> mark_for_undo(const Activate& spec, const std::string& run);

/// Removes the mark from committed data.
void remove_mark(const Activate& spec);

/// Where undone new data is kept.
std::string rolled_back_name(const Activate& spec, const std::string& run);

/// True when `directory` holds the mark of this run.
bool has_mark(const std::string& directory, const std::string& run);

// ---- used by both kinds of activation -------------------------------------------------------------
namespace activation {

inline constexpr auto mark_name = ".recover-run";

bool exists(const std::string& path);
/// Writes the mark, owned like the directory.
Result<void> place_mark(const std::string& directory, const std::string& run);
/// rename that never replaces anything.
Result<void> rename_new(const std::string& from, const std::string& to);
/// Exchanges two names at once; false where the file system cannot.
Result<bool> exchange(const std::string& left, const std::string& right);

Result<void> activate_inside(const Activate& spec, const std::string& run);
Result<void> undo_inside(const Activate& spec, const std::string& run);

}  // namespace activation

}  // namespace recover::run
