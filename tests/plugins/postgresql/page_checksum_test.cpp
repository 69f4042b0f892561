// Page checksums: known vectors (computed by pageinspect of PostgreSQL 15), every page of real clusters,
// and one flipped byte found exactly.
#include "postgresql/page_checksum.hpp"

#include "postgresql/facts.hpp"
#include "tests/plugins/postgresql/clusters.hpp"

#include <gtest/gtest.h>

#include <filesystem>

namespace recover::postgresql {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t page_size = 8192;

std::span<const std::byte> bytes_of(const std::string& text) {
  return {reinterpret_cast<const std::byte*>(text.data()), text.size()};
}

Facts facts_of(bool checksums) {
  return {{fact::block_size, std::int64_t{8192}},
          {fact::relation_segment_blocks, std::int64_t{131072}},
          {fact::checksums, checksums}};
}

/// Feeds one file in chunks that do not fit pages.
std::vector<std::string> inspect(Inspector& inspector, const std::string& path, const std::string& content) {
  inspector.begin(path, Bytes{content.size()});
  for (std::size_t at = 0; at < content.size(); at += 5000)
    inspector.chunk(bytes_of(content.substr(at, 5000)));
  return inspector.end().value_or({});
}

TEST(PageChecksum, KnownVectors) {
  std::string counting(page_size, '\0');
  for (std::size_t i = 0; i < page_size; ++i) counting[i] = static_cast<char>(i & 255U);
  EXPECT_EQ(page_checksum(bytes_of(counting), 0), 59142);
  EXPECT_EQ(page_checksum(bytes_of(counting), 1), 59143);
  EXPECT_EQ(page_checksum(bytes_of(counting), 131072), 59144);
  const std::string fives(page_size, '\x55');
  EXPECT_EQ(page_checksum(bytes_of(fives), 0), 26888);
}

class PagesOf : public testing::TestWithParam<std::string> {};

TEST_P(PagesOf, AllAreRight) {
  const std::string root = test::cluster(GetParam()) + "/clean";
  const auto inspector = make_page_inspector(facts_of(GetParam() != "12"));
  for (const auto& entry : fs::recursive_directory_iterator(root)) {
    if (!entry.is_regular_file()) continue;
    const std::string path = fs::relative(entry.path(), root);
    EXPECT_EQ(inspect(*inspector, path, test::file_content(entry.path())), std::vector<std::string>{})
        << path;
  }
  const Facts totals = inspector->totals();
  EXPECT_GT(number_fact(totals, "pages"), 1000);
  EXPECT_EQ(number_fact(totals, "bad_pages"), 0);
  EXPECT_EQ(number_fact(totals, "checked") > 1000, GetParam() != "12") << "12 was made without checksums";
  EXPECT_GT(number_fact(totals, "max_lsn"), 0);
}

INSTANTIATE_TEST_SUITE_P(Majors, PagesOf, testing::ValuesIn(test::majors));

TEST(PageInspector, OneFlippedByteIsFoundExactly) {
  std::string content = test::file_content(test::cluster("15") + "/clean/base/1/1255");
  ASSERT_GT(content.size(), 4 * page_size);
  content[3 * page_size + 5000] = static_cast<char>(content[3 * page_size + 5000] ^ 0x10);
  const auto inspector = make_page_inspector(facts_of(true));
  const auto flaws = inspect(*inspector, "base/1/1255", content);
  ASSERT_EQ(flaws.size(), 1U);
  EXPECT_EQ(flaws[0].substr(0, 19), "base/1/1255 block 3");
  EXPECT_EQ(number_fact(inspector->totals(), "bad_pages"), 1);
}

TEST(PageInspector, BlockNumbersGoOnInTheNextSegmentFile) {
  const std::string content = test::file_content(test::cluster("15") + "/clean/base/1/1255");
  const auto inspector = make_page_inspector(facts_of(true));
  EXPECT_FALSE(inspect(*inspector, "base/1/1255.1", content).empty())
      << "the same pages at another place are wrong";
}

TEST(PageInspector, OtherFilesAreNotPages) {
  const auto inspector = make_page_inspector(facts_of(true));
  const std::string noise(3 * page_size, 'x');
  for (const char* path :
       {"global/pg_control", "base/5/PG_VERSION", "base/5/pg_filenode.map", "pg_wal/000000010000000000000001",
        "base/pgsql_tmp/pgsql_tmp1.0", "base/5/t3_16385", "pg_xact/0000", "base/5/pg_internal.init"}) {
    EXPECT_TRUE(inspect(*inspector, path, noise).empty()) << path;
  }
  EXPECT_EQ(number_fact(inspector->totals(), "pages"), 0);
}

TEST(PageInspector, ACutFileIsNamed) {
  const auto inspector = make_page_inspector(facts_of(true));
  const auto flaws = inspect(*inspector, "base/5/16385", std::string(5000, '\0'));
  ASSERT_EQ(flaws.size(), 1U);
  EXPECT_NE(flaws[0].find("cut off"), std::string::npos);
}

}  // namespace
}  // namespace recover::postgresql
