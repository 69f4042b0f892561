/// Single files and archives of the source into the target.
#pragma once

#include "core/run/run.hpp"
#include "core/sys/extract.hpp"
#include "recover/action.hpp"
#include "recover/cancel.hpp"
#include "recover/progress.hpp"
#include "recover/result.hpp"

namespace recover::run {

/// Copies single files, decompressed where only the source's name says that it is compressed. Errors:
/// source.*, archive.*, disk.full, target.write_failed, run.cancelled.
Result<void> place_files(const PlaceFiles& action, Progress& progress, const CancellationToken& cancel);

/// Extracts the regular files of an archive within the limits of the policy; `inspector` (or nullptr) sees
/// every byte. Errors: source.*, archive.*, disk.*, target.*, and what the inspector ends with.
Result<sys::ExtractOutcome> unpack_archive(const UnpackArchive& action, const Policy& policy,
                                           Inspector* inspector, Progress& progress,
                                           const CancellationToken& cancel);

}  // namespace recover::run
