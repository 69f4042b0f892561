// The append-only record of a run. A line is on disk before the action it announces and again after it,
// so that after any crash the one action that may be half done is known (RELIABILITY §2.1). Relies on
// appends of one line being cut at most at their end. Must never rewrite what is already in the file;
// only a torn last line is cut off. Format: docs/formats/journal.md.
#include "core/run/journal.hpp"

#include "core/model/json.hpp"
#include "core/text/format.hpp"
#include "recover/errors.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <fstream>
#include <iterator>
#include <optional>
#include <utility>

namespace recover::run {

namespace {

using json::Json;

constexpr std::array<std::pair<Event, const char*>, 10> event_words{{
    {Event::run_begins, "run_begins"},
    {Event::begins, "begins"},
    {Event::done, "done"},
    {Event::failed, "failed"},
    {Event::undo_begins, "undo_begins"},
    {Event::undone, "undone"},
    {Event::undo_failed, "undo_failed"},
    {Event::committed, "committed"},
    {Event::rolled_back, "rolled_back"},
    {Event::run_ends, "run_ends"},
}};

const char* word_of(Event event) {
  for (const auto& [known, word] : event_words) {
    if (known == event) return word;
  }
  return "";
}

std::string line_of(const JournalRecord& record) {
  Json line{{"seq", record.sequence}, {"time", record.time}, {"event", word_of(record.event)}};
  if (!record.item.empty()) line["item"] = record.item;
  if (!record.step.empty()) line["step"] = record.step;
  if (!record.detail.empty()) line["detail"] = record.detail;
  return json::dump(line) + "\n";
}

std::string text_of(const Json& object, const char* key) {
  return object.contains(key) && object[key].is_string() ? object[key].get<std::string>() : std::string{};
}

std::optional<JournalRecord> record_of(const std::string& line) {
  const auto parsed = json::parse(line);
  if (!parsed || !parsed->is_object()) return std::nullopt;
  const Json& object = *parsed;
  if (!object.contains("seq") || !object["seq"].is_number_unsigned()) return std::nullopt;
  JournalRecord record{object["seq"].get<std::uint64_t>(),
                       text_of(object, "time"),
                       Event::begins,
                       text_of(object, "item"),
                       text_of(object, "step"),
                       text_of(object, "detail")};
  const std::string word = text_of(object, "event");
  for (const auto& [event, known] : event_words) {
    if (word == known) {
      record.event = event;
      return record;
    }
  }
  return std::nullopt;
}

}  // namespace

StepState JournalContent::state_of(const std::string& item, const std::string& step) const {
  StepState state = StepState::untouched;
  for (const JournalRecord& record : records) {
    if (record.item != item || record.step != step) continue;
    switch (record.event) {
      case Event::begins:
      case Event::failed:
      case Event::undo_begins:
      case Event::undo_failed: state = StepState::begun; break;
      case Event::done: state = StepState::done; break;
      case Event::undone: state = StepState::undone; break;
      default: break;
    }
  }
  return state;
}

bool JournalContent::has(Event event, const std::string& item) const {
  for (const JournalRecord& record : records) {
    if (record.event == event && record.item == item) return true;
  }
  return false;
}

Result<JournalContent> read_journal(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  JournalContent content;
  std::size_t at = 0;
  while (at < text.size()) {
    const auto end = text.find('\n', at);
    if (end == std::string::npos) break;  // torn: the power went while it was written
    auto record = record_of(text.substr(at, end - at));
    if (!record || record->sequence != content.records.size() + 1) {
      const bool is_last = end + 1 == text.size();
      if (!record && is_last) break;
      return make_error(errors::journal_damaged, "cannot believe " + path,
                        "the last good line is " + std::to_string(content.records.size()))
          .with("path", path)
          .with("line", static_cast<std::int64_t>(content.records.size()));
    }
    content.records.push_back(std::move(*record));
    at = end + 1;
    content.good_bytes = at;
  }
  return content;
}

Journal::Journal(sys::Descriptor file, JournalContent content, Clock& clock, std::string path)
    : mutex_(std::make_unique<std::mutex>()),
      file_(std::move(file)),
      content_(std::move(content)),
      clock_(&clock),
      path_(std::move(path)) {}

Result<Journal> Journal::open(const std::string& path, Clock& clock) {
  JournalContent content = RECOVER_TRY(read_journal(path));
  sys::Descriptor file(::open(path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (!file || ::ftruncate(file.get(), static_cast<off_t>(content.good_bytes)) != 0) {
    return make_system_error(errors::target_write_failed, "cannot open " + path, errno);
  }
  return Journal(std::move(file), std::move(content), clock, path);
}

StepState Journal::state_of(const std::string& item, const std::string& step) const {
  const std::scoped_lock lock(*mutex_);
  return content_.state_of(item, step);
}

bool Journal::has(Event event, const std::string& item) const {
  const std::scoped_lock lock(*mutex_);
  return content_.has(event, item);
}

Result<void> Journal::write(Event event, const std::string& item, const std::string& step,
                            const std::string& detail) {
  const std::scoped_lock lock(*mutex_);
  JournalRecord record{
      content_.records.size() + 1, text::timestamp(clock_->now()), event, item, step, detail};
  const std::string line = line_of(record);
  const ssize_t put = ::write(file_.get(), line.data(), line.size());
  if (put != static_cast<ssize_t>(line.size()) || ::fsync(file_.get()) != 0) {
    const int number = put >= 0 && put < static_cast<ssize_t>(line.size()) ? ENOSPC : errno;
    const ErrorKind& kind =
        number == ENOSPC || number == EDQUOT ? errors::disk_full : errors::target_write_failed;
    Error error = make_system_error(kind, "cannot write the journal " + path_, number);
    // A part of a line would make the next one unreadable.
    if (::ftruncate(file_.get(), static_cast<off_t>(content_.good_bytes)) != 0) {
      return std::move(error).with("torn_last_line", true);
    }
    return error;
  }
  content_.good_bytes += line.size();
  content_.records.push_back(std::move(record));
  return {};
}

}  // namespace recover::run
