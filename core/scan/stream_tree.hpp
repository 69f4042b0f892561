/// A dump that comes through standard input, as a tree with one file.
#pragma once

#include "recover/cancel.hpp"
#include "recover/tree.hpp"

#include <memory>
#include <string>

namespace recover::scan {

/// The source "-". Real sources are absolute paths, so nothing else is called that.
inline constexpr auto standard_input = "-";
/// The name of the one file of that tree.
inline constexpr auto stream_name = "stdin.sql";
/// Bytes of its beginning that are kept for those who want to know what it is.
inline constexpr std::size_t stream_head = std::size_t{512} << 10;

/// Its beginning can be read at any time, its whole content once.
std::unique_ptr<Tree> open_stream_tree(CancellationToken cancel);

/// Is it, behind its compression, an archive of files? Those are not looked into while they stream.
Result<bool> is_archive_on_stream(const CancellationToken& cancel);

}  // namespace recover::scan
