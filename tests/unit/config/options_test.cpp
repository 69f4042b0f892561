// The option table itself: no name twice, every default acceptable, the shipped sample up to date.
#include "config/config.hpp"
#include "config/value.hpp"
#include "core/sys/ini.hpp"
#include "core/text/split.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <set>

namespace recover::config {
namespace {

std::string content_of(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

TEST(Options, NoNameAndNoFlagStandsForTwoThings) {
  std::set<std::string> names;
  std::set<std::string> flags;
  for (const Option& option : options()) {
    EXPECT_TRUE(names.insert(name_of(option)).second) << name_of(option);
    if (*option.flag != '\0') {
      EXPECT_TRUE(flags.insert(option.flag).second) << option.flag;
    }
    if (*option.short_flag != '\0') {
      EXPECT_TRUE(flags.insert(option.short_flag).second) << option.short_flag;
    }
  }
  for (const Shorthand& shorthand : shorthands()) {
    EXPECT_TRUE(flags.insert(shorthand.flag).second) << shorthand.flag;
  }
}

TEST(Options, EveryRowIsReachableAndHelped) {
  for (const Option& option : options()) {
    EXPECT_TRUE(*option.key != '\0' || *option.flag != '\0') << option.help;
    EXPECT_GT(std::string(option.help).size(), 5U) << name_of(option);
  }
}

TEST(Options, EveryDefaultIsAcceptable) {
  for (const Option& option : options()) {
    const bool is_list = option.type == Type::list;
    for (const auto& value :
         is_list ? text::split(option.fallback, ":") : std::vector<std::string>{option.fallback}) {
      EXPECT_EQ(objection(option, value), "") << name_of(option) << "=" << value;
    }
  }
}

TEST(Options, ShorthandsSetExistingOptionsToAcceptableValues) {
  for (const Shorthand& shorthand : shorthands()) {
    const Option* option = find_option(shorthand.option);
    ASSERT_NE(option, nullptr) << shorthand.flag;
    EXPECT_EQ(objection(*option, shorthand.value), "") << shorthand.flag;
  }
}

TEST(Options, SeedKeysAreAllThere) {
  for (const char* key :
       {"backup_path", "auto_detect_databases", "preferred_migration_strategy", "enable_progress_tracking",
        "backup_existing_data", "dry_run_mode", "require_confirmation", "max_parallel_operations",
        "timeout_seconds", "chunk_size_mb", "log_level", "enable_metrics", "metrics_port"}) {
    EXPECT_NE(find_option(key), nullptr) << key;
  }
}

TEST(Options, NamedSectionsAreFoundWhateverTheirName) {
  EXPECT_NE(find_option("source.nas.path"), nullptr);
  EXPECT_NE(find_option("notify.ops.url_file"), nullptr);
  EXPECT_EQ(find_option("source.path"), nullptr);
  EXPECT_EQ(find_option("source.nas.nonsense"), nullptr);
}

TEST(Options, MinSuccessPercentShipsUnset) {
  const Settings settings;
  EXPECT_FALSE(settings.is_set("restore.min_success_percent"));
  EXPECT_EQ(settings.text("restore.min_success_percent"), "");
}

TEST(Options, TheShippedSampleIsWhatTheTableGenerates) {
  EXPECT_EQ(content_of(std::string(RECOVER_SOURCE) + "/config/recover.conf"), sample_file())
      << "regenerate it: recover config init -o config/recover.conf --force";
}

TEST(Options, TheSampleParsesWithEveryKeyUncommented) {
  const std::string sample = sample_file();
  std::string active;
  for (const auto& line : text::split(sample, "\n")) {
    active += (line.starts_with(';') && !line.starts_with("; ") ? line.substr(1) : line) + "\n";
  }
  const auto entries = sys::parse_ini(active, "sample");
  ASSERT_TRUE(entries) << entries.error().cause;
  std::size_t keys = 0;
  for (const Option& option : options()) keys += *option.key == '\0' ? 0U : 1U;
  EXPECT_EQ(entries->size(), keys);
  for (const auto& entry : *entries) {
    EXPECT_NE(find_option(entry.section.empty() ? entry.key : entry.section + "." + entry.key), nullptr)
        << entry.key;
  }
}

}  // namespace
}  // namespace recover::config
