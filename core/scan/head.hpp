/// The first bytes of one file, read relative to its directory and without side effects.
#pragma once

#include "core/scan/matcher.hpp"
#include "recover/error.hpp"
#include "recover/units.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace recover::scan {

struct FileHead {
  bool is_read = false;    ///< false: not a regular file, or its size already settled the matter
  std::string_view bytes;  ///< up to the length that was asked for; lies in the reader
  Size size;
  std::string compression;           ///< "gzip", ... or ""
  std::string decoded;               ///< the head behind the compression, up to the same length
  std::optional<Error> undecodable;  ///< why decoding ended before that length
  int problem = 0;                   ///< errno when it could not be read
};

/// Smaller files cannot be a database.
inline constexpr std::uint64_t smallest_database = 16;
/// Page files have sizes that are multiples of this.
inline constexpr std::uint64_t smallest_page = 512;

/// What a name left open about a file.
enum class Interest {
  none,       ///< never looked at
  page_file,  ///< worth a head only when its size is a multiple of 512
  head,       ///< worth a short head
  named,      ///< a signature asks for this name: a long head
};

/// The interest in a file of this name; `of_name` are its pattern numbers.
Interest interest_in(const Matcher& matcher, std::string_view name, const Matcher::Numbers& of_name);

/// Reads heads; one per thread.
class HeadReader {
 public:
  HeadReader();
  /// Looks at `name` in the open directory: fstatat first, then reads what `interest` asks for (nothing,
  /// when the size already settles the matter: then `bytes` is empty). `bytes` is valid until the next
  /// call.
  FileHead read(int directory, const char* name, Interest interest);

 private:
  std::unique_ptr<char[]> buffer_;
};

/// Decodes the beginning of compressed bytes; empty when nothing can be decoded.
std::string decode_head(std::string_view bytes, std::size_t length);

/// True when these first bytes begin an archive that can be looked into (tar, zip, 7z, cpio).
bool is_archive(std::string_view head);
/// True when it can also be read where only reading from front to back is possible (all but 7z).
bool is_archive_stream(std::string_view head);

}  // namespace recover::scan
