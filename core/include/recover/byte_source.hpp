/// Bytes that are read once, from front to back: a file, what a decoder makes of it, a member of an
/// archive, what a program prints.
#pragma once

#include "recover/result.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace recover {

class ByteSource {
 public:
  virtual ~ByteSource();
  /// Up to `length` bytes; 0 at the end. Errors: source.*, archive.*, tool.failed.
  virtual Result<std::size_t> read(char* buffer, std::size_t length) = 0;
};

/// The whole content of one file of a source, decoded. Destroying it early stops what it does.
class ContentSource : public ByteSource {
 public:
  /// Bytes of the stored, compressed file that were used so far, and its size: for progress. May be
  /// asked from another thread than the one that reads.
  [[nodiscard]] virtual std::uint64_t stored_consumed() const = 0;
  [[nodiscard]] virtual std::uint64_t stored_size() const = 0;
  /// What is odd but no error (garbage behind a gzip stream). Complete once read() returned 0.
  [[nodiscard]] virtual std::vector<std::string> warnings() const = 0;
};

}  // namespace recover
