/// A test that recovers real clusters with the real program: one sandbox, its servers are stopped at the end.
#pragma once

#include "tests/support/json.hpp"
#include "tests/support/postgresql.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace recover::test {

/// What one run answered.
struct Answer {
  int exit = -1;
  nlohmann::json document;
  std::string err;

  /// The entry of the first database of the report.
  [[nodiscard]] nlohmann::json database() const {
    return document.contains("databases") && !document["databases"].empty() ? document["databases"][0]
                                                                            : nlohmann::json::object();
  }
  /// One check of the first database; an empty object when it is not there.
  [[nodiscard]] nlohmann::json check(const std::string& name) const {
    const auto item = database();
    if (!item.contains("verify")) return nlohmann::json::object();
    for (const auto& check : item["verify"]["checks"]) {
      if (check["name"] == name) return check;
    }
    return nlohmann::json::object();
  }
  /// The connect line of the database that was recovered.
  [[nodiscard]] std::string connect() const {
    for (const auto& item : document.value("databases", nlohmann::json::array())) {
      if (const std::string line = item.value("connect", ""); !line.empty()) return line;
    }
    return {};
  }
  [[nodiscard]] std::string told() const {
    return "exit " + std::to_string(exit) + "\n" + document.dump(1) + err;
  }
};

class Recovering : public ::testing::Test {
 protected:
  ~Recovering() override { stop_servers_below(box.path(".")); }

  /// recover SOURCE --yes --json with the servers of `major`.
  Answer recover(int major, const std::vector<std::string>& words = {}) {
    return recover_into(server_programs(major), words);
  }
  /// The same with the server in this directory.
  Answer recover_into(const std::string& bindir, const std::vector<std::string>& words = {}) {
    std::vector<std::string> command{box.source(), "--yes",    "--json", "--min-free",
                                     "100MB",      "--bindir", bindir};
    command.insert(command.end(), words.begin(), words.end());
    const Outcome outcome = box.recover(command);
    Answer answer{outcome.exit, nlohmann::json::parse(outcome.out, nullptr, false), outcome.err};
    if (answer.document.is_discarded()) answer.document = nlohmann::json{{"not_json", outcome.out}};
    return answer;
  }

  /// Every error id of the answer: of the run, of its databases and of its skipped ones.
  static std::vector<std::string> ids(const Answer& answer) {
    std::vector<std::string> found;
    collect(answer.document, found);
    return found;
  }

  Sandbox box;

 private:
  static void collect(const nlohmann::json& node, std::vector<std::string>& found) {
    if (node.is_object() && node.contains("code") && node["code"].is_string()) found.push_back(node["code"]);
    if (!node.is_structured()) return;
    for (const auto& child : node) collect(child, found);
  }
};

}  // namespace recover::test
