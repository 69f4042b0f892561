// Words that must not stand in certain places: engine names in core, calls that start shells or leave
// threads behind, anything that touches a backup_label. Read from the text, comments left out.
#include "tests/architecture/project_files.hpp"

#include <gtest/gtest.h>

#include <regex>

namespace recover::test {

namespace {

std::vector<std::string> lines_that_match(const std::vector<ProjectFile>& files, const std::string& pattern) {
  const std::regex regex(pattern, std::regex::ECMAScript | std::regex::icase | std::regex::optimize);
  std::vector<std::string> found;
  for (const ProjectFile& file : files) {
    for (std::size_t i = 0; i < file.lines.size(); ++i) {
      if (std::regex_search(without_comment(file.lines[i]), regex)) found.push_back(place(file, i));
    }
  }
  return found;
}

TEST(WordsTest, CoreKnowsNoEngine) {
  // Engines differ by data (manifests) or by their plugin; an engine's name in core is a branch too many.
  const auto found =
      lines_that_match(project_files({"core"}, {".cpp", ".hpp", ".def"}),
                       "postgres|mysql|mariadb|mongo|redis|valkey|sqlite|influx|elastic|opensearch");
  EXPECT_TRUE(found.empty()) << joined(found);
}

TEST(WordsTest, NoShellAndNoProcessOutsideTheRunner) {
  const auto found =
      lines_that_match(product_files(), R"((^|[^\w.>])(system|popen|wordexp|vfork|execl\w*) ?\()");
  EXPECT_TRUE(found.empty()) << joined(found);
}

TEST(WordsTest, NoDetachedThreads) {
  const auto found = lines_that_match(product_files(), R"([.>]detach\()");
  EXPECT_TRUE(found.empty()) << joined(found);
}

TEST(WordsTest, NoWholesaleNamespaces) {
  const auto found = lines_that_match(product_files(), "^ *using namespace");
  EXPECT_TRUE(found.empty()) << joined(found);
}

TEST(WordsTest, TheSourceIsReadThroughDescriptorsNotByName) {
  // std::filesystem looks names up again on each call: a link swapped in between would be followed.
  auto files = project_files({"core/scan", "core/sys", "core/strategy"}, {".cpp", ".hpp"});
  // The manifests are our own files, not the source.
  std::erase_if(files, [](const ProjectFile& file) { return file.path == "core/scan/manifest.cpp"; });
  const auto found = lines_that_match(files, R"(std::filesystem::|^namespace fs = )");
  EXPECT_TRUE(found.empty()) << joined(found);
}

TEST(WordsTest, NobodyRemovesOrRenamesABackupLabel) {
  // Without its backup_label a base backup starts from the wrong place in WAL and is silently corrupt.
  const auto found = lines_that_match(
      product_files(),
      R"(backup_label.*\b(remove|unlink|rename|exclude)|\b(remove|unlink|rename|exclude)\w*\b.*backup_label)");
  EXPECT_TRUE(found.empty()) << joined(found);
}

TEST(WordsTest, NobodyResetsWal) {
  const auto found = lines_that_match(product_files(), R"("pg_resetwal"|"pg_resetxlog")");
  EXPECT_TRUE(found.empty()) << joined(found);
}

TEST(WordsTest, TheTestFindsWhatItLooksFor) {
  const std::vector<ProjectFile> bad = {
      {"bad.cpp",
       {"  ::system (\"ls\");", "worker.detach();", "files.remove_file(\"backup_label\");",
        "// system(\"in a comment\")", "if (engine == \"postgresql\") {"}}};
  EXPECT_EQ(lines_that_match(bad, R"((^|[^\w.>])(system|popen) ?\()").size(), 1U);
  EXPECT_EQ(lines_that_match(bad, R"([.>]detach\()").size(), 1U);
  EXPECT_EQ(lines_that_match(bad, R"(\b(remove|unlink)\w*\b.*backup_label)").size(), 1U);
  EXPECT_EQ(lines_that_match(bad, "postgres").size(), 1U);
}

}  // namespace

}  // namespace recover::test
