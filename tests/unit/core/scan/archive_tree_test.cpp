// An archive's index holds beginnings only and says so.
#include "core/scan/archive_tree.hpp"

#include <gtest/gtest.h>

namespace recover::scan {
namespace {

TEST(ArchiveTree, WhatWasNotKeptIsNotInvented) {
  ArchiveTree tree("/mnt/a.tar");
  KeptMember& member = tree.add("base/1", EntryType::file);
  member.info.type = EntryType::file;
  member.info.size = Bytes{100'000};
  member.head = std::string(512, 'x');
  EXPECT_EQ(tree.read("base/1", 0, 512).value_or("").size(), 512U);
  const auto beyond = tree.read("base/1", 4096, 10);
  ASSERT_FALSE(beyond);
  EXPECT_EQ(beyond.error().id, "source.not_kept");
}

}  // namespace
}  // namespace recover::scan
