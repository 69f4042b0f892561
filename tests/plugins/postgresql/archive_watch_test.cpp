// Archives of real pg_dump as a stream: whole in pieces of any size, cut at every byte.
#include "postgresql/archive_watch.hpp"

#include "tests/plugins/postgresql/clusters.hpp"

#include <gtest/gtest.h>

namespace recover::postgresql {
namespace {

std::string dump(const std::string& name) {
  return test::file_content(recover::test::fixture("postgresql-backups") + "/dumps/" + name);
}

DumpEnd end_of(std::string_view bytes, std::size_t piece) {
  ArchiveWatch watch;
  while (!bytes.empty()) {
    watch.take(bytes.substr(0, piece));
    bytes.remove_prefix(std::min(piece, bytes.size()));
  }
  return watch.end();
}

TEST(ArchiveWatch, AWholeArchiveIsCompleteInPiecesOfAnySize) {
  for (const char* name : {"shop.dump", "shop.tar"}) {
    const std::string whole = dump(name);
    for (const std::size_t piece : {std::size_t{1}, std::size_t{7}, std::size_t{513}, whole.size()})
      EXPECT_EQ(end_of(whole, piece), DumpEnd::complete) << name << " in pieces of " << piece;
  }
}

TEST(ArchiveWatch, ACustomArchiveIsNeverCompleteBeforeItsLastByte) {
  const std::string whole = dump("shop.dump");
  for (std::size_t length = 0; length < whole.size(); ++length)
    ASSERT_EQ(end_of(std::string_view(whole).substr(0, length), 4096), DumpEnd::truncated) << length;
}

TEST(ArchiveWatch, ATarArchiveIsNotCompleteBeforeItsZeroBlock) {
  const std::string whole = dump("shop.tar");
  const std::size_t last = whole.find_last_not_of('\0') / 512 * 512 + 512;  // of the last member's data
  for (std::size_t length = 0; length < last + 512; length += 97)
    ASSERT_EQ(end_of(std::string_view(whole).substr(0, length), 4096), DumpEnd::truncated) << length;
}

TEST(ArchiveWatch, TheEntriesOfTheTableOfContentsAreCounted) {
  ArchiveWatch watch;
  const std::string whole = dump("shop.dump");
  watch.take(whole);
  EXPECT_EQ(watch.end(), DumpEnd::complete);
  EXPECT_EQ(watch.entry_count(), parse_archive_toc(whole)->entry_count);
}

TEST(ArchiveWatch, ASecondTableOfContentsBehindTheBlocksIsReadToItsEnd) {
  const std::string whole = dump("shop.dump");
  const std::string contents = whole.substr(0, parse_archive_toc(whole)->end);
  EXPECT_EQ(end_of(whole + contents, 100), DumpEnd::complete);
  EXPECT_EQ(end_of(whole + contents.substr(0, contents.size() - 1), 100), DumpEnd::truncated);
  EXPECT_EQ(end_of(whole + "garbage", 100), DumpEnd::truncated);
}

}  // namespace
}  // namespace recover::postgresql
