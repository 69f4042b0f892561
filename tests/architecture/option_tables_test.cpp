// One table of options behind everything: what it has no place in help or documentation nobody can find.
#include "config/config.hpp"
#include "config/value.hpp"
#include "core/text/split.hpp"
#include "tests/architecture/project_files.hpp"
#include "tests/support/sandbox.hpp"

#include <gtest/gtest.h>

#include <sstream>

namespace recover::test {

namespace {

std::string without_line_breaks(std::string text) {
  std::string words;
  for (const auto& word : text::split(text, " \n")) words += word + " ";
  return words;
}

/// The help pages of the program and of all its commands, one after the other.
std::string all_help() {
  const Sandbox sandbox;
  std::string pages = sandbox.recover({"--help"}).out;
  for (const char* command : {"scan", "plan", "apply", "restore", "verify", "save", "resume", "rollback", "status",
                              "report", "cleanup", "instance", "config"}) {
    pages += sandbox.recover({command, "--help"}).out;
  }
  return without_line_breaks(pages);
}

TEST(OptionTablesTest, EveryFlagStandsInAHelpPageWithItsMeaning) {
  const std::string pages = all_help();
  for (const auto& option : config::options()) {
    if (*option.flag == '\0') continue;
    EXPECT_NE(pages.find(std::string(option.flag) + " "), std::string::npos) << option.flag;
    EXPECT_NE(pages.find(without_line_breaks(option.help)), std::string::npos)
        << option.flag << ": " << option.help;
  }
  for (const auto& shorthand : config::shorthands()) {
    EXPECT_NE(pages.find(std::string(shorthand.flag) + " " + without_line_breaks(shorthand.help)),
              std::string::npos)
        << shorthand.flag;
  }
}

TEST(OptionTablesTest, EveryKeyStandsInTheHelpOfTheConfigurationWithItsMeaning) {
  const Sandbox sandbox;
  const std::string page = without_line_breaks(sandbox.recover({"help", "config"}).out);
  for (const auto& option : config::options()) {
    if (*option.key == '\0') continue;
    EXPECT_NE(page.find(std::string(option.key) + " " + without_line_breaks(option.help)), std::string::npos)
        << option.section << "." << option.key;
  }
}

TEST(OptionTablesTest, TheConfigurationPageHasTheTablesOfToday) {
  const std::string folder = std::string(RECOVER_SOURCE);
  const Outcome expected =
      Sandbox::run({"python3", folder + "/tests/architecture/update_option_tables.py", "--print"});
  ASSERT_EQ(expected.exit, 0) << expected.err;
  std::ostringstream page;
  page << std::ifstream(folder + "/docs/configuration.md").rdbuf();
  EXPECT_EQ(page.str(), expected.out) << "run tests/architecture/update_option_tables.py";
  for (const auto& option : config::options()) {
    const std::string name = *option.key != '\0' ? option.key : option.flag;
    EXPECT_NE(page.str().find("| `" + name + "` |"), std::string::npos) << name;
  }
}

}  // namespace

}  // namespace recover::test
