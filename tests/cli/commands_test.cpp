// The program as a person and a script see it: every command with --help and --json, exit codes, the
// wording of mistakes, and that nothing but text leaves it.
#include "cli_world.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <regex>
#include <sstream>

namespace recover::test {
namespace {

constexpr const char* commands[] = {"scan",     "plan",   "apply",  "restore", "verify",   "resume",
                                    "rollback", "status", "report", "cleanup", "instance", "explain",
                                    "plugins",  "doctor", "config", "help"};

TEST(Help, EveryPageFitsEightyColumnsAndHasAnExample) {
  const Sandbox sandbox;
  for (const std::string command : commands) {
    const Outcome page = sandbox.recover({command, "--help"});
    EXPECT_EQ(page.exit, 0) << command;
    EXPECT_NE(page.out.find("Examples:\n  recover "), std::string::npos) << command;
    EXPECT_NE(page.out.find("Usage: recover " + command), std::string::npos) << page.out;
    std::istringstream lines(page.out);
    for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 80U) << command << ": " << line;
  }
}

TEST(Help, TheOverviewNamesEveryCommand) {
  const Sandbox sandbox;
  const Outcome page = sandbox.recover({"--help"});
  EXPECT_EQ(page.exit, 0);
  for (const std::string command : commands)
    EXPECT_NE(page.out.find("\n  " + command + " "), std::string::npos) << command;
  std::istringstream lines(page.out);
  for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 80U) << line;
}

TEST(Help, EveryTopicIsThere) {
  const Sandbox sandbox;
  for (const char* topic : {"exit-codes", "environment", "errors", "config"}) {
    const Outcome page = sandbox.recover({"help", topic});
    EXPECT_EQ(page.exit, 0) << topic;
    EXPECT_GT(page.out.size(), 200U) << topic;
  }
}

TEST(Json, EveryCommandAnswersWithExactlyOneDocument) {
  const Sandbox sandbox;
  for (const std::string command : commands) {
    for (const auto& words : {std::vector<std::string>{command, "--json"}, {command, "--help", "--json"}}) {
      const Outcome outcome = sandbox.recover(words);
      EXPECT_EQ(json_objection(outcome.out), "") << command << "\n" << outcome.out << outcome.err;
      EXPECT_NE(outcome.out.find("\"schema\": \"recover."), std::string::npos) << command;
    }
  }
}

TEST(Json, MistakesAreDocumentsToo) {
  const Sandbox sandbox;
  for (const auto& words : {std::vector<std::string>{"--json", "--no-such-flag"},
                            std::vector<std::string>{"scan", "/no/such/path", "--json"},
                            std::vector<std::string>{"scan", "/", "--max-depth", "many", "--json"},
                            std::vector<std::string>{"scan", "/", "-c", "/no/such/file", "--json"}}) {
    const Outcome outcome = sandbox.recover(words);
    EXPECT_NE(outcome.exit, 0);
    EXPECT_EQ(json_objection(outcome.out), "") << outcome.out;
    EXPECT_NE(outcome.out.find("\"schema\": \"recover.error/1\""), std::string::npos) << outcome.out;
  }
}

TEST(Output, HasNoEscapeByteWherePiped) {
  const Sandbox sandbox;
  for (const std::string command : commands) {
    const Outcome outcome = sandbox.recover({command});
    EXPECT_EQ((outcome.out + outcome.err).find('\x1b'), std::string::npos) << command;
  }
}

TEST(Output, AnswersAndMessagesAreKeptApart) {
  const Sandbox sandbox;
  const Outcome outcome = sandbox.recover({"scan", "/no/such/path"});
  EXPECT_EQ(outcome.exit, 5);
  EXPECT_EQ(outcome.out, "");
  EXPECT_NE(outcome.err.find("error[source.not_found]"), std::string::npos) << outcome.err;
  EXPECT_NE(outcome.err.find("no such file or directory"), std::string::npos) << outcome.err;
}

TEST(Resume, AManifestThatIsNoneIsRefused) {
  const Sandbox sandbox;
  for (const char* text : {"no JSON", "[]", "{}", R"({"schema":"recover.manifest/1"})"}) {
    sandbox.write("restore-manifest.json", text);
    const Outcome refused =
        sandbox.recover({"resume", "--resume-from-manifest", sandbox.path("restore-manifest.json"), "--yes"});
    EXPECT_NE(refused.exit, 0) << text;
    EXPECT_NE(refused.err.find("run.manifest_invalid"), std::string::npos) << refused.err;
  }
}

TEST(Mistakes, AreAnsweredWithTheNearestWord) {
  const Sandbox sandbox;
  const std::vector<std::pair<std::vector<std::string>, std::string>> cases{
      {{"scna", "/"}, "did you mean scan?"},
      {{"postgersql"}, "did you mean postgresql?"},
      {{"config", "valdiate"}, "did you mean validate?"},
      {{"explain", "disk.ful"}, "did you mean disk.full?"},
      {{"plugins", "lst"}, "did you mean list?"},
      {{"instance", "strat", "x"}, "did you mean start?"},
      {{"scan", "/", "--jso"}, "did you mean --json?"}};
  for (const auto& [words, suggestion] : cases) {
    const Outcome outcome = sandbox.recover(words);
    EXPECT_EQ(outcome.exit, 64) << words[0];
    EXPECT_NE(outcome.err.find(suggestion), std::string::npos) << outcome.err;
  }
}

