/// The closed vocabulary of side effects. Each alternative has one handler, one dry-run text and one
/// fault test in core; a new kind of side effect is a core decision.
#pragma once

#include "recover/facts.hpp"
#include "recover/units.hpp"

#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace recover {

/// Creates directories (with parents below `root`), owned by `owner`; existing ones are kept.
struct MakeDirectories {
  std::string root;                   ///< absolute; created too
  std::vector<std::string> relative;  ///< below root
  std::string owner;                  ///< system user; empty = ours
  unsigned mode = 0700;
};

/// Copies a tree of regular files and directories out of the source. Links, devices, sockets and
/// FIFOs are never created (links are the plan's business: MakeLink).
struct CopyTree {
  std::string source_root;           ///< absolute path of the scanned source: nothing outside is read
  std::string from;                  ///< relative to source_root
  std::string to;                    ///< absolute; created
  std::vector<std::string> exclude;  ///< globs relative to `from`; a directory glob excludes all below
  std::vector<std::string> empty;    ///< directories that are created without their contents
  std::vector<std::pair<std::string, std::string>> rename;  ///< relative path -> relative path in `to`
  std::vector<std::string> last;  ///< copied after everything else is on disk, in this order
  std::string owner;              ///< system user that will own the copy
  unsigned directory_mode = 0700;
  unsigned file_mode = 0600;
  bool inspect = false;  ///< hand every byte to Engine::make_inspector
  Facts inspect_facts;   ///< what the inspector needs (block size, segment size)
  std::string manifest;  ///< absolute; list of files, sizes, XXH3-128, written by the copy
};

/// Copies single files of the source, decompressing where the name differs from the content's.
struct PlaceFiles {
  std::string source_root;
  std::vector<std::pair<std::string, std::string>> files;  ///< relative in source -> absolute target
  std::string owner;
  unsigned file_mode = 0600;
};

/// Extracts regular files of an archive of the source through the safe extractor.
struct UnpackArchive {
  std::string source_root;
  std::string archive;  ///< relative to source_root
  std::string to;       ///< absolute; created
  std::string owner;
  unsigned directory_mode = 0700;
  unsigned file_mode = 0600;
  bool inspect = false;  ///< hand every byte to Engine::make_inspector
  Facts inspect_facts = {};
};

/// Writes one small file atomically (temporary file, fsync, rename, fsync of the directory).
struct WriteFile {
  std::string path;
  std::string content;
  std::string owner;
  unsigned mode = 0600;
};

/// Makes a symbolic link; an existing one is replaced, an existing directory is refused.
struct MakeLink {
  std::string path;
  std::string points_to;
  std::string owner;
};

/// Reads the copy back and compares every file with the hashes taken while the source was read.
struct CompareCopy {
  std::string manifest;
  std::string root;
};

/// Makes the tree durable: syncfs, then fsync of every directory, then of the parent.
struct SyncTree {
  std::string root;
};

/// Engine::verify: starts what it needs in isolation, checks, stops it again.
struct Verify {
  std::string level;  ///< none, quick, full
};

/// The dangerous act, last, small and named: `staged` gets the name `final`; what was there before is
/// kept as `kept`. renameat2(RENAME_EXCHANGE) where both exist; entry by entry inside a mount point.
struct Activate {
  std::string staged;
  std::string final;
  std::string kept;               ///< empty when nothing was there
  bool inside = false;            ///< `final` is a mount point: move entries up, `last` at the end
  std::vector<std::string> last;  ///< entries that make it startable ("global/pg_control")
};

/// A step the engine invented; carried out by Engine::perform.
struct EngineCall {
  std::string name;
  Facts arguments;
  /// Files and directories that it reads through StepContext::source (a member of an archive stands for
  /// the archive): they are part of what must be there and unchanged.
  std::vector<std::string> reads = {};
};

using Action = std::variant<MakeDirectories, CopyTree, PlaceFiles, UnpackArchive, WriteFile, MakeLink,
                            CompareCopy, SyncTree, Verify, Activate, EngineCall>;

}  // namespace recover
