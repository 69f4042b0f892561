// The units that are installed: known to systemd, their command lines understood by the program, and the
// restore test possible with the rights that its unit leaves.
#include "tests/support/sandbox.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cctype>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace recover::test {
namespace {

using ::testing::HasSubstr;

namespace fs = std::filesystem;

std::string unit_path(const std::string& name) {
  return std::string(RECOVER_BUILD) + "/units/" + name;
}

/// The value of a key that stands once in a unit.
std::string value_of(const std::string& unit, const std::string& key) {
  std::ifstream in(unit_path(unit));
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with(key + "=")) return line.substr(key.size() + 1);
  }
  ADD_FAILURE() << unit << " has no " << key;
  return {};
}

std::vector<std::string> words_of(const std::string& line) {
  std::istringstream in(line);
  std::vector<std::string> words;
  for (std::string word; in >> word;) words.push_back(word);
  return words;
}

/// ExecStart of a unit for the source `drill` of a configuration of this test.
std::vector<std::string> command_of(const std::string& unit, const Sandbox& box) {
  std::vector<std::string> words = words_of(value_of(unit, "ExecStart"));
  for (std::string& word : words) {
    if (word == "@%i") word = "@drill";
  }
  box.write("recover.conf", "[source.drill]\ntype=path\npath=" + box.source() + "\n");
  words.insert(words.end(), {"--config", box.path("recover.conf"), "--state-dir", box.state(), "--min-free",
                             "100MB", "--json"});
  return words;
}

void write_dump(const Sandbox& box) {
  box.write("source/shop.sql",
            "--\n-- PostgreSQL database dump\n--\n\nCREATE TABLE public.t (i integer);\n"
            "COPY public.t (i) FROM stdin;\n1\n2\n\\.\n--\n-- PostgreSQL database dump complete\n--\n\n");
}

TEST(SystemdUnits, AreUnderstoodBySystemd) {
  for (const char* unit : {"recover@drill.service", "recover-verify@drill.service", "recover-cleanup.service",
                           "recover-verify@drill.timer", "recover-cleanup.timer"}) {
    const std::string name = unit;
    const std::size_t at = name.find("@drill");
    const std::string file = at == std::string::npos ? name : name.substr(0, at) + "@" + name.substr(at + 6);
    ASSERT_TRUE(fs::exists(unit_path(file))) << file;
    const Sandbox box;  // systemd takes the instance's name from the file
    for (const auto& entry : fs::directory_iterator(unit_path("")))
      fs::copy(entry.path(), box.path(entry.path().filename()));
    if (at != std::string::npos) fs::copy(unit_path(file), box.path(name));
    const Outcome verified = Sandbox::run({"systemd-analyze", "verify", "--man=no", box.path(name)});
    EXPECT_EQ(verified.exit, 0) << name << verified.out << verified.err << " (package systemd)";
    EXPECT_EQ(verified.err, "") << name;
  }
}

TEST(SystemdUnits, TheRecoveryIsTheCommandOfItsUnit) {
  const Sandbox box;
  write_dump(box);
  const Outcome run = Sandbox::run(command_of("recover@.service", box));
  EXPECT_EQ(run.exit, 0) << run.out << run.err;
  EXPECT_THAT(run.out, HasSubstr("recover.report/1"));
}

TEST(SystemdUnits, TheCleanupIsTheCommandOfItsUnit) {
  const Sandbox box;
  const Outcome run = Sandbox::run(command_of("recover-cleanup.service", box));
  EXPECT_EQ(run.exit, 0) << run.out << run.err;
}

/// "CAP_CHOWN CAP_KILL" as setpriv(1) takes it: "-all,+chown,+kill".
std::string bounding_set(const std::string& capabilities) {
  std::string set = "-all";
  for (std::string word : words_of(capabilities)) {
    word.erase(0, 4);
    for (char& letter : word) letter = static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
    set += ",+" + word;
  }
  return set;
}

TEST(SystemdUnits, TheRestoreTestNeedsNoMoreRightsThanItsUnitGives) {
  const Sandbox box;
  write_dump(box);
  std::vector<std::string> command{"setpriv", "--no-new-privs", "--bounding-set",
                                   bounding_set(value_of("recover-verify@.service", "CapabilityBoundingSet")),
                                   "--"};
  for (const std::string& word : command_of("recover-verify@.service", box)) command.push_back(word);
  const Outcome run = Sandbox::run(command);
  EXPECT_EQ(run.exit, 0) << run.out << run.err;
  EXPECT_THAT(run.out, HasSubstr("\"databases_restored\": 1"));
}

}  // namespace
}  // namespace recover::test