TEST(Explain, KnowsEveryIdItLists) {
  const Sandbox sandbox;
  const Outcome list = sandbox.recover({"help", "errors"});
  std::istringstream lines(list.out);
  int known = 0;
  for (std::string line; std::getline(lines, line);) {
    const auto dot = line.find('.');
    if (!line.starts_with("  ") || line[2] == ' ' || dot == std::string::npos) continue;
    const std::string id = line.substr(2, line.find(' ', 2) - 2);
    const Outcome explained = sandbox.recover({"explain", id});
    EXPECT_EQ(explained.exit, 0) << id;
    EXPECT_NE(explained.out.find("What to do: "), std::string::npos) << id;
    ++known;
  }
  EXPECT_GT(known, 50);
}

TEST(Explain, KnowsEveryIdOfEveryEngine) {
  const Sandbox sandbox;
  const std::regex row(R"re(RECOVER_ERROR\(\w+, "([a-z0-9_.]+)")re");
  int known = 0;
  for (const auto& entry : std::filesystem::directory_iterator(std::string(RECOVER_SOURCE) + "/plugins")) {
    const auto file = entry.path() / "errors.def";
    // The template is an example that is built and not installed.
    if (entry.path().filename() == "template" || !std::filesystem::exists(file)) continue;
    std::ifstream rows(file);
    for (std::string line; std::getline(rows, line);) {
      std::smatch id;
      if (!std::regex_search(line, id, row)) continue;
      const Outcome explained = sandbox.recover({"explain", id[1]});
      EXPECT_EQ(explained.exit, 0) << id[1] << explained.err;
      EXPECT_NE(explained.out.find("What to do: "), std::string::npos) << id[1];
      ++known;
    }
  }
  EXPECT_GT(known, 10);
}

TEST(SeedForms, AllParseAndStart) {
  Sandbox sandbox;
  sandbox.write("source/readme.txt", "nothing here\n");
  sandbox.write("backup.tar.gz", "");
  sandbox.write("recover.conf", "backup_path=" + sandbox.source() + "\n");
  sandbox.protect(sandbox.source());
  const std::string archive = sandbox.path("backup.tar.gz");
  const std::vector<std::vector<std::string>> forms{
      {},
      {"postgresql"},
      {"--postgresql", "--mysql", "--redis"},
      {"--postgresql", "--container-based"},
      {"postgresql", "--dump-restore"},
      {"postgresql", "--dry-run"},
      {"--dry-run"},
      {"--detect-only"},
      {"--interactive"},
      {"--help"},
      {"config", "recovery"},
      {"config", "recovery", "--validate"},
      {"restore", "cluster", archive, "--continue-on-error", "--require-all", "--keep-temp"},
      {"restore", "cluster", "--resume-from-manifest", "restore-manifest-20260130.json"},
      {"verify", archive, "--restore-test"},
      {"restore", "verify", archive, "--test-restore"},
      {"--lock-timeout", "60", "--save-debug-log", sandbox.path("f"), "--debug-locks"},
  };
  for (auto words : forms) {
    words.insert(words.end(), {"-c", sandbox.path("recover.conf")});
    const Outcome outcome = sandbox.recover(words);
    const std::string form = words[0];
    if (std::find(words.begin(), words.end(), "--resume-from-manifest") == words.end()) {
      EXPECT_NE(outcome.exit, 64) << form << "\n" << outcome.err;
    }
    EXPECT_NE(outcome.exit, 70) << form << "\n" << outcome.err;
    EXPECT_TRUE(outcome.exit == 0 || outcome.err.find("error[") != std::string::npos) << form << "\n"
                                                                                      << outcome.err;
    EXPECT_EQ(outcome.err.find("usage.invalid"), std::string::npos) << form << "\n" << outcome.err;
  }
}

TEST(SeedForms, WithoutSourceAndTerminalItIsAUsageErrorWithAHint) {
  const Sandbox sandbox;
  const Outcome outcome = sandbox.recover({"scan"});
  EXPECT_EQ(outcome.exit, 64);
  EXPECT_NE(outcome.err.find("backup_path"), std::string::npos) << outcome.err;
}

TEST(SeedForms, AProgramCalledHereUnderstandsRecover) {
  const Sandbox sandbox;
  const Outcome made = Sandbox::run({"ln", "-s", RECOVER_PROGRAM, sandbox.path("here")});
  ASSERT_EQ(made.exit, 0) << made.err;
  const Outcome outcome = Sandbox::run({sandbox.path("here"), "recover", "help", "exit-codes"});
  EXPECT_EQ(outcome.exit, 0) << outcome.err;
  EXPECT_NE(outcome.out.find("Exit codes"), std::string::npos);
}

TEST(LaterFlags, AreNeverIgnoredInSilence) {
  const Sandbox sandbox;
  const Outcome outcome = sandbox.recover({"status", "--into-schema", "restored"});
  EXPECT_NE(outcome.err.find("--into-schema has no effect yet"), std::string::npos) << outcome.err;
}

}  // namespace
}  // namespace recover::test
