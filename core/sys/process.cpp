// Running one program: one poll() over both pipes, the pidfd and an eventfd that cancellation writes to.
// The lessons are MODELS §4: a grandchild may hold a pipe open for ever, so the end of the child and
// not the end of the pipes ends the wait; both pipes are drained at once, so that neither blocks the
// child. Arguments and environment are never logged: they may name secrets.
#include "core/sys/process.hpp"

#include "core/sys/child.hpp"
#include "core/sys/plumbing.hpp"
#include "core/sys/target_files.hpp"
#include "recover/errors.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <optional>
#include <stop_token>
#include <string_view>

namespace recover::sys {

namespace {

constexpr std::size_t most_output = 16 << 20;

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
  void read_output() {
    if (output_ < 0) return;
    const bool open = drain(output_, [&](std::string_view data) {
      result_.output += data.substr(0, most_output - result_.output.size());
    });
    if (!open) output_ = -1;
  }

  void read_errors() {
    if (errors_ < 0) return;
    const bool open = drain(errors_, [&](std::string_view data) { keep_last(result_.errors, data); });
    if (!open) errors_ = -1;
  }

  int output_;
  int errors_;
  const Child& child_;
  ProcessResult& result_;
};

}  // namespace

Result<Descriptor> open_log_file(const std::string& path) {
  Descriptor file(
      ::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_NOCTTY | O_CLOEXEC, 0600));
  if (!file) return target_error("cannot write the log " + path, errno);
  return file;
}

Result<ProcessResult> run_process(const Command& command, const CancellationToken& cancel,
                                  std::chrono::milliseconds grace, const Spawn& spawn) {
  RECOVER_TRY(cancel.check());
  const Invocation invocation = RECOVER_TRY(prepare(command, false));
  Plumbing plumbing = RECOVER_TRY(connect_captured(command));
  const Descriptor wake(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!wake) return plumbing_error(command);
  const std::stop_callback on_cancel(cancel.stop_token(), [&] { ::eventfd_write(wake.get(), 1); });

  const std::optional<Time> deadline = deadline_of(command);
  Child child = RECOVER_TRY(spawn(invocation, plumbing.streams()));
  plumbing.close_writers();

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
