// A small ring of buffers between one thread that fills and one reader that empties. Each buffer belongs
// to one side at a time, so that bytes are moved without the lock; only the two counters are shared. The
// buffers are used again and again: fresh memory for each MiB would cost a page fault for each 4 KiB. An
// error takes its place in the order: everything that came before it is still read.
#include "core/sys/read_ahead.hpp"

#include <algorithm>
#include <array>
#include <condition_variable>
#include <cstring>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

namespace recover::sys {

namespace {

constexpr std::size_t block_size = 1 << 20;
constexpr std::size_t block_count = 4;

class ReadAhead final : public ByteSource {
 public:
  explicit ReadAhead(std::unique_ptr<ByteSource> source)
      : source_(std::move(source)), thread_([this](const std::stop_token& stop) { work(stop); }) {}

  Result<std::size_t> read(char* buffer, std::size_t length) override {
    if (length == 0 || !has_current()) {
      if (failure_ && length > 0) return *failure_;
      return std::size_t{0};
    }
    Block& block = blocks_[emptied_ % block_count];
    const std::size_t taken = std::min(length, block.length - used_);
    std::memcpy(buffer, block.bytes.get() + used_, taken);
    used_ += taken;
    if (used_ == block.length) give_back();
    return taken;
  }

 private:
  struct Block {
    std::unique_ptr<char[]> bytes;
    std::size_t length = 0;
  };

  /// Waits for a filled block; false at the end.
  bool has_current() {
    std::unique_lock lock(mutex_);
    filled_changed_.wait(lock, [this] { return filled_ > emptied_ || ended_; });
    return filled_ > emptied_;
  }

  void give_back() {
    used_ = 0;
    const std::lock_guard lock(mutex_);
    ++emptied_;
    emptied_changed_.notify_one();
  }

  void work(const std::stop_token& stop) {
    bool more = true;
    while (more) {
      {
        std::unique_lock lock(mutex_);
        emptied_changed_.wait(lock, stop, [this] { return filled_ - emptied_ < block_count; });
        if (stop.stop_requested()) return;
      }
      Block& block = blocks_[filled_ % block_count];
      auto filled = fill(block, stop);
      more = filled && *filled;
      const std::lock_guard lock(mutex_);
      if (block.length > 0) ++filled_;
      if (!filled) failure_ = std::move(filled).error();
      ended_ = !more;
      filled_changed_.notify_one();
    }
  }

  /// False when the source has ended.
  Result<bool> fill(Block& block, const std::stop_token& stop) {
    if (!block.bytes) block.bytes = std::make_unique_for_overwrite<char[]>(block_size);
    block.length = 0;
    while (block.length < block_size && !stop.stop_requested()) {
      const std::size_t got =
          RECOVER_TRY(source_->read(block.bytes.get() + block.length, block_size - block.length));
      if (got == 0) return false;
      block.length += got;
    }
    return true;
  }

  std::unique_ptr<ByteSource> source_;  ///< used by the thread only
  std::array<Block, block_count> blocks_;
  std::size_t used_ = 0;  ///< of the block that is being emptied; the reader's own

  std::mutex mutex_;
  std::condition_variable filled_changed_;
  std::condition_variable_any emptied_changed_;
  std::uint64_t filled_ = 0;  ///< blocks, ever
  std::uint64_t emptied_ = 0;
  bool ended_ = false;
  std::optional<Error> failure_;
  std::jthread thread_;  // last: it uses all the others
};

}  // namespace

std::unique_ptr<ByteSource> read_ahead(std::unique_ptr<ByteSource> source) {
  return std::make_unique<ReadAhead>(std::move(source));
}

}  // namespace recover::sys
