/// Is an archive of pg_dump whole that is only seen once, from front to back?
#pragma once

#include "postgresql/archive_toc.hpp"
#include "postgresql/dump_end.hpp"
#include "recover/byte_source.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <string_view>

namespace recover::postgresql {

/// Follows the bytes of a custom or a tar archive.
class ArchiveWatch {
 public:
  void take(std::string_view bytes);
  /// After the last byte.
  [[nodiscard]] DumpEnd end();
  /// Of the table of contents; 0 when it was not understood.
  [[nodiscard]] std::int64_t entry_count() const { return entry_count_; }

 private:
  enum class Next { form, contents, block, block_number, object, length, header, end, broken, unknown };

  /// Takes the next field of `size` bytes from the front of `bytes`; false while it is not complete.
  bool gather(std::string_view& bytes, std::size_t size);
  void step(std::string_view& bytes);
  void read_contents(std::string_view& bytes);
  void read_custom(std::string_view& bytes);
  void read_header(std::string_view& bytes);
  void pass(std::int64_t length);
  [[nodiscard]] std::int64_t number() const;

  Next next_ = Next::form;
  std::string field_;
  std::uint64_t to_pass_ = 0;
  std::size_t parse_at_ = 0;        ///< bytes of a table of contents at which it is looked at again
  bool of_objects_ = false;         ///< the block holds large objects
  std::set<std::int64_t> awaited_;  ///< blocks that the table of contents promises
  std::int64_t entry_count_ = 0;
};

/// The same bytes; when they end too early their end is an error (postgresql.dump_incomplete). `shown` is for
/// messages; `entries` is told the number of entries at the end.
std::unique_ptr<ContentSource> watched(std::unique_ptr<ContentSource> archive, std::string shown,
                                       std::function<void(std::int64_t)> entries);

}  // namespace recover::postgresql
