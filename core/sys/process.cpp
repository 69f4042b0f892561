// Running one program: one poll() over both pipes, the pidfd and an eventfd that cancellation writes to.
// The lessons are MODELS §4: a grandchild may hold a pipe open for ever, so the end of the child and
// not the end of the pipes ends the wait; both pipes are drained at once, so that neither blocks the
// child; input is a memory file instead of a pipe, so that a child that does not read it can neither
// block us nor send us SIGPIPE. Arguments and environment are never logged: they may name secrets.
#include "core/sys/process.hpp"

#include "core/sys/child.hpp"
#include "core/sys/target_files.hpp"
#include "recover/errors.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <optional>
#include <stop_token>
#include <string_view>

namespace recover::sys {

namespace {

using Time = std::chrono::steady_clock::time_point;

constexpr std::size_t most_output = 16 << 20;
constexpr std::size_t most_errors = 64 << 10;

/// What the child's standard streams are connected to, and our reading ends.
struct Plumbing {
  Descriptor input;
  Descriptor output_writer;
  Descriptor errors_writer;
  Descriptor output;  ///< ours; closed when the child writes to a log file
  Descriptor errors;

  [[nodiscard]] Child::Streams streams() const {
    const int out = output_writer.get();
    return {input.get(), out, errors_writer ? errors_writer.get() : out};
  }
};

Error plumbing_error(const Command& command) {
  return make_system_error(errors::tool_failed, "cannot start " + command.program, errno);
}

Descriptor input_of(const std::string& text) {
  if (text.empty()) return Descriptor(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  Descriptor memory(::memfd_create("input", MFD_CLOEXEC));
  if (!memory || !write_completely(memory.get(), text) || ::lseek(memory.get(), 0, SEEK_SET) != 0) return {};
  return memory;
}

bool make_pipe(Descriptor& reader, Descriptor& writer) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return false;
  reader = Descriptor(ends[0]);
  writer = Descriptor(ends[1]);
  return ::fcntl(ends[0], F_SETFL, O_NONBLOCK) == 0;
}

Result<Plumbing> connect(const Command& command) {
  Plumbing plumbing;
  plumbing.input = input_of(command.input);
  if (!plumbing.input) return plumbing_error(command);
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

/// Reads what is there now; false at the end of the stream. At most the largest pipe of the system
/// (pipe-max-size, 1 MiB) at once: a grandchild that writes without end must not keep us here.
template <typename Sink>
bool drain(int descriptor, const Sink& sink) {
  std::array<char, 65536> buffer{};
  for (int round = 0; round < 16; ++round) {
    const ssize_t got = ::read(descriptor, buffer.data(), buffer.size());
    if (got > 0) {
      sink(std::string_view(buffer.data(), static_cast<std::size_t>(got)));
    } else if (got < 0 && errno == EAGAIN) {
      return true;
    } else if (got == 0 || errno != EINTR) {
      return false;
    }
  }
  return true;
}

enum class Ending { exited, woken, out_of_time };

/// Reads the child's streams into `result` until it ends, `wake` becomes readable or time is over.
class Pump {
 public:
  Pump(const Plumbing& plumbing, const Child& child, ProcessResult& result)
      : output_(plumbing.output.get()), errors_(plumbing.errors.get()), child_(child), result_(result) {}

  Ending until(const std::optional<Time>& deadline, int wake) {
    while (true) {
      std::array<::pollfd, 4> wanted{
          {{output_, POLLIN, 0}, {errors_, POLLIN, 0}, {child_.descriptor(), POLLIN, 0}, {wake, POLLIN, 0}}};
      const int left = milliseconds_until(deadline);
      const int ready = ::poll(wanted.data(), wanted.size(), left);
      if (ready < 0) continue;  // EINTR: nothing else can fail here
      if (wanted[0].revents != 0 || wanted[2].revents != 0) read_output();
      if (wanted[1].revents != 0 || wanted[2].revents != 0) read_errors();
      if (wanted[2].revents != 0) return Ending::exited;
      if (wanted[3].revents != 0) return Ending::woken;
      if (left == 0) return Ending::out_of_time;
    }
  }

 private:
  static int milliseconds_until(const std::optional<Time>& deadline) {
    if (!deadline) return -1;
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(*deadline - std::chrono::steady_clock::now()).count();
    return static_cast<int>(std::clamp<std::int64_t>(left, 0, 3'600'000));
  }

  void read_output() {
    if (output_ < 0) return;
    const bool open = drain(output_, [&](std::string_view data) {
      result_.output += data.substr(0, most_output - result_.output.size());
    });
    if (!open) output_ = -1;
  }

  void read_errors() {
    if (errors_ < 0) return;
    const bool open = drain(errors_, [&](std::string_view data) {
      result_.errors += data;
      if (result_.errors.size() > most_errors) result_.errors.erase(0, result_.errors.size() - most_errors);
    });
    if (!open) errors_ = -1;
  }

  int output_;
  int errors_;
  const Child& child_;
  ProcessResult& result_;
};

Error stopped(const Command& command, const CancellationToken& cancel) {
  if (cancel.is_cancelled()) {
    return make_error(errors::run_cancelled, "stopped " + command.program + " as asked");
  }
  return make_error(errors::run_timeout, "stopped " + command.program,
                    "it ran longer than " + std::to_string(command.time_limit.count()) + " s")
      .with("program", command.program);
}

}  // namespace

Result<Descriptor> open_log_file(const std::string& path) {
  Descriptor file(
      ::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_NOCTTY | O_CLOEXEC, 0600));
  if (!file) return target_error("cannot write the log " + path, errno);
  return file;
}

Result<ProcessResult> run_process(const Command& command, const CancellationToken& cancel,
                                  std::chrono::milliseconds grace) {
  RECOVER_TRY(cancel.check());
  const Invocation invocation = RECOVER_TRY(prepare(command, false));
  Plumbing plumbing = RECOVER_TRY(connect(command));
  const Descriptor wake(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!wake) return plumbing_error(command);
  const std::stop_callback on_cancel(cancel.stop_token(), [&] { ::eventfd_write(wake.get(), 1); });

  std::optional<Time> deadline;
  if (command.time_limit.count() > 0) deadline = std::chrono::steady_clock::now() + command.time_limit;
  Child child = RECOVER_TRY(Child::spawn(invocation, plumbing.streams()));
  plumbing.output_writer = {};  // the streams end when the child's ends are closed
  plumbing.errors_writer = {};

  ProcessResult result;
  Pump pump(plumbing, child, result);
  const Ending ending = pump.until(deadline, wake.get());
  if (ending != Ending::exited) {
    child.signal_group(SIGTERM);
    pump.until(std::chrono::steady_clock::now() + grace, -1);
    child.signal_group(SIGKILL);  // its helpers too; the pid is ours until it is reaped
    child.reap();
    return stopped(command, cancel);
  }
  result.exit_status = child.reap();
  return result;
}

}  // namespace recover::sys
