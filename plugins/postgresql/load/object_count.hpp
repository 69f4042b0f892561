/// How many objects of each kind the statements of a dump have made.
#pragma once

#include "postgresql/dump/objects.hpp"

#include <array>
#include <compare>
#include <cstdint>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <unordered_set>
#include <vector>

namespace recover::postgresql::load {

struct LoadOptions;
struct Task;

/// One kind in one database, as the dump has it.
struct LoadedObjects {
  std::string database;
  std::string kind;  ///< as object_kind_name() has it
  std::uint64_t count = 0;
  std::string unclear;  ///< why the text does not tell how many they are; empty: it does
};

/// Something outside every database that the dump gives privileges or a label.
struct LoadedOutside {
  std::string what;  ///< as dump::Outside has it
  std::string name;
  auto operator<=>(const LoadedOutside&) const = default;
};

/// "indexes"; what people and the record call a kind.
std::string object_kind_name(dump::ObjectKind kind);

/// One database. Not thread-safe.
class ObjectCount {
 public:
  /// In the order in which the statements were carried out.
  void add(const dump::Objects& objects, std::uint64_t line);
  /// Every kind that was made or is unclear.
  [[nodiscard]] std::vector<LoadedObjects> kinds(const std::string& database) const;

 private:
  void doubt(const dump::KindSet& kinds, std::string_view reason, std::uint64_t line);
  void judge(const dump::Objects& objects, std::uint64_t line);
  bool is_new(const dump::Objects& objects, std::uint64_t line);
  void add_lasting(const dump::Objects& objects, std::uint64_t line);
  [[nodiscard]] std::uint64_t count(dump::ObjectKind kind) const {
    return counts_[static_cast<std::size_t>(kind)];
  }
  [[nodiscard]] bool is_unclear(dump::ObjectKind kind) const {
    return !unclear_[static_cast<std::size_t>(kind)].empty();
  }

  std::array<std::uint64_t, dump::object_kinds> counts_{};
  std::array<std::string, dump::object_kinds> unclear_;
  std::unordered_set<std::size_t> names_;        ///< hashes: there may be millions
  std::unordered_set<std::size_t> partitioned_;  ///< of names of tables
  bool has_objects_ = false;
};

/// All databases of a load, over all files of its dump. Thread-safe.
class ObjectTally {
 public:
  void add(const std::string& database, const dump::Objects& objects, std::uint64_t line);
  [[nodiscard]] std::vector<LoadedObjects> kinds();
  [[nodiscard]] std::vector<LoadedOutside> outside();

 private:
  std::mutex mutex_;
  std::map<std::string, ObjectCount> databases_;
  std::set<LoadedOutside> outside_;
};

/// Counts what a task has made that was carried out, where somebody wants to know.
void note_objects(const Task& task, const LoadOptions& options);

}  // namespace recover::postgresql::load
