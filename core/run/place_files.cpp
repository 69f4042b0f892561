// Bringing single files (WAL segments, perhaps compressed) and archives out of the source. Each file is
// written under a temporary name, synced and renamed, so that a half written one is never seen under its
// own. The source is opened only through core/sys/source_files.
#include "core/run/place_files.hpp"

#include "core/strategy/content_hash.hpp"
#include "core/sys/archive.hpp"
#include "core/sys/source_files.hpp"
#include "core/sys/target_files.hpp"
#include "recover/errors.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <string_view>

namespace recover::run {

namespace {

std::string base_name(const std::string& path) {
  return path.substr(path.rfind('/') + 1);
}

Result<void> write_all(sys::ByteSource& bytes, int file, const std::string& name, Progress& progress,
                       const CancellationToken& cancel) {
  strategy::Block buffer;
  while (true) {
    RECOVER_TRY(cancel.check());
    const std::size_t got = RECOVER_TRY(bytes.read(buffer.data(), strategy::block_size));
    if (got == 0) return {};
    if (!sys::write_completely(file, {buffer.data(), got}))
      return sys::target_error("cannot write " + name, errno);
    progress.advance(Bytes{got});
  }
}

Result<void> write_to(sys::ByteSource& bytes, const std::string& target, const PlaceFiles& action,
                      Progress& progress, const CancellationToken& cancel) {
  const sys::Account owner = RECOVER_TRY(sys::owner_account(action.owner));
  const std::string temporary = target + ".recover-part";
  ::unlink(temporary.c_str());
  const sys::Descriptor file(
      ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, action.file_mode));
  if (!file) return sys::target_error("cannot write " + target, errno);
  auto written = write_all(bytes, file.get(), target, progress, cancel);
  if (written) written = sys::give_to(file.get(), owner, action.file_mode, target);
  if (written && (::fsync(file.get()) != 0 || ::rename(temporary.c_str(), target.c_str()) != 0)) {
    written = sys::target_error("cannot put " + target + " into place", errno);
  }
  if (!written) {
    ::unlink(temporary.c_str());
    return written;
  }
  return sys::sync_directory(sys::parent_of(target));
}

Result<void> place(int root, const std::string& from, const std::string& to, const PlaceFiles& action,
                   Progress& progress, const CancellationToken& cancel) {
  struct ::stat before {};
  const sys::Descriptor file = RECOVER_TRY(sys::open_source_file(root, from, &before));
  std::string head(16, '\0');
  const std::int64_t got = strategy::read_block(file.get(), head.data(), head.size(), 0);
  if (got < 0)
    return make_system_error(errors::source_read_error, "cannot read " + from, static_cast<int>(-got));
  head.resize(static_cast<std::size_t>(got));
  const auto plain = sys::file_source(file.get());
  progress.detail(from);
  if (base_name(from) != base_name(to) && !sys::compression_of(head).empty()) {
    const auto decoded = RECOVER_TRY(sys::open_decoder(*plain, from));
    RECOVER_TRY(write_to(*decoded, to, action, progress, cancel));
  } else {
    RECOVER_TRY(write_to(*plain, to, action, progress, cancel));
  }
  struct ::stat after {};
  if (::fstat(file.get(), &after) == 0 && sys::identity_of(after) == sys::identity_of(before)) return {};
  return make_error(errors::source_changed, "cannot trust the copy of " + from,
                    "it changed while it was read")
      .with("path", from);
}

}  // namespace

Result<void> place_files(const PlaceFiles& action, Progress& progress, const CancellationToken& cancel) {
  const auto root = RECOVER_TRY(sys::open_source_root(action.source_root));
  for (const auto& [from, to] : action.files)
    RECOVER_TRY(place(root.get(), from, to, action, progress, cancel));
  return {};
}

Result<sys::ExtractOutcome> unpack_archive(const UnpackArchive& action, const Policy& policy,
                                           Inspector* inspector, Progress& progress,
                                           const CancellationToken& cancel) {
  const auto root = RECOVER_TRY(sys::open_source_root(action.source_root));
  sys::ExtractOptions options;
  options.inspector = inspector;
  options.directory = action.to;
  options.owner = action.owner;
  options.directory_mode = action.directory_mode;
  options.file_mode = action.file_mode;
  options.max_entries = policy.archive_max_entries;
  options.reserve = policy.min_free;
  return sys::extract_source_archive(root.get(), action.archive, options, progress, cancel);
}

}  // namespace recover::run
