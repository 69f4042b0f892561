// What the log keeps: printable, and without passwords unless somebody wants them.
#include "cli/log.hpp"

#include "tests/support/sandbox.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

namespace recover::cli {
namespace {

std::string logged(const std::string& text, const std::string& redact) {
  const test::Sandbox sandbox;
  config::Settings settings;
  const std::string file = sandbox.path("recover.log");
  EXPECT_TRUE(settings.set("log.file", file, "test"));
  EXPECT_TRUE(settings.set("log.redact", redact, "test"));
  RunLog(settings).write(LogLevel::info, text);
  std::ostringstream content;
  content << std::ifstream(file).rdbuf();
  return content.str();
}

TEST(RunLog, HidesPasswords) {
  const std::string line = logged("connect postgresql://bon:hunter2@db/x password=hunter3", "true");
  EXPECT_EQ(line.find("hunter"), std::string::npos) << line;
  EXPECT_NE(line.find("connect postgresql://bon:***@db/x password=***"), std::string::npos) << line;
}

TEST(RunLog, KeepsThemWhereAsked) {
  EXPECT_NE(logged("password=hunter2", "false").find("password=hunter2"), std::string::npos);
}

TEST(RunLog, AFileNameCannotForgeALine) {
  const std::string text = logged("a\n2026 error forged", "true");
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 1) << text;
}

}  // namespace
}  // namespace recover::cli
