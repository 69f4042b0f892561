/// Quantities with a meaning: a byte count is never a bare integer in an interface.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace recover {

/// A number of bytes.
struct Bytes {
  std::uint64_t count = 0;

  friend auto operator<=>(const Bytes&, const Bytes&) = default;
  friend Bytes operator+(Bytes left, Bytes right) { return Bytes{left.count + right.count}; }
  friend Bytes operator-(Bytes left, Bytes right) { return Bytes{left.count - right.count}; }
  Bytes& operator+=(Bytes other) {
    count += other.count;
    return *this;
  }
};

/// What a file or a tree occupies. `logical` is the sum of file sizes, `allocated` what the file
/// system really uses (st_blocks * 512); a sparse file has allocated < logical.
struct Size {
  Bytes logical;
  Bytes allocated;
  std::uint64_t files = 0;

  Size& operator+=(const Size& other) {
    logical += other.logical;
    allocated += other.allocated;
    files += other.files;
    return *this;
  }
  friend bool operator==(const Size&, const Size&) = default;
};

/// A version as text ("16", "10.11.18") and the file or field it was read from.
/// Empty text means: not known.
struct Version {
  std::string text;
  std::string read_from;

  /// The leading number ("16" of "16.4", "10" of "10.11.18"); 0 when unknown.
  [[nodiscard]] int major() const;
  friend bool operator==(const Version&, const Version&) = default;
};

}  // namespace recover
