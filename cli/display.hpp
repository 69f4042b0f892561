/// Progress on standard error: a redrawn panel on a terminal, a line now and then elsewhere, events for
/// programs, or nothing.
#pragma once

#include "cli/events.hpp"
#include "cli/terminal.hpp"
#include "config/config.hpp"
#include "core/run/run.hpp"
#include "recover/progress.hpp"

#include <functional>
#include <memory>
#include <string>

namespace recover::cli {

/// Thread-safe; outlives the lanes that it lends.
class Display {
 public:
  /// By --progress, --quiet and enable_progress_tracking.
  Display(const config::Settings& settings, const Terminal& terminal, Events& events);
  ~Display();
  Display(const Display&) = delete;
  Display& operator=(const Display&) = delete;

  /// For work that belongs to no item (a scan).
  Progress& whole();
  /// For one item of a run; it is under way as long as the result lives.
  std::unique_ptr<Progress> lane(const std::string& item);
  /// From here on the run's own screen is shown.
  void run_begins(const run::RunPlan& plan, unsigned at_once);
  void item_ends(const ItemReport& item);
  /// Hands every wait for a lock to `take` too, each time it is told (--debug-locks).
  void tell_locks_to(std::function<void(const std::string& text)> take);
  /// A line for the person, above whatever is drawn.
  void message(const std::string& line);
  /// Takes away what is drawn.
  void end();

 private:
  struct State;
  class Lane;
  std::unique_ptr<State> state_;
  std::unique_ptr<Progress> whole_;
};

}  // namespace recover::cli
