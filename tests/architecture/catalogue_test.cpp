// Every failure that the program can name is made to happen in at least one
// test: an id that no test mentions is an error text that nobody has ever seen.
#include "tests/architecture/project_files.hpp"

#include <gtest/gtest.h>

#include <map>
#include <regex>
#include <set>

namespace recover::test {

namespace {

/// id -> the .def file that has it
std::map<std::string, std::string> catalogue() {
  const std::regex id(R"re(RECOVER_ERROR\(\w+, "([a-z0-9_.]+)")re");
  std::map<std::string, std::string> ids;
  for (const ProjectFile& file : project_files({"core", "plugins"}, {"errors.def"})) {
    for (const std::string& line : file.lines) {
      std::smatch match;
      if (std::regex_search(line, match, id)) ids.emplace(match[1], file.path);
    }
  }
  return ids;
}

TEST(CatalogueTest, EveryErrorIdOccursInATest) {
  const auto ids = catalogue();
  ASSERT_GT(ids.size(), 50U);
  // As a whole word: "disk.full" is not proven by "disk.full_path".
  const std::regex word(R"([a-z0-9_]+(\.[a-z0-9_]+)+)");
  std::set<std::string> mentioned;
  for (const ProjectFile& file : project_files({"tests"}, {".cpp", ".hpp", ".sh", ".cmd", ".err", ".out"})) {
    for (const std::string& line : file.lines) {
      for (std::sregex_iterator match(line.begin(), line.end(), word), end; match != end; ++match) {
        mentioned.insert(match->str());
      }
    }
  }
  std::vector<std::string> missing;
  for (const auto& [id, file] : ids) {
    if (!mentioned.contains(id)) missing.push_back(id + " (" + file + ")");
  }
  EXPECT_TRUE(missing.empty()) << missing.size() << " of " << ids.size() << " error ids occur in no test:\n"
                               << joined(missing);
}

TEST(CatalogueTest, PluginIdsBeginWithTheirEngine) {
  for (const auto& [id, file] : catalogue()) {
    const std::string plugins = "plugins/";
    if (!file.starts_with(plugins)) continue;
    const std::string engine = file.substr(plugins.size(), file.find('/', plugins.size()) - plugins.size());
    EXPECT_TRUE(id.starts_with(engine + ".")) << id << " in " << file;
  }
}

}  // namespace

}  // namespace recover::test
