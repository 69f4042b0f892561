// A pipe cannot be read twice, so what is looked at is kept and handed out first. Waiting is done by poll()
// in short turns: a request to stop must reach us while nothing comes.
#include "core/sys/standard_input.hpp"

#include "core/sys/read_rate.hpp"
#include "recover/errors.hpp"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>

namespace recover::sys {

namespace {

constexpr int turn_milliseconds = 200;

/// Up to `length` bytes of descriptor 0; 0 at its end.
Result<std::size_t> read_input(char* buffer, std::size_t length, const CancellationToken& cancel) {
  ReadRate& rate = ReadRate::of_process();
  while (true) {
    RECOVER_TRY(cancel.check());
    pollfd input{STDIN_FILENO, POLLIN, 0};
    const int ready = ::poll(&input, 1, turn_milliseconds);
    if (ready == 0 || (ready < 0 && errno == EINTR)) continue;
    const ssize_t got = ::read(STDIN_FILENO, buffer, rate.portion(length));
    if (got >= 0) {
      RECOVER_TRY(rate.take(static_cast<std::uint64_t>(got), cancel));
      return static_cast<std::size_t>(got);
    }
    if (errno != EINTR && errno != EAGAIN)
      return make_system_error(errors::source_read_error, "cannot read standard input", errno);
  }
}

Error read_before() {
  return make_error(errors::plan_source_changed, "cannot read standard input again",
                    "what came through it is gone")
      .advise("Start again with the dump, or store it in a file and name that: a file can be resumed.");
}

/// What was looked at, then the rest.
class WholeInput final : public ByteSource {
 public:
  WholeInput(std::string head, CancellationToken cancel)
      : head_(std::move(head)), cancel_(std::move(cancel)) {}

  Result<std::size_t> read(char* buffer, std::size_t length) override {
    if (used_ == head_.size()) return read_input(buffer, length, cancel_);
    const std::size_t count = std::min(length, head_.size() - used_);
    std::memcpy(buffer, head_.data() + used_, count);
    used_ += count;
    return count;
  }

 private:
  std::string head_;
  std::size_t used_ = 0;
  CancellationToken cancel_;
};

}  // namespace

StandardInput& StandardInput::of_process() {
  static StandardInput input;
  return input;
}

StandardInput::StandardInput()
    : token_(std::to_string(::getpid()) + "-" + std::to_string(::arc4random()) +
             std::to_string(::arc4random())) {}

Result<std::string> StandardInput::head(std::size_t length, const CancellationToken& cancel) {
  const std::scoped_lock lock(mutex_);
  while (head_.size() < length && !has_ended_) {
    if (is_taken_) return read_before();
    const std::size_t before = head_.size();
    head_.resize(length);
    const auto got = read_input(head_.data() + before, length - before, cancel);
    head_.resize(before + (got ? *got : 0));
    if (!got) return got.error();
    has_ended_ = *got == 0;
  }
  return head_.substr(0, length);
}

Result<std::unique_ptr<ByteSource>> StandardInput::take(CancellationToken cancel) {
  const std::scoped_lock lock(mutex_);
  if (is_taken_) return read_before();
  is_taken_ = true;
  return std::unique_ptr<ByteSource>(std::make_unique<WholeInput>(head_, std::move(cancel)));
}

}  // namespace recover::sys
