// Setting keys in a configuration file that somebody else wrote: only the lines that must change, change.
#include "cli/setup.hpp"

#include <gtest/gtest.h>

namespace recover::cli {
namespace {

TEST(WithSettings, ReplacesTheLineThatSetsAKey) {
  EXPECT_EQ(with_settings("; mine\nlog_level=info\n\n[restore]\n keep_old = 7d\n", {{"log_level", "debug"}}),
            "; mine\nlog_level=debug\n\n[restore]\n keep_old = 7d\n");
  EXPECT_EQ(with_settings("[restore]\nkeep_old = 7d\n[verify]\nlevel=quick\n", {{"restore.keep_old", "3d"}}),
            "[restore]\nkeep_old=3d\n[verify]\nlevel=quick\n");
}

TEST(WithSettings, CommentsAreNoSettings) {
  EXPECT_EQ(with_settings(";log_level=info\n", {{"log_level", "warn"}}), "log_level=warn\n;log_level=info\n");
}

TEST(WithSettings, NewKeysGoIntoTheirSection) {
  EXPECT_EQ(with_settings("dry_run_mode=true\n[verify]\nsample=3\n[log]\njson=true\n",
                          {{"verify.level", "full"}, {"log_level", "warn"}}),
            "dry_run_mode=true\nlog_level=warn\n[verify]\nsample=3\nlevel=full\n[log]\njson=true\n");
  EXPECT_EQ(with_settings("", {{"backup_path", "/mnt"}, {"verify.level", "full"}}),
            "backup_path=/mnt\n\n[verify]\nlevel=full\n");
}

TEST(WithSettings, TheSameKeyOfAnotherSectionStays) {
  EXPECT_EQ(with_settings("[source.nas]\npath=/a\n[verify]\nlevel=none\n", {{"verify.level", "full"}}),
            "[source.nas]\npath=/a\n[verify]\nlevel=full\n");
}

}  // namespace
}  // namespace recover::cli
