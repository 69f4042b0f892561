// The command line: where flags may stand, what is refused, and what is suggested.
#include "cli/args.hpp"

#include "config/config.hpp"

#include <gtest/gtest.h>

namespace recover::cli {
namespace {

TEST(Arguments, FlagsStandBeforeAndAfterTheCommand) {
  for (const auto& words : {std::vector<std::string>{"--json", "scan", "/a", "postgresql"},
                            std::vector<std::string>{"scan", "/a", "--json", "postgresql"},
                            std::vector<std::string>{"scan", "/a", "postgresql", "--json"}}) {
    const auto arguments = parse_arguments(words);
    ASSERT_TRUE(arguments) << arguments.error().cause;
    EXPECT_EQ(arguments->command, "scan");
    EXPECT_EQ(arguments->words, (std::vector<std::string>{"/a", "postgresql"}));
    EXPECT_EQ(arguments->value_of("json"), "true");
  }
}

TEST(Arguments, WithoutACommandItIsTheWholeThing) {
  const auto arguments = parse_arguments({"/mnt/b", "postgresql", "--dry-run"});
  ASSERT_TRUE(arguments);
  EXPECT_EQ(arguments->command, "");
  EXPECT_EQ(arguments->words, (std::vector<std::string>{"/mnt/b", "postgresql"}));
  EXPECT_EQ(arguments->value_of("dry_run_mode"), "true");
}

TEST(Arguments, OnlyTheFirstCommandWordIsOne) {
  const auto arguments = parse_arguments({"help", "scan"});
  ASSERT_TRUE(arguments);
  EXPECT_EQ(arguments->command, "help");
  EXPECT_EQ(arguments->words, std::vector<std::string>{"scan"});
}

TEST(Arguments, RepeatedFlagsCollectOrTheLastWins) {
  const auto arguments = parse_arguments(
      {"/a", "--pick", "pg-1", "--pick", "pg-2", "--state-dir", "/x", "--state-dir=/y", "-vv"});
  ASSERT_TRUE(arguments) << arguments.error().cause;
  std::vector<std::string> picked;
  for (const auto& one : arguments->assignments) {
    if (one.option == "pick") picked.push_back(one.value);
  }
  EXPECT_EQ(picked, (std::vector<std::string>{"pg-1", "pg-2"}));
  EXPECT_EQ(arguments->value_of("paths.state_dir"), "/y");
  EXPECT_EQ(arguments->value_of("verbose"), "2");
  EXPECT_EQ(arguments->words, std::vector<std::string>{"/a"});
}

TEST(Arguments, ShorthandsSetTheirOption) {
  const auto arguments = parse_arguments({"/a", "--container-based", "--no-start", "--redis", "--no-color"});
  ASSERT_TRUE(arguments);
  EXPECT_EQ(arguments->value_of("strategy"), "container");
  EXPECT_EQ(arguments->value_of("start"), "false");
  EXPECT_EQ(arguments->value_of("engine"), "redis");
  EXPECT_EQ(arguments->value_of("color"), "never");
}

TEST(Arguments, AbbreviatedFlagsAreNotAccepted) {
  const auto arguments = parse_arguments({"scan", "/a", "--one-file"});
  ASSERT_FALSE(arguments);
  EXPECT_EQ(arguments.error().id, "usage.invalid");
}

TEST(Arguments, AMissingValueIsAUsageError) {
  const auto arguments = parse_arguments({"scan", "/a", "--max-depth"});
  ASSERT_FALSE(arguments);
  EXPECT_EQ(arguments.error().exit, ExitCode::usage);
}

TEST(Arguments, AFlagsValueIsNotTakenForAWord) {
  const auto arguments = parse_arguments({"--target-dir", "/t", "/a"});
  ASSERT_TRUE(arguments);
  EXPECT_EQ(arguments->value_of("target-dir"), "/t");
  EXPECT_EQ(arguments->words, std::vector<std::string>{"/a"});
}

TEST(Arguments, ATypingErrorInAnyLongFlagSuggestsTheRightOne) {
  for (const auto& option : config::options()) {
    if (*option.flag == '\0') continue;
    const std::string flag = option.flag;
    // One letter doubled near the end is at distance 1 from the right name.
    const std::string typo = flag.substr(0, flag.size() - 1) + "q" + flag.substr(flag.size() - 1);
    const auto arguments = parse_arguments({"scan", "/a", typo});
    ASSERT_FALSE(arguments) << typo;
    EXPECT_EQ(arguments.error().cause, "did you mean " + flag + "?") << typo;
  }
}

}  // namespace
}  // namespace recover::cli
