/// Unpacking an archive of the source into a directory of ours, trusting nothing that it says.
#pragma once

#include "core/sys/archive.hpp"
#include "recover/engine.hpp"
#include "recover/progress.hpp"
#include "recover/units.hpp"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace recover::sys {

struct ExtractOptions {
  std::string directory;           ///< absolute; made when missing
  std::string owner;               ///< system user; empty = ours
  unsigned directory_mode = 0700;  ///< of every directory, whatever the archive says
  unsigned file_mode = 0600;
  std::uint64_t max_entries = 5'000'000;
  std::uint64_t max_bytes = 0;  ///< written to disk; 0 = only bounded by free space
  std::uint64_t reserve = 0;    ///< free space that must remain
  std::size_t max_path_bytes = 4096;
  std::string below;  ///< only what lies below this directory of the archive; empty: everything
  std::uint64_t expected =
      0;                    ///< bytes that are known to come: refused at once where there is no room for them
  std::uint64_t files = 0;  ///< files that are known to come, for progress; 0 = unknown
  Inspector* inspector = nullptr;  ///< sees every byte of every file; borrowed
};

struct ExtractOutcome {
  Bytes bytes;  ///< written; zeros that became holes are not
  std::uint64_t files = 0;
  std::uint64_t directories = 0;
  std::vector<std::string> flaws;  ///< what the inspector said
  /// Symbolic links of the archive (path, target). They are never made: a plan may (MakeLink).
  std::vector<std::pair<std::string, std::string>> links;
};

/// What an archive will come to.
struct ArchiveContents {
  Bytes bytes;  ///< that extract() will write
  std::uint64_t files = 0;
};

/// Reads the whole archive and writes nothing. Errors: archive.unsafe_entry (fact "members" names
/// every bad one with its flaw), archive.limit_exceeded, archive.truncated, archive.damaged,
/// run.cancelled.
Result<ArchiveContents> check_members(ArchiveReader& reader, const ExtractOptions& options,
                                      const CancellationToken& cancel);

/// Writes regular files and directories below options.directory; hard links become copies. A file that
/// is there is replaced, so an interrupted extraction is simply repeated. The archive must have passed
/// check_members; an unsafe member still ends it. Errors: those of check_members,
/// disk.not_enough_space, disk.full, target.*.
Result<ExtractOutcome> extract(ArchiveReader& reader, const ExtractOptions& options, Progress& progress,
                               const CancellationToken& cancel);

/// The same for these files of a directory of the source, as they are stored.
Result<ExtractOutcome> copy_source_files(int source_root, const std::string& directory,
                                         const std::vector<std::string>& names, ExtractOptions options,
                                         Progress& progress, const CancellationToken& cancel);

/// Both for an archive file below a source root: nothing is written unless all members are good.
Result<ExtractOutcome> extract_source_archive(int source_root, const std::string& archive,
                                              ExtractOptions options, Progress& progress,
                                              const CancellationToken& cancel);

}  // namespace recover::sys
