// Which files are sections of one dump, by their names alone.
#include "postgresql/dump_sections.hpp"

#include <gtest/gtest.h>

namespace recover::postgresql {
namespace {

TEST(DumpSections, NamesAreThoseOfTheOption) {
  EXPECT_EQ(section_of("shop-pre-data.sql.gz"), Section::pre_data);
  EXPECT_EQ(section_of("02_shop_data.sql"), Section::data);
  EXPECT_EQ(section_of("shop.postdata.sql"), Section::post_data);
  EXPECT_EQ(section_of("database.sql"), std::nullopt);
  EXPECT_EQ(section_of("metadata.sql"), std::nullopt);
  EXPECT_EQ(without_section("01-shop-pre-data.sql.gz"), "shop");
  EXPECT_EQ(without_section("3-post_data.sql"), "");
  EXPECT_EQ(without_section("2026-11-21-shop-data.sql"), "2026-11-21-shop");
  EXPECT_EQ(without_section("shop-data-2026.sql"), "shop-2026");
}

TEST(DumpSections, AreFoundOnlyWhenThereIsOneOfEach) {
  const std::vector<std::string> files{"1-shop-pre-data.sql", "2-shop-data.sql.gz", "other-data.sql",
                                       "shop.sql"};
  EXPECT_EQ(other_section(files[0], Section::data, files), "2-shop-data.sql.gz");
  EXPECT_EQ(other_section(files[0], Section::post_data, files), std::nullopt);
  EXPECT_EQ(other_section(files[0], Section::data, {"shop-data.sql", "2-shop-data.sql.gz"}), std::nullopt);
}

}  // namespace
}  // namespace recover::postgresql
