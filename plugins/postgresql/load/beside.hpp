/// In a server that others use, each database of a dump is loaded beside the one of its name. This decides
/// where a task runs there.
#pragma once

#include "postgresql/load/options.hpp"
#include "postgresql/load/schedule.hpp"

#include <map>
#include <set>
#include <string>
#include <vector>

namespace recover::postgresql::load {

/// Not thread-safe: belongs to the reader.
class Beside {
 public:
  /// Both are borrowed and kept.
  Beside(const SharedServer& server, const std::string& maintenance)
      : server_(server), maintenance_(maintenance) {}

  /// The task with its database and its names as they are in the server, and before it what must be made
  /// first. None: it is passed over, or waits until its database turns out to have contents.
  std::vector<Task> place(Task task);

  /// The databases that are being loaded: name in the dump -> name in the server.
  [[nodiscard]] const std::map<std::string, std::string>& databases() const { return databases_; }
  /// Those of them that the dump connects to without making them: their properties are nowhere in it.
  [[nodiscard]] const std::set<std::string>& unstated() const { return unstated_; }
  /// What was passed over, one sentence each.
  [[nodiscard]] const std::vector<std::string>& notes() const { return notes_; }

 private:
  Task make_database(const std::string& database, const Task& first);
  std::vector<Task> place_about(const std::string& about, Task task);
  [[nodiscard]] std::string name_of(const std::string& database) const;

  const SharedServer& server_;
  const std::string& maintenance_;
  std::map<std::string, std::string> databases_;
  std::set<std::string> unstated_;
  std::map<std::string, std::vector<Task>> waiting_;  ///< what every dump says of a database without contents
  std::vector<std::string> notes_;
};

}  // namespace recover::postgresql::load
