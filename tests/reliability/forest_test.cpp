// The forest: every planted database is found, by its engine, and nothing else is called a database.
#include "tests/support/json.hpp"
#include "tests/support/sandbox.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <set>

namespace recover::test {
namespace {

nlohmann::json read_json(const std::string& path) {
  std::ifstream in(path);
  return nlohmann::json::parse(in);
}

TEST(Forest, EveryPlantedDatabaseIsFoundAndNoDecoy) {
  Sandbox box;
  const std::string forest = fixture("forest");
  box.protect(forest + "/tree");
  const Outcome run = box.recover({"scan", forest + "/tree", "--json"});
  ASSERT_EQ(run.exit, 0) << run.err;
  const auto document = parse_document(run.out);

  std::map<std::string, std::string> found;  // path -> engine
  std::set<std::string> parts;
  for (const auto& entry : document["databases"]) {
    found[entry["path"]] = entry["engine"];
    if (entry["role"] == "part") parts.insert(entry["path"].get<std::string>());
  }
  std::set<std::string> planted;
  const auto expected = read_json(forest + "/expected.json");
  for (const auto& one : expected) {
    const std::string path = one["path"];
    const std::string engine = one["engine"];
    planted.insert(path);
    ASSERT_FALSE(path.empty());
    const auto hit = found.find(path);
    EXPECT_NE(hit, found.end()) << "not found: " << engine << " " << path;
    if (hit != found.end() && !engine.empty()) {
      EXPECT_EQ(hit->second, engine) << path;
    }
  }
  for (const auto& [path, engine] : found) {
    EXPECT_TRUE(planted.contains(path) || parts.contains(path))
        << "a decoy is called a " << engine << " database: " << path;
  }
}

TEST(Forest, EveryFindingHasWhatAScriptNeeds) {
  Sandbox box;
  const Outcome run = box.recover({"scan", fixture("forest") + "/tree", "--json"});
  const auto document = parse_document(run.out);
  for (const auto& entry : document["databases"]) {
    for (const char* key : {"id", "engine", "kind", "version", "size_bytes", "allocated_bytes", "path",
                            "health", "confidence"}) {
      EXPECT_TRUE(entry.contains(key)) << key << " is missing in " << entry.dump();
    }
    EXPECT_TRUE(entry["health"].contains("state")) << entry.dump();
  }
}

}  // namespace
}  // namespace recover::test
