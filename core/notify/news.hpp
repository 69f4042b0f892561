/// What there is to tell of a run: names, counts, outcomes. Nothing that only its owner may know.
#pragma once

#include "core/run/examination.hpp"
#include "recover/model.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace recover::notify {

enum class Event { start, success, warning, partial, failure, restore_test };
std::string to_text(Event event);

/// An error without its cause, which may quote data.
struct Trouble {
  std::string name;   ///< of the database; empty: of the whole run
  std::string code;   ///< error id
  std::string title;  ///< what the catalogue calls it
};

/// Every text in it is printable UTF-8 without line feeds and without passwords.
struct News {
  Event event = Event::failure;  ///< never restore_test: that is said beside
  bool is_restore_test = false;
  std::string run;  ///< id; empty where there is no run
  std::string host;
  std::string source;
  std::string status;
  std::string headline;
  int exit = 0;
  std::int64_t time = 0;
  double seconds = 0;
  std::vector<std::string> recovered;  ///< or, in a restore test, restored
  std::vector<Trouble> troubles;
  std::size_t warnings = 0;
  std::string next;  ///< the command that comes next

  [[nodiscard]] bool is_good() const { return event == Event::success || event == Event::warning; }
};

/// Who says it: this machine, and now.
struct Speaker {
  std::string host;
  std::int64_t time = 0;
};

News news_of_start(const std::string& run, const std::string& source, const Speaker& speaker);
News news_of(const Report& report, const Speaker& speaker);
/// Of an examination with a restore test.
News news_of(const run::ExaminationReport& report, const Speaker& speaker);
/// Of something that ended without a report. `run` and `source` as far as they are known.
News news_of(const Error& error, const std::string& run, const std::string& source, const Speaker& speaker);

}  // namespace recover::notify
