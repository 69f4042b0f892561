/// The copier: parallel, fd-relative, hashing while copying, optionally inspected and durable.
#pragma once

#include "recover/cancel.hpp"
#include "recover/engine.hpp"
#include "recover/model.hpp"
#include "recover/progress.hpp"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace recover::strategy {

struct CopyOptions {
  std::function<std::unique_ptr<Inspector>()> make_inspector;  ///< empty: nothing is inspected
  unsigned threads = 0;                                        ///< 0 = number of cores
  bool durable = true;                                         ///< on disk before return
};

/// A file of the source as it was copied.
struct CopiedFile {
  std::string path;  ///< relative to the target root
  Bytes size;
  std::string hash;  ///< XXH3-128, 32 hex digits
};

struct CopyOutcome {
  std::vector<CopiedFile> files;  ///< sorted by path
  Bytes bytes;
  std::vector<std::string> flaws;    ///< what inspectors said, sorted
  Facts inspected;                   ///< summed totals of the inspectors
  std::vector<std::string> skipped;  ///< links, devices, sockets: named, not copied
};

/// Copies. Errors: source.* (a file that changed while it was read: source.changed), disk.full,
/// target.write_failed, run.cancelled. Holes stay holes. Repeating it completes an interrupted copy:
/// files of equal size and hash are not written again. Writes spec.manifest when it is set.
Result<CopyOutcome> copy_tree(const CopyTree& spec, const CopyOptions& options, Progress& progress,
                              const CancellationToken& cancel);

/// Reads the target back and compares with the manifest that copy_tree wrote. Errors:
/// verify.copy_differs naming the first files that differ.
Result<void> compare_copy(const CompareCopy& spec, Progress& progress, const CancellationToken& cancel);

/// The manifest of a finished copy (for reports and resume).
Result<CopyOutcome> read_copy_manifest(const std::string& path);

}  // namespace recover::strategy
