#include "core/scan/path_filter.hpp"

#include <gtest/gtest.h>

namespace recover::scan {
namespace {

TEST(PathFilter, NamesAndPathsAreToldApartByTheSlash) {
  const PathFilter filter({".git", "*.tmp", "srv/cache", "a/*/b", "trailing/", ""}, {});
  EXPECT_TRUE(filter.excludes("", ".git"));
  EXPECT_TRUE(filter.excludes("x/y", ".git"));
  EXPECT_TRUE(filter.excludes("x", "1.tmp"));
  EXPECT_TRUE(filter.excludes("srv", "cache"));
  EXPECT_FALSE(filter.excludes("x/srv", "cache"));
  EXPECT_TRUE(filter.excludes("a/x", "b"));
  EXPECT_TRUE(filter.excludes("", "trailing"));
  EXPECT_FALSE(filter.excludes("", ".github"));
  EXPECT_FALSE(filter.excludes("", "tmp"));
}

TEST(PathFilter, WithoutIncludePatternsEverythingIsIncluded) {
  const PathFilter filter({}, {});
  EXPECT_FALSE(filter.is_restricted());
  EXPECT_TRUE(filter.includes("a", "b"));
  EXPECT_TRUE(filter.includes_path("a/b"));
}

TEST(PathFilter, APathIsIncludedWithTheDirectoriesAboveIt) {
  const PathFilter filter({}, {"b", "x/y"});
  EXPECT_TRUE(filter.is_restricted());
  EXPECT_TRUE(filter.includes_path("a/b"));
  EXPECT_TRUE(filter.includes_path("a/b/c"));
  EXPECT_TRUE(filter.includes_path("b"));
  EXPECT_TRUE(filter.includes_path("x/y/z"));
  EXPECT_FALSE(filter.includes_path("a/c"));
  EXPECT_FALSE(filter.includes_path("a/x/y"));
}

}  // namespace
}  // namespace recover::scan
