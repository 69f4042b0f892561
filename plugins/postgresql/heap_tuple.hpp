/// Heap pages: the rows in them and the columns of a row.
#pragma once

#include "recover/decoder.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace recover::postgresql {

/// Approximated from hint bits alone; the transaction log is not asked.
enum class Visibility { live, maybe };

/// One row version, borrowed from the page.
struct HeapTuple {
  std::string_view bytes;       ///< from the tuple's header on
  std::size_t data_offset = 0;  ///< t_hoff
  std::uint16_t info = 0;       ///< t_infomask
  std::uint16_t columns = 0;    ///< attributes that are stored
  std::uint32_t oid = 0;        ///< of catalogs before 12, stored in front of the data; else 0
  Visibility visibility = Visibility::maybe;
};

/// Calls `visit` for every row version that is not known to be dead.
void for_each_tuple(std::string_view pages, std::size_t page_size,
                    const std::function<void(const HeapTuple&)>& visit);

/// Reads the columns of a row in order, with PostgreSQL's alignment rules.
class TupleReader {
 public:
  explicit TupleReader(const HeapTuple& tuple);

  std::uint32_t number();  ///< oid, int4, xid
  std::uint8_t byte();     ///< bool, "char"
  std::string name();      ///< name: 64 bytes
  std::string text();      ///< text; empty when NULL or not stored in line
  [[nodiscard]] bool failed() const { return decoder_.failed(); }

 private:
  bool next_is_null();
  void align(std::size_t boundary);

  HeapTuple tuple_;
  Decoder decoder_;
  std::size_t column_ = 0;
};

}  // namespace recover::postgresql
