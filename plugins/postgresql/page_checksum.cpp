// Page checksums while a relation file is copied.
#include "postgresql/page_checksum.hpp"

namespace recover::postgresql {

std::unique_ptr<Inspector> make_page_inspector(const Facts& /*facts*/) {
  return nullptr;
}

}  // namespace recover::postgresql
