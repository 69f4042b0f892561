// A program that reads what we decode. Its standard input is a pipe, so it may end before it has read
// everything, and then writing must neither end us (SIGPIPE is blocked in the thread that writes, EPIPE says
// the same) nor keep us from reading the source to its end, where its checksums are. A program that neither
// reads nor ends blocks the thread until it is ended; whoever owns both ends the program first.
#include "core/sys/input_feed.hpp"

#include <pthread.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <string>

namespace recover::sys {

namespace {

constexpr std::size_t block = std::size_t{256} << 10;

void block_broken_pipe_signal() {
  sigset_t signals;
  ::sigemptyset(&signals);
  ::sigaddset(&signals, SIGPIPE);
  ::pthread_sigmask(SIG_BLOCK, &signals, nullptr);
}

}  // namespace

InputFeed::InputFeed(std::shared_ptr<ContentSource> source, Descriptor pipe)
    : source_(std::move(source)),
      thread_([this, end = std::move(pipe)](const std::stop_token& stopped) mutable {
        feed(stopped, std::move(end));
      }) {}

InputFeed::~InputFeed() {
  stop();
}

std::optional<Error> InputFeed::finish() {
  if (thread_.joinable()) thread_.join();
  const std::scoped_lock lock(mutex_);
  return failure_;
}

std::optional<Error> InputFeed::stop() {
  thread_.request_stop();
  return finish();
}

void InputFeed::feed(const std::stop_token& stopped, Descriptor pipe) {
  block_broken_pipe_signal();
  std::string buffer(block, '\0');
  while (!stopped.stop_requested()) {
    auto got = source_->read(buffer.data(), buffer.size());
    if (got && *got == 0) return;
    if (!got) {  // told before the pipe ends: who sees the program fail by it finds the reason
      const std::scoped_lock lock(mutex_);
      failure_ = std::move(got).error();
      return;
    }
    if (pipe && !write(pipe.get(), std::string_view(buffer).substr(0, *got))) pipe = {};
  }
}

bool InputFeed::write(int pipe, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(pipe, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

}  // namespace recover::sys
