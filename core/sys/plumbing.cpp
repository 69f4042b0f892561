// The ends of a child's standard streams. Input is a file or a memory file, so that a child that does not
// read it can neither block us nor send us SIGPIPE; only what we decode for a child goes through a pipe, in a
// thread that may wait (input_feed.cpp). A file of the source is opened
// by us, under the rules for everything in a source (source_files.cpp), so that a program that runs
// as another user can read what only root may. Our own ends of the pipes never block: whoever waits does
// so in poll(), together with the end of the child.
#include "core/sys/plumbing.hpp"

#include "core/sys/process.hpp"
#include "core/sys/source_files.hpp"
#include "core/sys/target_files.hpp"
#include "recover/errors.hpp"

#include <fcntl.h>
#include <sys/mman.h>

#include <algorithm>

namespace recover::sys {

namespace {

constexpr std::size_t most_errors = 64 << 10;
constexpr int large_pipe = 1 << 20;  // pipe-max-size for everybody (pipe(7))

Descriptor memory_file(const std::string& text) {
  Descriptor memory(::memfd_create("input", MFD_CLOEXEC));
  if (!memory || !write_completely(memory.get(), text) || ::lseek(memory.get(), 0, SEEK_SET) != 0) return {};
  return memory;
}

Result<Descriptor> open_file_of_source(const std::string& path) {
  const Descriptor directory = RECOVER_TRY(open_source_root(parent_of(path)));
  return open_source_file(directory.get(), path.substr(path.rfind('/') + 1), nullptr);
}

bool make_blocking_pipe(Descriptor& reader, Descriptor& writer) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return false;
  reader = Descriptor(ends[0]);
  writer = Descriptor(ends[1]);
  return true;
}

bool make_pipe(Descriptor& reader, Descriptor& writer) {
  return make_blocking_pipe(reader, writer) && ::fcntl(reader.get(), F_SETFL, O_NONBLOCK) == 0;
}

/// A small pipe is slower, not wrong: a large one may be refused (pipe-user-pages-soft).
void enlarge(const Descriptor& pipe) {
  static_cast<void>(::fcntl(pipe.get(), F_SETPIPE_SZ, large_pipe));
}

}  // namespace

Result<Descriptor> open_input(const Command& command) {
  if (!command.input_file.empty()) return open_file_of_source(command.input_file);
  Descriptor input = command.input.empty() ? Descriptor(::open("/dev/null", O_RDONLY | O_CLOEXEC))
                                           : memory_file(command.input);
  if (!input) return plumbing_error(command);
  return input;
}

Result<Plumbing> connect_captured(const Command& command) {
  Plumbing plumbing;
  plumbing.input = RECOVER_TRY(open_input(command));
  if (!command.log_file.empty()) {
    plumbing.output_writer = RECOVER_TRY(open_log_file(command.log_file));
    return plumbing;
  }
  if (!make_pipe(plumbing.output, plumbing.output_writer) ||
      !make_pipe(plumbing.errors, plumbing.errors_writer)) {
    return plumbing_error(command);
  }
  return plumbing;
}

Result<Plumbing> connect_streamed(const Command& command) {
  Plumbing plumbing;
  if (command.input_stream == nullptr) {
    plumbing.input = RECOVER_TRY(open_input(command));
  } else {
    if (!make_blocking_pipe(plumbing.input, plumbing.input_writer)) return plumbing_error(command);
    enlarge(plumbing.input);
  }
  if (!make_pipe(plumbing.output, plumbing.output_writer)) return plumbing_error(command);
  enlarge(plumbing.output);
  if (!command.log_file.empty()) {
    plumbing.errors_writer = RECOVER_TRY(open_log_file(command.log_file));
  } else if (!make_pipe(plumbing.errors, plumbing.errors_writer)) {
    return plumbing_error(command);
  }
  return plumbing;
}

Error plumbing_error(const Command& command) {
  return make_system_error(errors::tool_failed, "cannot start " + command.program, errno);
}

Error stopped(const Command& command, const CancellationToken& cancel) {
  if (cancel.is_cancelled()) {
    return make_error(errors::run_cancelled, "stopped " + command.program + " as asked");
  }
  return make_error(errors::run_timeout, "stopped " + command.program,
                    "it ran longer than " + std::to_string(command.time_limit.count()) + " s")
      .with("program", command.program);
}

std::optional<Time> deadline_of(const Command& command) {
  if (command.time_limit.count() == 0) return std::nullopt;
  return std::chrono::steady_clock::now() + command.time_limit;
}

int milliseconds_until(const std::optional<Time>& deadline) {
  if (!deadline) return -1;
  const auto left =
      std::chrono::ceil<std::chrono::milliseconds>(*deadline - std::chrono::steady_clock::now()).count();
  return static_cast<int>(std::clamp<std::int64_t>(left, 0, 3'600'000));
}

void keep_last(std::string& errors, std::string_view data) {
  errors += data;
  if (errors.size() > most_errors) errors.erase(0, errors.size() - most_errors);
}

}  // namespace recover::sys
