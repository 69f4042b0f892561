// A program that watches a run reads lines: each one is a complete object, written with one call, with a
// number that shows whether one is missing. With --progress=json nothing else reaches standard error, so
// warnings and errors are events too.
#include "cli/events.hpp"

#include "cli/terminal.hpp"
#include "core/text/format.hpp"

#include <ctime>

namespace recover::cli {

void Events::set_run(const std::string& run) {
  const std::scoped_lock lock(mutex_);
  run_ = run;
}

void Events::write(const std::string& type, const json::Json& fields) {
  if (!is_on_) return;
  const std::scoped_lock lock(mutex_);
  json::Json event{{"type", type}};
  event["run"] = run_.empty() ? json::Json(nullptr) : json::Json(run_);
  event["ts"] = text::timestamp(std::time(nullptr));
  event["seq"] = ++sequence_;
  event.update(fields);
  write_message(json::dump(event) + "\n");
}

}  // namespace recover::cli
