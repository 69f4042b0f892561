// Small enough to read at a sitting: files of at most 400 lines, functions of at most 60.
#include "tests/architecture/project_files.hpp"

#include <gtest/gtest.h>

namespace recover::test {

namespace {

constexpr std::size_t longest_file = 400;
constexpr std::size_t longest_function = 60;

TEST(LengthTest, Files) {
  std::vector<std::string> long_files;
  for (const ProjectFile& file : product_files()) {
    if (file.lines.size() > longest_file) {
      long_files.push_back(file.path + ": " + std::to_string(file.lines.size()) + " lines");
    }
  }
  EXPECT_TRUE(long_files.empty()) << "split these by concern:\n" << joined(long_files);
}

/// The formatter puts a function's last brace under the beginning of its first line: a body is what
/// lies between a line that opens a parameter list's block and the next "}" ("};" of a lambda) at the same
/// indentation.
std::vector<std::string> long_functions(const ProjectFile& file) {
  std::vector<std::string> found;
  for (std::size_t begin = 0; begin < file.lines.size(); ++begin) {
    const std::string& line = file.lines[begin];
    const std::size_t indent = line.find_first_not_of(' ');
    const bool opens =
        (indent == 0 || indent == 2) && line.ends_with("{") && line.find(')') != std::string::npos;
    if (!opens) continue;
    const std::string closing = std::string(indent, ' ') + "}";
    std::size_t end = begin + 1;
    while (end < file.lines.size() && !file.lines[end].starts_with(closing)) ++end;
    if (end < file.lines.size() && end - begin + 1 > longest_function) {
      found.push_back(place(file, begin) + " has " + std::to_string(end - begin + 1) + " lines");
    }
  }
  return found;
}

TEST(LengthTest, Functions) {
  std::vector<std::string> found;
  for (const ProjectFile& file : product_files()) {
    const auto here = long_functions(file);
    found.insert(found.end(), here.begin(), here.end());
  }
  EXPECT_TRUE(found.empty()) << joined(found);
}

TEST(LengthTest, TheTestCounts) {
  ProjectFile file{"long.cpp", {"void f() {"}};
  file.lines.resize(60, "  work();");
  file.lines.push_back("}");
  EXPECT_EQ(long_functions(file).size(), 1U);
  file.lines.erase(file.lines.begin() + 1);
  EXPECT_TRUE(long_functions(file).empty());
}

}  // namespace

}  // namespace recover::test
