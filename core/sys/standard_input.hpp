/// Standard input as a source of bytes: its beginning can be looked at as often as wanted, all of it is read
/// once.
#pragma once

#include "recover/byte_source.hpp"
#include "recover/cancel.hpp"

#include <memory>
#include <mutex>
#include <string>

namespace recover::sys {

/// There is one per process, as there is one descriptor 0. Thread-safe.
class StandardInput {
 public:
  static StandardInput& of_process();

  /// The first bytes, at most `length`; waits until they are there or the input has ended. Errors:
  /// source.read_error, run.cancelled, plan.source_changed when more is asked for after take().
  Result<std::string> head(std::size_t length, const CancellationToken& cancel);
  /// Everything from the first byte on. Errors: plan.source_changed the second time.
  Result<std::unique_ptr<ByteSource>> take(CancellationToken cancel);
  /// A text that is another one in every process: what was read here cannot be read there again.
  [[nodiscard]] const std::string& token() const { return token_; }

 private:
  StandardInput();

  std::mutex mutex_;
  std::string head_;
  std::string token_;
  bool has_ended_ = false;
  bool is_taken_ = false;
};

}  // namespace recover::sys
