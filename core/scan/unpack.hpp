/// A directory in an archive of a source as files of ours, for programs that must find it as files.
#pragma once

#include "core/scan/content.hpp"
#include "core/sys/extract.hpp"

#include <string>

namespace recover::scan {

/// Free space that is left to everybody else.
inline constexpr std::uint64_t unpacking_reserve = std::uint64_t{256} << 20;

/// Extracts what lies below options.below of the archive. Errors: see Tree::unpack().
Result<Bytes> unpack_from_archive(const Wanted& archive, sys::ExtractOptions options,
                                  const CancellationToken& cancel);
/// The same for these files of a directory of the source.
Result<Bytes> unpack_files(int root, const std::string& directory, const std::vector<std::string>& names,
                           const sys::ExtractOptions& options, const CancellationToken& cancel);

}  // namespace recover::scan
