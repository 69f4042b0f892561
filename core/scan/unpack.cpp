// The extractor over an archive that is itself read as a stream: compressed, or inside another one. It is
// decoded twice: first everything is judged, to the end of the compressor, then the members are written.
// Whoever asks for this is told how much it is beforehand; here nobody watches.
#include "core/scan/unpack.hpp"

#include "core/model/silent.hpp"
#include "core/sys/archive.hpp"

#include <functional>

namespace recover::scan {

namespace {

/// Checksums stand at the end of what is compressed.
Result<void> read_rest(ContentSource& content) {
  std::string rest(std::size_t{64} << 10, '\0');
  while (RECOVER_TRY(content.read(rest.data(), rest.size())) > 0) {
  }
  return {};
}

}  // namespace

Result<Bytes> unpack_from_archive(const Wanted& archive, sys::ExtractOptions options,
                                  const CancellationToken& cancel) {
  {
    const auto content = RECOVER_TRY(open_content(archive, cancel));
    const auto reader = RECOVER_TRY(sys::open_archive(*content, archive.shown));
    options.expected = RECOVER_TRY(sys::check_members(*reader, options, cancel)).bytes.count;
    RECOVER_TRY(read_rest(*content));
  }
  const auto content = RECOVER_TRY(open_content(archive, cancel));
  const auto reader = RECOVER_TRY(sys::open_archive(*content, archive.shown));
  Silent unwatched;
  const auto outcome = RECOVER_TRY(sys::extract(*reader, options, unwatched, cancel));
  RECOVER_TRY(read_rest(*content));
  return outcome.bytes;
}

Result<Bytes> unpack_files(int root, const std::string& directory, const std::vector<std::string>& names,
                           const sys::ExtractOptions& options, const CancellationToken& cancel) {
  Silent unwatched;
  return RECOVER_TRY(sys::copy_source_files(root, directory, names, options, unwatched, cancel)).bytes;
}

}  // namespace recover::scan
