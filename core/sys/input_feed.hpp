/// Bytes of a source for a program's standard input.
#pragma once

#include "core/sys/descriptor.hpp"
#include "recover/byte_source.hpp"
#include "recover/error.hpp"

#include <memory>
#include <mutex>
#include <optional>
#include <thread>

namespace recover::sys {

/// Reads a source in a thread of its own and writes it into a pipe. What the program leaves unread is read
/// all the same: a source is known to be right only at its end.
class InputFeed {
 public:
  /// `pipe` is its writing end and must block.
  InputFeed(std::shared_ptr<ContentSource> source, Descriptor pipe);
  InputFeed(const InputFeed&) = delete;
  InputFeed& operator=(const InputFeed&) = delete;
  ~InputFeed();  ///< stops reading; the program must have ended

  [[nodiscard]] const ContentSource& source() const { return *source_; }
  /// Waits for the source's end, or stops reading before it. Why the source could not be read, if it could
  /// not.
  std::optional<Error> finish();
  std::optional<Error> stop();

 private:
  void feed(const std::stop_token& stopped, Descriptor pipe);
  /// False when the program does not read any more.
  static bool write(int pipe, std::string_view bytes);

  std::shared_ptr<ContentSource> source_;
  std::mutex mutex_;
  std::optional<Error> failure_;
  std::jthread thread_;  // last: it uses the others
};

}  // namespace recover::sys
