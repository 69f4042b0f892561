// A window over a stream. What is kept moves to the front of the buffer when room is needed, and the buffer
// doubles when the kept part is larger than half of it: each byte is moved a constant number of times, also
// for a statement of hundreds of megabytes.
#include "postgresql/dump/input_window.hpp"

#include <algorithm>
#include <cstring>

namespace recover::postgresql::dump {

namespace {

constexpr std::size_t largest_kept = std::size_t{16} << 20;

}  // namespace

Result<void> InputWindow::read() {
  if (failure_) return *failure_;
  if (is_last_) return {};
  make_room();
  const std::size_t before = end_;
  const std::size_t wanted = end_ + block_;
  while (end_ < wanted) {
    auto length = input_.read(buffer_.get() + end_, wanted - end_);
    if (!length && end_ == before) return std::move(length).error();
    if (!length) {  // what came before the break is still looked at: it tells where the dump ends
      failure_ = std::move(length).error();
      return {};
    }
    if (*length == 0) {
      is_last_ = true;
      return {};
    }
    end_ += *length;
  }
  return {};
}

void InputWindow::drop(std::size_t length) {
  begin_ += length;
  offset_ += length;
  // The room of a huge statement is not kept.
  if (capacity_ > largest_kept && end_ - begin_ < capacity_ / 4) shrink();
  if (begin_ == end_) begin_ = end_ = 0;
}

void InputWindow::shrink() {
  const std::size_t kept = end_ - begin_;
  capacity_ = kept + 2 * block_;
  auto smaller = std::make_unique_for_overwrite<char[]>(capacity_);
  if (kept > 0) std::memcpy(smaller.get(), buffer_.get() + begin_, kept);
  buffer_ = std::move(smaller);
  begin_ = 0;
  end_ = kept;
}

void InputWindow::make_room() {
  if (capacity_ - end_ >= block_) return;
  const std::size_t kept = end_ - begin_;
  if (kept + block_ > capacity_ || kept > capacity_ / 2) {
    capacity_ = std::max(2 * kept, kept + 2 * block_);
    auto larger = std::make_unique_for_overwrite<char[]>(capacity_);
    if (kept > 0) std::memcpy(larger.get(), buffer_.get() + begin_, kept);
    buffer_ = std::move(larger);
  } else {
    std::memmove(buffer_.get(), buffer_.get() + begin_, kept);
  }
  begin_ = 0;
  end_ = kept;
}

}  // namespace recover::postgresql::dump
