/// The project's own files as lines, for tests that hold them to their rules.
#pragma once

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

namespace recover::test {

struct ProjectFile {
  std::string path;  ///< relative to the project's root
  std::vector<std::string> lines;
};

inline bool has_prefix(const std::string& text, const std::vector<std::string>& prefixes) {
  return std::any_of(prefixes.begin(), prefixes.end(),
                     [&](const std::string& prefix) { return text.starts_with(prefix); });
}

/// All files below these folders of the project whose name ends like one of `endings`, sorted.
inline std::vector<ProjectFile> project_files(const std::vector<std::string>& folders,
                                              const std::vector<std::string>& endings) {
  const std::filesystem::path root = RECOVER_SOURCE;
  std::vector<ProjectFile> files;
  for (const std::string& folder : folders) {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(root / folder)) {
      const std::string path = entry.path().lexically_relative(root).string();
      const bool wanted = std::any_of(endings.begin(), endings.end(),
                                      [&](const std::string& ending) { return path.ends_with(ending); });
      if (!entry.is_regular_file() || !wanted) continue;
      ProjectFile file{path, {}};
      std::ifstream in(entry.path());
      for (std::string line; std::getline(in, line);) file.lines.push_back(line);
      files.push_back(std::move(file));
    }
  }
  std::sort(files.begin(), files.end(),
            [](const auto& left, const auto& right) { return left.path < right.path; });
  return files;
}

/// The C++ files that are shipped.
inline std::vector<ProjectFile> product_files() {
  return project_files({"core", "plugins", "config", "cli"}, {".cpp", ".hpp"});
}

/// A line without its // comment. (No string in this project holds "//" but addresses, which are rare
/// enough to be looked at when a test complains.)
inline std::string without_comment(const std::string& line) {
  return line.substr(0, line.find("//"));
}

/// "path:line: text", for failure messages that an editor can follow.
inline std::string place(const ProjectFile& file, std::size_t index) {
  return file.path + ":" + std::to_string(index + 1) + ": " + file.lines[index];
}

inline std::string joined(const std::vector<std::string>& lines) {
  std::ostringstream text;
  for (const std::string& line : lines) text << "  " << line << "\n";
  return text.str();
}

}  // namespace recover::test
