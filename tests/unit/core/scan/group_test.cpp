// From findings to rows: order, ids, relations, leftovers, groups.
#include "core/scan/group.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace recover::scan {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<Manifest> engines() {
  Manifest first;
  first.engine = "alpha";
  first.id_prefix = "al";
  first.library = "a.so";
  Manifest second = first;
  second.engine = "beta";
  second.id_prefix = "be";
  return {first, second};
}

Finding finding(const std::string& engine, const std::string& path, std::int64_t time = 0,
                const std::string& identity = {}) {
  Finding made;
  made.engine = engine;
  made.path = path;
  made.kind = "data directory";
  made.content_time = time;
  made.identity = identity;
  return made;
}

std::vector<std::string> ids_and_paths(const std::vector<Finding>& findings) {
  std::vector<std::string> result;
  for (const auto& one : findings) result.push_back(one.id + " " + one.path);
  return result;
}

TEST(Arrange, EnginesInOrderThenLiveCopiesThenTheNewest) {
  const auto rows = arrange({finding("beta", "b", 9), finding("alpha", "data.old", 9),
                             finding("alpha", "older", 1), finding("alpha", "newer", 5)},
                            engines(), {});
  EXPECT_THAT(ids_and_paths(rows), ElementsAre("al-1 newer", "al-2 older", "al-3 data.old", "be-1 b"));
  EXPECT_EQ(rows[2].role, Role::leftover);
}

TEST(Arrange, EqualIdentitiesAreLinkedAndPartsKnowTheirOwner) {
  Finding part = finding("alpha", "tablespace", 0, "42");
  part.role = Role::part;
  part.kind = "tablespace";
  const auto rows = arrange({finding("alpha", "live", 7, "42"), finding("alpha", "copy.bak", 3, "42"), part,
                             finding("alpha", "other", 1, "43"), finding("beta", "same number", 1, "42")},
                            engines(), {});
  ASSERT_EQ(rows[0].path, "live");
  ASSERT_EQ(rows[0].related.size(), 2U);
  EXPECT_EQ(rows[0].related[0].how, "has tablespace");
  EXPECT_EQ(rows[0].related[1].how, "newer copy of");
  EXPECT_THAT(rows[1].related, IsEmpty()) << "another database";
  EXPECT_EQ(rows[2].path, "tablespace");
  EXPECT_EQ(rows[2].related[0].how, "part of");
  EXPECT_THAT(rows[4].related, IsEmpty()) << "another engine";
}

TEST(Arrange, ADumpIsLinkedByItsDatabaseNames) {
  Finding directory = finding("alpha", "data", 7, "42");
  directory.databases = {"shop", "postgres"};
  Finding dump = finding("alpha", "all.sql", 3);
  dump.databases = {"postgres", "shop"};
  Finding other = finding("alpha", "one.sql", 2);
  other.databases = {"shop"};
  const auto rows = arrange({directory, dump, other}, engines(), {});
  ASSERT_EQ(rows[0].related.size(), 1U);
  EXPECT_EQ(rows[0].related[0].id, rows[1].id);
  EXPECT_THAT(rows[2].related, IsEmpty());
}

TEST(Arrange, SmallFilesOfOneApplicationAreOneRow) {
  std::vector<Finding> findings;
  for (int i = 0; i < 30; ++i) {
    Finding small = finding("alpha", "home/x/profile/" + std::to_string(i), i);
    small.role = Role::grouped;
    small.size = {{100}, {512}, 1};
    set_fact(small.facts, "group", std::string("home/x/profile"));
    findings.push_back(small);
  }
  findings.push_back(finding("alpha", "own.db"));
  const auto rows = arrange(findings, engines(), {});
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[1].path, "home/x/profile");
  EXPECT_EQ(rows[1].size.logical.count, 3000U);
  EXPECT_EQ(rows[1].size.files, 30U);
  EXPECT_EQ(list_fact(rows[1].facts, "files").size(), 30U);
  EXPECT_EQ(arrange(findings, engines(), {.group_small_files = false}).size(), 31U);
}

TEST(Leftovers, NamesOfOldCopiesAndImageLayers) {
  for (const char* path :
       {"var/lib/pg/data.old", "x.bak", "a/old/data", "dump.sql~", "srv/data.old.2021/x",
        "var/lib/docker/overlay2/abc/diff/var/lib/mysql", "containers/storage/overlay/l/diff/data"}) {
    EXPECT_TRUE(is_leftover_path(path)) << path;
  }
  for (const char* path :
       {"var/lib/postgresql/16/main", "golden/data", "backup/a.sql", "household", "overlay2/x/merged"}) {
    EXPECT_FALSE(is_leftover_path(path)) << path;
  }
}

}  // namespace
}  // namespace recover::scan
