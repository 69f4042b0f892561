// pg_restore opens the files of a directory dump itself, as the user that it runs as. Where that user cannot
// reach them, or where they lie in an archive, they are copied as they are stored, for that user alone, and
// the copy goes as soon as it was read. pg_restore never runs as root: it parses what strangers may have
// written. To start it inside a directory that it cannot reach by name does not help: up to 15 it leaves its
// working directory and comes back by name (resolve_symlinks, exec.c).
#include "postgresql/load/dump_directory.hpp"

#include "postgresql/placement.hpp"
#include "recover/errors.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace recover::postgresql::load {

namespace {

void tell(StepContext& context, const std::string& text) {
  context.host.log().write(LogLevel::info, text);
  context.progress.detail(text);
}

}  // namespace

/// Asked of the kernel as that user, because access lists and mounts have a say too.
bool is_read_in_place(const std::string& path, const std::string& reader, Tree& source, Host& host) {
  if (!source.has_directory(path)) return false;
  if (!host.accounts().is_root()) return true;  // then it runs as us
  Command find;
  find.program = "find";
  find.arguments = {source.describe(path), "-maxdepth", "1", "!", "-readable", "-print", "-quit"};
  find.run_as = reader;
  const auto found = host.processes().run(find, CancellationToken{});
  return found && found->exit_status == 0 && found->output.empty();
}

bool seems_read_in_place(const std::string& path, const std::string& reader, Tree& source, Host& host) {
  if (!source.has_directory(path)) return false;
  if (!host.accounts().is_root()) return true;
  const auto may = [&](const std::string& place, unsigned bits) {
    const auto info = source.info(place);
    if (!info) return false;
    const bool is_owner = host.accounts().name_of(info->owner) == reader;
    return ((is_owner ? info->mode >> 6U : info->mode) & bits) == bits;
  };
  const auto entries = source.list(path);
  return entries && may(path, 05) && std::all_of(entries->begin(), entries->end(), [&](const Entry& entry) {
           return may(join_path(path, entry.name), 04);
         });
}

Result<std::unique_ptr<DumpDirectory>> DumpDirectory::open(const std::string& path, const std::string& reader,
                                                           Tree& source, StepContext& context) {
  const std::string shown = source.describe(path);
  const auto made = [](std::string place, bool is_copy) {
    return std::unique_ptr<DumpDirectory>(new DumpDirectory(std::move(place), is_copy));
  };
  if (is_read_in_place(path, reader, source, context.host)) return made(shown, false);
  if (!context.scratch)
    return make_error(recover::errors::internal_error, "read " + shown, "there is no room for a copy");
  auto copy = made(RECOVER_TRY(context.scratch()) + "/dump", true);
  tell(context, fmt::format("unpacking {} into {}", shown, copy->path()));
  const Bytes size = RECOVER_TRY(source.unpack(path, copy->path(), reader));
  tell(context, fmt::format("unpacked {} bytes of {} into {}", size.count, shown, copy->path()));
  return copy;
}

DumpDirectory::~DumpDirectory() {
  if (is_copy_) static_cast<void>(remove_tree(path_));
}

}  // namespace recover::postgresql::load
