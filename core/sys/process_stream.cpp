// A program whose standard output is read as it comes, whatever its size: a server's own dump reader, a
// decoder without a library. Reading waits in one poll() for output, errors, the end of the child and
// cancellation, so that a child that fills its standard error can never block us nor be blocked. As in
// process.cpp the end of the child ends the stream, not the end of the pipe: a grandchild may hold it. A
// stream that was not read to its end ends the whole process group; what a half read program would
// have said about its success is never asked.
#include "core/sys/child.hpp"
#include "core/sys/input_feed.hpp"
#include "core/sys/plumbing.hpp"
#include "core/sys/process.hpp"
#include "core/sys/read_rate.hpp"
#include "recover/errors.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <fstream>
#include <mutex>
#include <stop_token>
#include <utility>

namespace recover::sys {

namespace {

constexpr std::chrono::seconds grace{2};  // a reader has nothing to finish

/// "rchar" of /proc/PID/io: what it has read from files, 0 when the kernel does not say (proc(5)).
std::uint64_t bytes_read_by(pid_t pid) {
  std::ifstream counters("/proc/" + std::to_string(pid) + "/io");
  std::string name;
  std::uint64_t count = 0;
  return counters >> name >> count && name == "rchar:" ? count : 0;
}

class ProcessStream final : public ContentSource {
 public:
  ProcessStream(Command command, const CancellationToken& cancel, Plumbing plumbing, Descriptor wake)
      : command_(std::move(command)),
        cancel_(cancel),
        plumbing_(std::move(plumbing)),
        wake_(std::move(wake)),
        deadline_(deadline_of(command_)),
        on_cancel_(cancel_.stop_token(), Wake{wake_.get()}) {}
  ProcessStream(const ProcessStream&) = delete;
  ProcessStream& operator=(const ProcessStream&) = delete;
  ~ProcessStream() override { end_child(); }

  Result<void> start(const Invocation& invocation) {
    child_ = RECOVER_TRY(Child::spawn(invocation, plumbing_.streams()));
    // The child shares our open file, and so the place in it.
    if (!command_.input_file.empty()) input_ = std::move(plumbing_.input);
    plumbing_.input = {};
    plumbing_.close_writers();
    if (command_.input_stream) feed_.emplace(command_.input_stream, std::move(plumbing_.input_writer));
    return {};
  }

  [[nodiscard]] std::uint64_t stored_consumed() const override {
    if (feed_) return feed_->source().stored_consumed();
    if (input_) return static_cast<std::uint64_t>(std::max<::off_t>(::lseek(input_.get(), 0, SEEK_CUR), 0));
    const std::scoped_lock lock(mutex_);
    return child_ ? bytes_read_by(child_->pid()) : 0;
  }
  [[nodiscard]] std::uint64_t stored_size() const override {
    if (feed_) return feed_->source().stored_size();
    struct ::stat status {};
    const bool known = input_ && ::fstat(input_.get(), &status) == 0;
    return known ? static_cast<std::uint64_t>(status.st_size) : 0;
  }
  [[nodiscard]] std::vector<std::string> warnings() const override {
    return feed_ ? feed_->source().warnings() : std::vector<std::string>{};
  }

  Result<std::size_t> read(char* buffer, std::size_t length) override {
    while (child_ && length > 0) {
      if (cancel_.is_cancelled() || milliseconds_until(deadline_) == 0) {
        failure_ = stopped(command_, cancel_);
        end_child();
        break;
      }
      const ssize_t got = ::read(plumbing_.output.get(), buffer, length);
      if (got > 0) {
        RECOVER_TRY(charge());
        return static_cast<std::size_t>(got);
      }
      const bool output_ended = got == 0;
      if (got < 0 && errno != EAGAIN && errno != EINTR) return plumbing_error(command_);
      wait(output_ended);
    }
    if (failure_) return *failure_;
    return std::size_t{0};
  }

 private:
  struct Wake {
    int descriptor;
    void operator()() const { ::eventfd_write(descriptor, 1); }
  };

