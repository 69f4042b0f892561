/// A safety copy of a running server: written beside, checked, and only then given its name.
#pragma once

#include "core/run/examination.hpp"

#include <string>
#include <vector>

namespace recover::run {

/// Where a copy goes and what must stay free there.
struct SavePlace {
  std::string directory;  ///< absolute; the copy becomes a directory in it
  std::uint64_t min_free = 0;
  bool keep_failed = false;  ///< leave a copy that failed, for inspection
};

/// A copy that was made and checked.
struct Saved {
  std::string path;
  Bytes bytes;  ///< on the disk
  Finding finding;
  std::vector<Check> checks;
  double seconds = 0;
};

/// The directory that an offered copy will become: DIRECTORY/NAME-TIME.
std::string saved_path(const SaveOffer& offer, const SavePlace& place, std::int64_t now);

/// Copies the server of `offer` with its engine, makes the copy durable, scans it as any source, reads it to
/// its last byte, and renames it to saved_path(). Whatever fails leaves nothing under that name. Errors:
/// disk.not_enough_space, lock.held, target.*, those of the engine, verify.failed.
Result<Saved> save(const std::string& engine, const SaveOffer& offer, const SaveWishes& wishes,
                   const SavePlace& place, const Workshop& workshop);

}  // namespace recover::run
