// A custom archive is read with jumps, an archive of files in two passes: what comes through standard input
// is stored for them, as it comes, never unpacked. Place and size are told by whoever asks for it. The
// directory's lock tells the living from the dead.
#include "core/run/spool.hpp"

#include "core/run/actions.hpp"
#include "core/run/preflight.hpp"
#include "core/sys/descriptor.hpp"
#include "core/sys/standard_input.hpp"
#include "core/sys/target_files.hpp"

#include <fcntl.h>

#include <cerrno>
#include <filesystem>

namespace recover::run {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t block = std::size_t{1} << 20;

std::string spools_of(const StateDirectory& state) {
  return state.path + "/spool";
}

Result<sys::TargetLock> lock_spool(const StateDirectory& state, const std::string& id, std::int64_t since) {
  return sys::TargetLock::acquire(state.locks(), "spool " + id, id, since);
}

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
  const std::string id = make_run_id(host.clock());
  Files& files = host.files();
  RECOVER_TRY(files.make_directory(state.path, "", 0711));
  RECOVER_TRY(files.make_directory(state.locks(), "", 0700));
  RECOVER_TRY(files.make_directory(spools_of(state), "", 0700));
  Spool spool(spools_of(state) + "/" + id, RECOVER_TRY(lock_spool(state, id, host.clock().now())));
  RECOVER_TRY(files.make_directory(spool.directory_, "", 0700));
  progress.begin("standard input", "store", {});
  auto stored = store_input(spool.path(), progress, cancel);
  progress.end();
  spool.size_ = RECOVER_TRY(std::move(stored));
  return spool;
}

Spool::~Spool() {
  if (!directory_.empty()) static_cast<void>(remove_tree(directory_));
}

Result<std::vector<Leftover>> sweep_spools(const StateDirectory& state, bool dry_run, Host& host) {
  std::vector<Leftover> leftovers;
  std::error_code failed;
  for (auto it = fs::directory_iterator(spools_of(state), failed); !failed && it != fs::directory_iterator();
       it.increment(failed)) {
    const std::string path = it->path().string();
    const std::string id = it->path().filename().string();
    const auto lock = lock_spool(state, id, host.clock().now());
    if (!lock) continue;  // somebody reads it
    leftovers.push_back({id, path, "stored input", Bytes{allocated_below(path)}, 0});
    if (!dry_run) RECOVER_TRY(remove_tree(path));
  }
  return leftovers;
}

}  // namespace recover::run
