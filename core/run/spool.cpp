// A custom archive is read with jumps, an archive of files in two passes: what comes through standard input
// is stored for them, as it comes, never unpacked. Place and size are told by whoever asks for it.
#include "core/run/spool.hpp"

#include "core/sys/descriptor.hpp"
#include "core/sys/standard_input.hpp"
#include "core/sys/target_files.hpp"

#include <fcntl.h>

#include <cerrno>

namespace recover::run {

namespace {

constexpr std::size_t block = std::size_t{1} << 20;

Result<Bytes> store_input(const std::string& path, Progress& progress, const CancellationToken& cancel) {
  const auto input = RECOVER_TRY(sys::StandardInput::of_process().take(cancel));
  const sys::Descriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (!file) return sys::target_error("cannot make " + path, errno);
  std::string buffer(block, '\0');
  Bytes total;
  while (const std::size_t got = RECOVER_TRY(input->read(buffer.data(), buffer.size()))) {
    if (!sys::write_completely(file.get(), std::string_view(buffer).substr(0, got)))
      return sys::target_error("cannot write " + path, errno);
    total += Bytes{got};
    progress.advance(Bytes{got});
  }
  return total;
}

}  // namespace

Result<Spool> Spool::fill(const StateDirectory& state, Host& host, Progress& progress,
                          const CancellationToken& cancel) {
  Spool spool(
      RECOVER_TRY(ScratchDirectory::take(state, ScratchDirectory::Purpose::spool, make_run_id(), host)));
  RECOVER_TRY(host.files().make_directory(spool.directory_.path(), "", 0700));
  progress.begin("standard input", "store", {});
  auto stored = store_input(spool.path(), progress, cancel);
  progress.end();
  spool.size_ = RECOVER_TRY(std::move(stored));
  return spool;
}

}  // namespace recover::run
