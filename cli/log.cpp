// One line per entry, appended with one write so that lines of several processes do not mix. What the
// terminal shows (-v, -q) and what the file keeps (log_level) are separate choices. Foreign text is made
// printable: a file name must not be able to forge a log line; passwords in it are hidden (log.redact).
#include "cli/log.hpp"

#include "cli/terminal.hpp"
#include "core/model/json.hpp"
#include "core/text/format.hpp"
#include "core/text/redaction.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <ctime>
#include <system_error>

namespace recover::cli {

namespace {

LogLevel shown_level(const config::Settings& settings) {
  if (settings.flag("quiet")) return LogLevel::error;
  const auto asked = settings.number("verbose");
  if (asked == 0) return LogLevel::warn;
  return asked == 1 ? LogLevel::info : LogLevel::debug;
}

LogLevel kept_level(const std::string& word) {
  for (const auto level : {LogLevel::trace, LogLevel::debug, LogLevel::warn, LogLevel::error}) {
    if (word == to_text(level)) return level;
  }
  return LogLevel::info;
}

sys::Descriptor open_log(const std::string& path) {
  if (path.empty()) return {};
  sys::Descriptor file(::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!file) {
    write_message("warning: cannot write the log file " + text::printable(path) + ": " +
                  std::generic_category().message(errno) + "\n");
  }
  return file;
}

}  // namespace

std::string to_text(LogLevel level) {
  switch (level) {
    case LogLevel::trace: return "trace";
    case LogLevel::debug: return "debug";
    case LogLevel::info: return "info";
    case LogLevel::warn: return "warn";
    case LogLevel::error: return "error";
  }
  return "info";
}

RunLog::RunLog(const config::Settings& settings)
    : shown_(shown_level(settings)),
      kept_(kept_level(settings.text("log_level"))),
      json_(settings.flag("log.json")),
      redact_(settings.flag("log.redact")),
      file_(open_log(settings.text("log.file"))),
      debug_file_(open_log(settings.text("save-debug-log"))) {}

void RunLog::write(LogLevel level, const std::string& foreign) {
  const std::string text = redact_ ? text::redacted(foreign) : foreign;
  const std::scoped_lock lock(mutex_);
  if (level >= shown_) show(level, text);
  if (file_ && level >= kept_) write_file(file_, level, text);
  if (debug_file_) write_file(debug_file_, level, text);
}

void RunLog::show(LogLevel level, const std::string& text) const {
  if (sink_) return sink_(level, text);
  write_message(to_text(level) + ": " + text::printable(text) + "\n");
}

void RunLog::write_file(const sys::Descriptor& file, LogLevel level, const std::string& text) const {
  const std::string time = text::timestamp(std::time(nullptr));
  std::string line = time + " " + to_text(level) + " " + text::printable(text);
  if (json_) {
    json::Json object{{"ts", time}, {"level", to_text(level)}};
    json::put_text(object, "text", text);
    line = json::dump(object);
  }
  line += '\n';
  // A full disk must not stop a recovery for its log.
  [[maybe_unused]] const ssize_t written = ::write(file.get(), line.data(), line.size());
}

}  // namespace recover::cli
