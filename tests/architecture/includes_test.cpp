// The dependency rule, read from the #include lines: right may include left, never the reverse, and
// third-party headers stay behind their fences (docs/architecture.md).
#include "tests/architecture/project_files.hpp"

#include <gtest/gtest.h>

#include <optional>

namespace recover::test {

namespace {

struct Include {
  std::string target;
  bool is_quoted = false;
};

std::optional<Include> include_of(const std::string& line) {
  const std::string directive = "#include ";
  if (!line.starts_with(directive)) return std::nullopt;
  const std::size_t begin = directive.size() + 1;
  const std::size_t end = line.find_first_of("\">", begin);
  return Include{line.substr(begin, end - begin), line[begin - 1] == '"'};
}

struct Rule {
  std::string folder;
  std::vector<std::string> may_include;  ///< prefixes of project headers
};

/// The first row whose folder fits counts.
const std::vector<Rule> rules = {
    {"core/include/recover/", {"recover/"}},
    {"core/text/", {"recover/", "core/text/"}},
    {"core/model/", {"recover/", "core/text/", "core/model/"}},
    {"core/sys/", {"recover/", "core/text/", "core/model/", "core/sys/"}},
    // The scanner asks the catalog, the catalog knows manifests: two single headers, no more.
    {"core/scan/",
     {"recover/", "core/text/", "core/model/", "core/sys/", "core/scan/", "core/plugin/catalog.hpp"}},
    {"core/strategy/", {"recover/", "core/text/", "core/model/", "core/sys/", "core/strategy/"}},
    {"core/plugin/",
     {"recover/", "core/text/", "core/model/", "core/sys/", "core/plugin/", "core/scan/manifest.hpp"}},
    {"core/run/",
     {"recover/", "core/text/", "core/model/", "core/sys/", "core/scan/", "core/strategy/", "core/plugin/",
      "core/run/",
      // A run writes its own records as the documents that are shown.
      "core/report/report.hpp", "core/report/documents.hpp"}},
    // What is shown are the values that a scan and a run return: their headers, no more.
    {"core/report/",
     {"recover/", "core/text/", "core/model/", "core/report/", "core/scan/scanner.hpp",
      "core/scan/backup_series.hpp", "core/run/run.hpp", "core/run/examination.hpp", "core/run/tally.hpp"}},
    {"core/notify/",
     {"recover/", "core/text/", "core/model/", "core/sys/", "core/notify/", "core/report/headline.hpp",
      "core/run/examination.hpp"}},
    {"config/", {"recover/", "core/text/", "core/sys/", "config/"}},
    {"cli/", {"recover/", "core/", "config/", "cli/"}},
};

std::vector<std::string> allowed_for(const std::string& path) {
  const std::string plugins = "plugins/";
  if (path.starts_with(plugins)) {
    const std::string own = path.substr(plugins.size(), path.find('/', plugins.size()) - plugins.size() + 1);
    return {"recover/", own};
  }
  for (const Rule& rule : rules) {
    if (path.starts_with(rule.folder)) return rule.may_include;
  }
  return {};
}

TEST(IncludesTest, RightMayIncludeLeftNeverTheReverse) {
  std::vector<std::string> violations;
  for (const ProjectFile& file : product_files()) {
    const auto allowed = allowed_for(file.path);
    for (std::size_t i = 0; i < file.lines.size(); ++i) {
      const auto include = include_of(file.lines[i]);
      if (include && include->is_quoted && !has_prefix(include->target, allowed)) {
        violations.push_back(place(file, i));
      }
    }
  }
  EXPECT_TRUE(violations.empty()) << "these files include what they may not know:\n" << joined(violations);
}

struct Fence {
  std::string header;                ///< prefix of a third-party header
  std::vector<std::string> allowed;  ///< prefixes of the paths that may include it
};

const std::vector<Fence> fences = {
    {"boost/", {"core/plugin/loader.cpp"}},
    {"dlfcn.h", {"core/plugin/loader.cpp"}},
    {"archive.h", {"core/sys/archive.cpp", "core/sys/archive_stream.cpp"}},
    {"archive_entry.h", {"core/sys/archive.cpp"}},
    {"ini.h", {"core/sys/ini.cpp"}},
    {"isa-l", {"core/sys/gzip.cpp"}},
    {"curl/", {"core/notify/http.cpp"}},
    {"zlib.h", {}},
    {"INIReader.h", {}},
    {"libpq-fe.h", {"plugins/postgresql/"}},
    {"CLI/", {"cli/args.cpp"}},
    {"nlohmann/", {"core/model/", "core/report/", "cli/"}},
    {"gtest/", {}},
    {"gmock/", {}},
};

TEST(IncludesTest, ThirdPartyHeadersStayBehindTheirFences) {
  std::vector<std::string> violations;
  for (const ProjectFile& file : product_files()) {
    for (std::size_t i = 0; i < file.lines.size(); ++i) {
      const auto include = include_of(file.lines[i]);
      if (!include) continue;
      for (const Fence& fence : fences) {
        if (include->target.starts_with(fence.header) && !has_prefix(file.path, fence.allowed)) {
          violations.push_back(place(file, i));
        }
      }
    }
  }
  EXPECT_TRUE(violations.empty()) << joined(violations);
}

TEST(IncludesTest, ThePluginInterfaceNeedsNothingButTheStandardLibrary) {
  std::vector<std::string> violations;
  for (const ProjectFile& file : project_files({"core/include"}, {".hpp"})) {
    for (std::size_t i = 0; i < file.lines.size(); ++i) {
      const auto include = include_of(file.lines[i]);
      // Headers of the C++ library have neither a folder nor an ending.
      if (include && !include->is_quoted && include->target.find_first_of("/.") != std::string::npos) {
        violations.push_back(place(file, i));
      }
    }
  }
  EXPECT_TRUE(violations.empty()) << joined(violations);
}

TEST(IncludesTest, TheTestReadsIncludes) {
  EXPECT_EQ(include_of("#include \"core/sys/ini.hpp\"")->target, "core/sys/ini.hpp");
  EXPECT_FALSE(include_of("#include <ini.h>")->is_quoted);
  EXPECT_FALSE(include_of("// #include <ini.h>"));
  EXPECT_FALSE(has_prefix("core/scan/scanner.hpp", allowed_for("core/sys/ini.cpp")));
  EXPECT_FALSE(has_prefix("sqlite/header.hpp", allowed_for("plugins/redis/rdb.cpp")));
  EXPECT_GT(product_files().size(), 50U);
}

}  // namespace

}  // namespace recover::test