  /// A program that reads the source by itself waits for us at the end of its pipe. What we decode for it is
  /// charged where it is read.
  Result<void> charge() {
    if (feed_) return {};
    const std::uint64_t consumed = std::max(stored_consumed(), charged_);
    const std::uint64_t more = consumed - std::exchange(charged_, consumed);
    return ReadRate::of_process().take(more, cancel_);
  }

  /// Until there is something to read or the child has ended.
  void wait(bool output_ended) {
    const int output = output_ended ? -1 : plumbing_.output.get();
    std::array<::pollfd, 4> wanted{{{output, POLLIN, 0},
                                    {plumbing_.errors.get(), POLLIN, 0},
                                    {child_->descriptor(), POLLIN, 0},
                                    {wake_.get(), POLLIN, 0}}};
    if (::poll(wanted.data(), wanted.size(), milliseconds_until(deadline_)) < 0) return;  // EINTR
    if (wanted[1].revents != 0 || wanted[2].revents != 0) read_errors();
    if (wanted[2].revents != 0 && wanted[0].revents == 0) {
      judge(child_->reap());  // it has ended, and all it wrote was read
      forget_child();
    }
  }

  void read_errors() {
    if (!plumbing_.errors) return;
    const bool open =
        drain(plumbing_.errors.get(), [this](std::string_view data) { keep_last(errors_, data); });
    if (!open) plumbing_.errors = {};
  }

  /// What is wrong with the input is the reason for whatever the child said about it.
  void judge(int status) {
    if (feed_) failure_ = status == 0 ? feed_->finish() : feed_->stop();
    if (status == 0 || failure_) return;
    std::string cause = "it ended with " + std::to_string(status);
    if (!command_.log_file.empty()) cause += "; its messages are in " + command_.log_file;
    if (!errors_.empty()) cause += ": " + last_lines();
    failure_ = make_error(errors::tool_failed, command_.program + " failed", std::move(cause))
                   .with("program", command_.program)
                   .with("exit_status", std::int64_t{status});
  }

  /// A person reads these: a few lines say it.
  [[nodiscard]] std::string last_lines() const {
    constexpr int most_lines = 10;
    std::string text = errors_;
    while (text.ends_with('\n')) text.pop_back();
    std::size_t begin = text.size();
    for (int lines = 0; lines < most_lines && begin != std::string::npos && begin > 0; ++lines) {
      begin = text.rfind('\n', begin - 1);
    }
    return begin == std::string::npos || begin == 0 ? text : text.substr(begin + 1);
  }

  void end_child() {
    if (!child_) return;
    plumbing_.output = {};  // a child that only writes ends by this alone
    child_->signal_group(SIGTERM);
    static_cast<void>(child_->wait(grace));
    child_->signal_group(SIGKILL);  // its helpers too; the pid is ours until it is reaped
    child_->reap();
    forget_child();
    if (feed_) feed_->stop();
  }

  void forget_child() {
    const std::scoped_lock lock(mutex_);
    child_.reset();
  }

  Command command_;
  CancellationToken cancel_;
  Plumbing plumbing_;
  Descriptor input_;  ///< of a command with an input file
  Descriptor wake_;
  std::optional<Time> deadline_;
  mutable std::mutex mutex_;       ///< of child_'s end, which another thread must not meet half way
  std::optional<InputFeed> feed_;  ///< of a command with an input stream
  std::optional<Child> child_;     ///< nothing once it has ended
  std::uint64_t charged_ = 0;
  std::string errors_;
  std::optional<Error> failure_;
  std::stop_callback<Wake> on_cancel_;  // last: it uses wake_
};

}  // namespace

Result<std::unique_ptr<ContentSource>> stream_process(const Command& command,
                                                      const CancellationToken& cancel) {
  RECOVER_TRY(cancel.check());
  const Invocation invocation = RECOVER_TRY(prepare(command, false));
  Plumbing plumbing = RECOVER_TRY(connect_streamed(command));
  Descriptor wake(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!wake) return plumbing_error(command);
  auto stream = std::make_unique<ProcessStream>(command, cancel, std::move(plumbing), std::move(wake));
  RECOVER_TRY(stream->start(invocation));
  return Result<std::unique_ptr<ContentSource>>(std::move(stream));
}

}  // namespace recover::sys
