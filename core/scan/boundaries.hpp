/// Which directories a walk may enter.
#pragma once

#include <array>
#include <cstdint>
#include <mutex>
#include <string>
#include <unordered_set>

namespace recover::scan {

/// Loops, other file systems, and file systems that are not on any disk. Thread-safe.
class Boundaries {
 public:
  Boundaries(int root, bool one_file_system);
  /// What a directory is entered for; once for each is enough.
  enum class Purpose : std::uint8_t { pass_through, look_at };

  /// Why this open directory must not be entered; empty when it may. Remembers it as visited.
  std::string obstacle(int directory, Purpose purpose);
  /// True when obstacle() let this open directory be looked at before.
  [[nodiscard]] bool was_looked_at(int directory);

 private:
  struct Key {
    std::uint64_t device;
    std::uint64_t inode;
    Purpose purpose;
    friend bool operator==(const Key&, const Key&) = default;
  };
  struct Hash {
    std::size_t operator()(const Key& key) const { return key.inode * 31 + key.device; }
  };
  struct Shard {
    std::mutex mutex;
    std::unordered_set<Key, Hash> visited;
  };
  bool visit(const Key& key);

  std::uint64_t root_device_ = 0;
  bool one_file_system_ = false;
  std::array<Shard, 16> shards_;
};

}  // namespace recover::scan
