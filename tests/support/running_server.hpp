/// A test that recovers dumps into a server that is in use.
#pragma once

#include "tests/support/recovering.hpp"

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace recover::test {

class IntoRunningServer : public Recovering {
 protected:
  static constexpr int major = 15;

  void SetUp() override {
    target_ = std::make_unique<Cluster>(box, major, "target");
    target_->start({"max_prepared_transactions=2"});
    std::filesystem::create_directories(box.source());
  }

  [[nodiscard]] std::string url(const std::string& user = "postgres") const {
    return "postgresql://" + user + "@/postgres?host=" + target_->sockets();
  }
  Answer recover_into_server(std::vector<std::string> words = {}) {
    words.insert(words.end(), {"--target", url()});
    return recover(major, words);
  }
  /// All databases of the server but its templates, without the run in their names.
  [[nodiscard]] std::string names() const {
    return asked(
        "SELECT string_agg(regexp_replace(datname, '_[^_]{26}$', ''), ' ' ORDER BY datname) "
        "FROM pg_database WHERE datname !~ '^template'");
  }
  /// What the server answers, without the line end.
  [[nodiscard]] std::string asked(const std::string& sql, const std::string& database = "postgres") const {
    return trimmed(target_->sql(sql, database));
  }
  void tell(const std::string& sql, const std::string& database = "postgres") const {
    static_cast<void>(target_->sql(sql, database));
  }
  static std::string trimmed(std::string text) {
    while (!text.empty() && text.back() == '\n') text.pop_back();
    return text;
  }
  /// A file of the source that begins and ends as pg_dumpall's do.
  void write_cluster_dump(const std::string& contents) {
    box.write("source/all.sql",
              "--\n-- PostgreSQL database cluster dump\n--\n\nSET client_encoding = 'UTF8';\n" + contents +
                  "--\n-- PostgreSQL database cluster dump complete\n--\n\n");
  }

  std::unique_ptr<Cluster> target_;
};

}  // namespace recover::test
