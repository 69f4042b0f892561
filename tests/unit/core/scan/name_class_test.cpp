#include "core/scan/name_class.hpp"

#include <gtest/gtest.h>

namespace recover::scan {
namespace {

TEST(NameClass, SourceCodeIsSettled) {
  for (const char* name : {"main.c", "INDEX.HTML", "a.min.js", "README", "Makefile", "x.py.gz",
                           "0123456789abcdef0123456789abcdef012345"}) {
    EXPECT_EQ(class_of_name(name), NameClass::settled) << name;
  }
}

TEST(NameClass, PicturesAndProgramsMayHideOnlyPageFiles) {
  for (const char* name : {"photo.jpg", "a.JPEG", "lib.so", "x.tar.png", "export.csv"}) {
    EXPECT_EQ(class_of_name(name), NameClass::media) << name;
  }
}

TEST(NameClass, EverythingElseIsOpen) {
  for (const char* name : {"dump", "backup.dat", "x.sql", "x.sql.gz", "a.tar", "data.db", ".hidden", "file.",
                           "History", "0123456789abcdef", "x.json", "notes.txt"}) {
    EXPECT_EQ(class_of_name(name), NameClass::open) << name;
  }
}

TEST(NameClass, CompressorSuffixesAreStripped) {
  EXPECT_EQ(without_compression("a.sql.gz"), "a.sql");
  EXPECT_EQ(without_compression("a.sql.zst"), "a.sql");
  EXPECT_EQ(without_compression(".gz"), ".gz");
  EXPECT_EQ(without_compression("a.sql"), "a.sql");
}

}  // namespace
}  // namespace recover::scan
