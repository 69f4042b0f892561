// Follows the chain of document lengths through a .bson file. It must not read what lies between when
// documents are large, and must stop at the first length that cannot be one.
#include "mongodb/documents.hpp"

#include "mongodb/bson.hpp"

namespace recover::mongodb {

namespace {
constexpr std::size_t window_size = 256U << 10U;
}  // namespace

Result<Documents> walk_documents(Tree& tree, const std::string& path, std::uint64_t limit) {
  const std::uint64_t size = RECOVER_TRY(tree.info(path)).size.count;
  Documents documents;
  std::string window;
  std::uint64_t start = 0;
  while (documents.whole_until < size && documents.whole_until < limit) {
    const std::uint64_t at = documents.whole_until;
    if (at < start || at + 5 > start + window.size()) {
      window = RECOVER_TRY(tree.read(path, at, window_size));
      start = at;
    }
    const std::string_view here = std::string_view(window).substr(at - start);
    const auto length = document_length(here);
    if (!length) {
      documents.is_damaged = here.size() >= 5;
      return documents;
    }
    if (at + *length > size) return documents;
    documents.whole_until += *length;
    ++documents.count;
  }
  return documents;
}

}  // namespace recover::mongodb
