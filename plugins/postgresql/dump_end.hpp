/// Is a dump whole? What its native tool would not notice, found by looking at its end.
#pragma once

#include "postgresql/archive_toc.hpp"
#include "recover/tree.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace recover::postgresql {

enum class DumpEnd { complete, truncated, not_checked };

/// "complete", "truncated", "not checked".
std::string to_text(DumpEnd end);

/// A plain dump that is not compressed: is `marker` within its last 4 KiB?
DumpEnd check_plain_end(Tree& tree, const std::string& path, std::uint64_t size, const std::string& marker);

/// A custom archive: walks the data blocks (only the last one where the table of contents knows it) to
/// the end of the file. Gives up with not_checked after `budget` bytes.
DumpEnd check_custom_end(Tree& tree, const std::string& path, std::uint64_t size, const ArchiveToc& toc,
                         std::uint64_t budget);

/// Bytes of the member that a ustar header is about.
std::uint64_t tar_length(std::string_view header);

/// A tar archive that is not compressed: walks the member headers.
DumpEnd check_tar_end(Tree& tree, const std::string& path, std::uint64_t size);

/// Data files of a directory dump that are not among its entries.
std::vector<std::string> missing_files(const ArchiveToc& toc, const std::vector<Entry>& entries);

}  // namespace recover::postgresql
