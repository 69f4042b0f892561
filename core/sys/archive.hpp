/// Reading archives and compressed streams (libarchive, reading only, no external filters). Used by
/// the scanner (nothing is written) and by the safe extractor.
#pragma once

#include "recover/byte_source.hpp"
#include "recover/cancel.hpp"
#include "recover/result.hpp"
#include "recover/tree.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace recover::sys {

using recover::ByteSource;

/// A source that can go to any place of it, when it knows its length.
class SeekableSource : public ByteSource {
 public:
  /// Nothing when it must be read from front to back after all.
  [[nodiscard]] virtual std::optional<std::uint64_t> length() const = 0;
  /// The next read() begins here: only where the length is known, and not beyond it.
  virtual void seek(std::uint64_t position) = 0;
};

/// The bytes of an open file descriptor (borrowed, read with pread from offset 0); seekable.
std::unique_ptr<SeekableSource> file_source(int descriptor);

struct Member {
  std::string path;  ///< as stored; not yet judged
  EntryType type = EntryType::other;
  std::uint64_t size = 0;
  bool size_known = false;
  std::string link_target;  ///< of symbolic and hard links
  bool is_hard_link = false;
  std::uint32_t mode = 0;
  std::int64_t modified = 0;
};

/// Iterates the members of tar/zip/cpio/7z... streams, compressed or not.
class ArchiveReader {
 public:
  virtual ~ArchiveReader();
  /// The next member, or nothing at the end. Errors: archive.truncated, archive.damaged with
  /// member and offset.
  virtual Result<std::optional<Member>> next() = 0;
  /// The current member's data as a source; valid until next(). What is not read is passed over, in a
  /// seekable source without reading it.
  virtual ByteSource& data() = 0;
  /// The last bytes of the current member, at most `length`, without reading what lies before them;
  /// nothing when its format or source has no such way. data() goes on where it was.
  virtual Result<std::optional<std::string>> last_bytes(std::size_t length) = 0;
  /// Compressed bytes consumed so far, for progress and messages.
  [[nodiscard]] virtual std::uint64_t consumed() const = 0;
  /// "gzip", "zstd", ... or "" and "tar", "zip", ...
  [[nodiscard]] virtual std::string compression() const = 0;
  [[nodiscard]] virtual std::string format() const = 0;
};

/// Told about what is odd but no error: what follows the last member of a gzip stream.
using Warn = std::function<void(const std::string&)>;

/// Opens a stream as an archive (7z only where it is a seekable source). `source` must outlive the
/// reader. Errors: archive.damaged when it is not an archive.
Result<std::unique_ptr<ArchiveReader>> open_archive(ByteSource& source, const std::string& name,
                                                    const Warn& warn = {});

/// Name of the compression that these first bytes show ("gzip", "zstd", "xz", "bzip2", "lz4"), or "".
std::string compression_of(std::string_view head);

/// True when `head` is all that there is of a file whose name promises a compressed stream ("x.gz"), and
/// too little to show it.
bool is_cut_before_magic(const std::string& head, const std::string& name);

/// Decodes one compressed stream (all its members/frames). `source` must outlive the result. A
/// stream that ends too early is archive.truncated, a wrong checksum archive.damaged.
Result<std::unique_ptr<ByteSource>> open_decoder(ByteSource& source, const std::string& name,
                                                 const Warn& warn = {});

}  // namespace recover::sys
