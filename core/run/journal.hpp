/// The journal of a run: one line before and after everything that changes something
/// (docs/formats/journal.md).
#pragma once

#include "core/sys/descriptor.hpp"
#include "recover/host.hpp"
#include "recover/result.hpp"

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace recover::run {

enum class Event {
  run_begins,
  begins,
  done,
  failed,
  undo_begins,
  undone,
  undo_failed,
  committed,
  rolled_back,
  run_ends
};

struct JournalRecord {
  std::uint64_t sequence = 0;
  std::string time;  ///< RFC 3339; for people, never compared
  Event event = Event::begins;
  std::string item;    ///< plan id
  std::string step;    ///< step id
  std::string detail;  ///< error id, or what the run ended with
};

/// Where one step of one item stands after all records.
enum class StepState { untouched, begun, done, undone };

class JournalContent {
 public:
  std::vector<JournalRecord> records;
  std::uint64_t good_bytes = 0;  ///< length of the part that consists of whole records

  [[nodiscard]] StepState state_of(const std::string& item, const std::string& step) const;
  [[nodiscard]] bool has(Event event, const std::string& item) const;
};

/// Reads a journal. A torn last line (power loss while it was written) is left out; anything else that
/// is not a record is run.journal_damaged, which names the last good line. A missing file is empty.
Result<JournalContent> read_journal(const std::string& path);

/// Appends records, each on disk before the call returns. Several items may write at the same time; what
/// content() lends is for the time before and after.
class Journal {
 public:
  /// Opens for appending behind the last whole record. Errors: as read_journal, target.write_failed.
  static Result<Journal> open(const std::string& path, Clock& clock);

  Result<void> write(Event event, const std::string& item = {}, const std::string& step = {},
                     const std::string& detail = {});
  /// Everything in it, with what was written since it was opened.
  [[nodiscard]] const JournalContent& content() const { return content_; }
  [[nodiscard]] StepState state_of(const std::string& item, const std::string& step) const;
  [[nodiscard]] bool has(Event event, const std::string& item) const;

 private:
  Journal(sys::Descriptor file, JournalContent content, Clock& clock, std::string path);

  std::unique_ptr<std::mutex> mutex_;  ///< of content_ and the order of the lines; a journal can be moved
  sys::Descriptor file_;
  JournalContent content_;
  Clock* clock_;
  std::string path_;
};

}  // namespace recover::run
