/// A server with a base backup and a log archive, as somebody keeps them who wants to go back in time.
#pragma once

#include "tests/support/recovering.hpp"

#include <algorithm>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace recover::test {

/// Table "marks" gets one row per mark(); the log goes to source/archive when the server is stopped.
class LoggedServer : public Recovering {
 protected:
  /// A running server with segments of one megabyte, all of which it keeps.
  void begin(int major) {
    major_ = major;
    const std::vector<std::string> words{"-E", "UTF8", "--locale=C.UTF-8", "--wal-segsize=1"};
    server_ = std::make_unique<Cluster>(box, major, "server", words);
    resume();
    tell("CREATE TABLE marks (i int PRIMARY KEY)");
  }
  void resume() {
    server_->start({major_ >= 13 ? "wal_keep_size=512MB" : "wal_keep_segments=512", "autovacuum=off"});
  }
  /// One committed row; returns a moment right behind its commit.
  std::string mark(int number) {
    tell("INSERT INTO marks VALUES (" + std::to_string(number) + ")");
    return asked("SELECT to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US') || 'Z'");
  }
  void tell(const std::string& sql) { static_cast<void>(server_->sql(sql)); }
  std::string asked(const std::string& sql) {
    std::string text = server_->sql(sql);
    while (!text.empty() && text.back() == '\n') text.pop_back();
    return text;
  }
  /// The position behind all that was written.
  std::string position() { return asked("SELECT pg_current_wal_insert_lsn()"); }
  void backup(const std::vector<std::string>& words = {"-Fp", "-X", "stream"}) {
    std::filesystem::create_directories(box.source());
    server_->base_backup(box.path("source/backup"), words);
  }
  /// Stops the server and puts its log into source/archive.
  void archive() {
    server_->stop();
    std::filesystem::create_directories(box.path("source/archive"));
    for (const auto& entry : std::filesystem::directory_iterator(server_->data() + "/pg_wal")) {
      if (entry.is_regular_file())
        std::filesystem::copy_file(entry.path(), archived(entry.path().filename()),
                                   std::filesystem::copy_options::overwrite_existing);
    }
  }
  [[nodiscard]] std::string archived(const std::string& name) const {
    return box.path("source/archive/" + name);
  }
  /// Sorted names of the archived segments, without histories.
  [[nodiscard]] std::vector<std::string> segments() const {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(box.path("source/archive"))) {
      if (entry.path().filename().string().size() >= 24) names.push_back(entry.path().filename());
    }
    std::sort(names.begin(), names.end());
    return names;
  }
  Answer recover_to(const std::vector<std::string>& words) { return recover(major_, words); }
  /// What table marks holds in the recovered server.
  static std::string marks(const Answer& answer) {
    const std::string text =
        sql_through(answer.connect(), "SELECT string_agg(i::text, ',' ORDER BY i) FROM marks");
    return text.substr(0, text.find('\n'));
  }

  int major_ = 15;
  std::unique_ptr<Cluster> server_;
};

}  // namespace recover::test
