// Whole contents as streams: every compression, members of archives, and that nothing that is cut,
// changed or ambiguous is ever taken for complete.
#include "core/scan/archive_tree.hpp"
#include "core/scan/scanner.hpp"
#include "recover/errors.hpp"
#include "tests/support/sandbox.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <random>
#include <thread>

namespace recover::scan {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

struct Compressor {
  const char* suffix;
  std::vector<std::string> command;
};

const std::vector<Compressor> compressors{{".gz", {"gzip", "-c"}},
                                          {".bz2", {"bzip2", "-c"}},
                                          {".xz", {"xz", "-c"}},
                                          {".zst", {"zstd", "-q", "-c"}},
                                          {".lz4", {"lz4", "-q", "-c"}}};

/// Bytes that do not compress, so that every byte of a stream matters.
std::string noise(std::size_t length, unsigned seed) {
  std::mt19937 random(seed);  // NOLINT(cert-msc51-cpp): must be the same every time
  std::string text(length, '\0');
  for (char& c : text) c = static_cast<char>(random() & 0xFFU);
  return text;
}

Result<std::string> read_all(ContentSource& content) {
  std::string all;
  std::string buffer(70'000, '\0');
  while (const std::size_t got = RECOVER_TRY(content.read(buffer.data(), buffer.size())))
    all.append(buffer, 0, got);
  return all;
}

class Content : public ::testing::Test {
 protected:
  Content() { tree = open_tree(box.source()).value_or(nullptr); }

  void put(const std::string& name, const std::string& bytes) const { box.write("source/" + name, bytes); }
  static std::string run(std::vector<std::string> command) {
    const auto outcome = recover::test::Sandbox::run(command);
    EXPECT_EQ(outcome.exit, 0) << command[0] << ": install the package of this name. " << outcome.err;
    return outcome.out;
  }
  std::string compressed(const Compressor& how, const std::string& bytes) const {
    box.write("plain", bytes);
    std::vector<std::string> command = how.command;
    command.push_back(box.path("plain"));
    return run(command);
  }
  /// Packs what lies below `pack/` as an archive of the source.
  void tar(const std::string& name, const std::vector<std::string>& options) const {
    box.make_directory("source");
    std::vector<std::string> command{"tar", "-C", box.path("pack"), "--sort=name"};
    command.insert(command.end(), options.begin(), options.end());
    command.insert(command.end(), {"-cf", box.path("source/" + name), "."});
    run(command);
  }
  Result<std::string> content_of(const std::string& path) const {
    const auto opened = RECOVER_TRY(tree->open_content(path));
    return read_all(*opened);
  }
  std::string id_of(const std::string& path) const {
    const auto content = content_of(path);
    return content ? "no error, " + std::to_string(content->size()) + " bytes" : content.error().id;
  }

  recover::test::Sandbox box;
  std::unique_ptr<Tree> tree;
};

TEST_F(Content, EveryCompressionInOneAndTwoLayersAndNone) {
  const std::string text = noise(4'500'000, 1);  // more than the ring holds
  put("plain.sql", text);
  EXPECT_TRUE(content_of("plain.sql").value_or("") == text);
  for (const Compressor& how : compressors) {
    put(std::string("dump.sql") + how.suffix, compressed(how, text));
    put(std::string("twice.sql.gz") + how.suffix, compressed(how, compressed(compressors[0], "two layers")));
    put(std::string("empty.sql") + how.suffix, compressed(how, ""));
  }
  box.protect(box.source());
  for (const Compressor& how : compressors) {
    EXPECT_TRUE(content_of(std::string("dump.sql") + how.suffix).value_or("") == text) << how.suffix;
    EXPECT_EQ(content_of(std::string("twice.sql.gz") + how.suffix).value_or("?"), "two layers") << how.suffix;
    EXPECT_EQ(content_of(std::string("empty.sql") + how.suffix).value_or("?"), "") << how.suffix;
  }
  EXPECT_EQ(id_of("absent"), "source.not_found");
}

TEST_F(Content, SeveralMembersAndFramesAreOneContent) {
  for (const Compressor& how : compressors) {
    put(std::string("both") + how.suffix, compressed(how, "first,") + compressed(how, "second"));
    EXPECT_EQ(content_of(std::string("both") + how.suffix).value_or("?"), "first,second") << how.suffix;
  }
}

TEST_F(Content, GarbageBehindAStreamIsReportedPaddingIsNot) {
  const std::string stream = compressed(compressors[0], "dump");
  put("padded.gz", stream + std::string(700, '\0'));
  put("garbage.gz", stream + "garbage");
  const auto read = [&](const std::string& name) {
    auto content = tree->open_content(name);
    EXPECT_EQ(read_all(**content).value_or("?"), "dump");
    EXPECT_EQ((*content)->stored_consumed(), (*content)->stored_size());
    return (*content)->warnings();
  };
  for (const Compressor& how : {compressors[1], compressors[4]}) {
    put(std::string("garbage") + how.suffix, compressed(how, "dump") + "and something else");
    EXPECT_EQ(read(std::string("garbage") + how.suffix).size(), 1U) << how.suffix;
    put(std::string("whole") + how.suffix, compressed(how, "dump"));
    EXPECT_THAT(read(std::string("whole") + how.suffix), IsEmpty()) << how.suffix;
  }
  EXPECT_THAT(read("padded.gz"), IsEmpty());
  EXPECT_THAT(read("garbage.gz"), ElementsAre(HasSubstr("from byte " + std::to_string(stream.size()))));
}

TEST_F(Content, EveryTruncationIsAnErrorNeverASuccess) {
  for (const Compressor& how : compressors) {
    const std::string name = std::string("dump.sql") + how.suffix;
    const std::string stream = compressed(how, noise(300, 2));
    for (std::size_t length = 0; length < stream.size(); ++length) {
      put(name, stream.substr(0, length));
      EXPECT_THAT(id_of(name), ::testing::AnyOf("archive.truncated", "archive.damaged"))
          << name << " cut at " << length << " of " << stream.size();
    }
    put(name, stream);
    EXPECT_EQ(content_of(name).value_or(""), noise(300, 2)) << name;
  }
}

TEST_F(Content, EveryChangedByteIsAnErrorOrChangesNothing) {
  for (const Compressor& how : compressors) {
    const std::string name = std::string("dump.sql") + how.suffix;
    const std::string text = noise(300, 3);
    const std::string stream = compressed(how, text);
    for (std::size_t at = 6; at < stream.size(); ++at) {  // before: another kind of file
      std::string changed = stream;
      changed[at] = static_cast<char>(changed[at] ^ 0x20);
      put(name, changed);
      const auto content = content_of(name);
      // A time stamp or a name in a header may change without harm; never the content.
      if (content) {
        EXPECT_EQ(*content, text) << name << " with byte " << at << " changed";
      } else {
        EXPECT_EQ(content.error().exit, ExitCode::verification_failed) << name << " at " << at;
      }
    }
  }
}

TEST_F(Content, WhatCameBeforeTheDamageIsReadAndTheErrorSaysWhere) {
  const std::string text = noise(3'000'000, 4);
  const std::string stream = compressed(compressors[0], text);
  put("dump.gz", stream.substr(0, 2'000'000));
  const auto content = tree->open_content("dump.gz");
  ASSERT_TRUE(content);
  std::string all;
  std::string buffer(100'000, '\0');
  auto got = (*content)->read(buffer.data(), buffer.size());
  for (; got && *got > 0; got = (*content)->read(buffer.data(), buffer.size())) all.append(buffer, 0, *got);
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().id, "archive.truncated");
  EXPECT_EQ(number_fact(got.error().facts, "offset"), 2'000'000);
  EXPECT_GT(all.size(), 1'900'000U);
  EXPECT_TRUE(text.starts_with(all));
  EXPECT_FALSE((*content)->read(buffer.data(), buffer.size())) << "an error stays";
}

TEST_F(Content, MembersOfArchivesAreStreamedInEveryForm) {
  const std::string text = noise(1'100'000, 5);
  box.write("pack/dumps/plain.sql", text);
  box.write("pack/dumps/x.sql.gz", compressed(compressors[0], text));
  box.write("pack/odd!name", "odd");
  box.write("pack/z-last", noise(300'000, 6));
  for (const char* option : {"--no-auto-compress", "--gzip", "--zstd", "--xz", "--bzip2"}) {
    tar("a.tar", {option});
    EXPECT_TRUE(content_of("a.tar!dumps/plain.sql").value_or("") == text) << option;
    EXPECT_TRUE(content_of("a.tar!dumps/x.sql.gz").value_or("") == text) << option;
    EXPECT_EQ(content_of("a.tar!odd!name").value_or("?"), "odd") << option;
    EXPECT_EQ(id_of("a.tar!dumps/absent"), "source.not_found") << option;
    EXPECT_EQ(id_of("a.tar!dumps"), "source.not_found") << "a directory";
  }
  put("not!an!archive", "a name like any other");
  EXPECT_EQ(content_of("not!an!archive").value_or("?"), "a name like any other");
  put("text", std::string(5000, 'x'));
  EXPECT_EQ(id_of("text!member"), "archive.damaged");
}

TEST_F(Content, ArchivesInArchivesAndTheIndexOfOne) {
  box.write("pack/x.sql.gz", compressed(compressors[0], "inner dump"));
  tar("inner.tar.gz", {"--gzip"});
  fs::remove(box.path("pack/x.sql.gz"));
  fs::create_directories(box.path("pack/deep"));
  fs::rename(box.path("source/inner.tar.gz"), box.path("pack/deep/inner.tar.gz"));
  tar("outer.tar.zst", {"--zstd"});
  box.protect(box.source());
  EXPECT_EQ(content_of("outer.tar.zst!deep/inner.tar.gz!x.sql.gz").value_or("?"), "inner dump");
  ArchiveTree index("shown", tree.get(), "outer.tar.zst!deep/inner.tar.gz");
  index.add("x.sql.gz", EntryType::file);
  auto content = index.open_content("x.sql.gz");
  ASSERT_TRUE(content);
  EXPECT_EQ(read_all(**content).value_or("?"), "inner dump");
  EXPECT_EQ(index.open_content("absent").error().id, "source.not_found");
  ArchiveTree alone("shown");
  alone.add("x", EntryType::file);
  EXPECT_EQ(alone.open_content("x").error().id, "source.not_kept");
}

TEST_F(Content, MembersOfZipAnd7z) {
  const std::string text = noise(300'000, 10);
  box.write("pack/dumps/a.sql", text);
  box.write("pack/dumps/b.sql.gz", compressed(compressors[0], text));
  box.make_directory("source");
  for (const std::string format : {"zip", "7zip"}) {
    const std::string name = "a." + format;
    run({"bsdtar", "-C", box.path("pack"), "--format=" + format, "-cf", box.path("source/" + name), "dumps"});
    EXPECT_TRUE(content_of(name + "!dumps/a.sql").value_or("") == text) << name;
    EXPECT_TRUE(content_of(name + "!dumps/b.sql.gz").value_or("") == text) << name;
  }
}

TEST_F(Content, AHardLinkIsTheFileItNames) {
  box.write("pack/daily.0/x.sql.gz", compressed(compressors[0], "linked"));
  fs::create_directories(box.path("pack/daily.1"));
  fs::create_hard_link(box.path("pack/daily.0/x.sql.gz"), box.path("pack/daily.1/x.sql.gz"));
  tar("a.tar", {});
  EXPECT_EQ(content_of("a.tar!daily.0/x.sql.gz").value_or("?"), "linked");
  EXPECT_EQ(content_of("a.tar!daily.1/x.sql.gz").value_or("?"), "linked");
}

TEST_F(Content, AMemberThatTheArchiveHoldsTwiceIsRefused) {
  box.write("pack/dump", "old");
  tar("a.tar", {});
  box.write("pack/dump", "new");
  run({"tar", "-C", box.path("pack"), "-rf", box.path("source/a.tar"), "./dump"});
  EXPECT_EQ(id_of("a.tar!dump"), "source.not_supported");
}

TEST_F(Content, AMemberIsOnlyWholeWhenTheRestOfItsArchiveIs) {
  box.write("pack/a-dump", "the dump");
  box.write("pack/b-rest", noise(200'000, 7));
  tar("a.tar.gz", {"--gzip"});
  std::string stream = run({"cat", box.path("source/a.tar.gz")});
  EXPECT_EQ(content_of("a.tar.gz!a-dump").value_or("?"), "the dump");
  put("a.tar.gz", stream.substr(0, stream.size() - 1));
  EXPECT_EQ(id_of("a.tar.gz!a-dump"), "archive.truncated");
  stream[stream.size() - 6] = static_cast<char>(stream[stream.size() - 6] ^ 1);
  put("a.tar.gz", stream);
  EXPECT_EQ(id_of("a.tar.gz!a-dump"), "archive.damaged");
}

TEST_F(Content, AFileThatChangesWhileItIsReadIsNamed) {
  put("dump", noise(6'000'000, 8));
  const auto content = tree->open_content("dump");
  ASSERT_TRUE(content);
  std::ofstream(box.path("source/dump"), std::ios::app) << "more";
  const auto all = read_all(**content);
  ASSERT_FALSE(all);
  EXPECT_EQ(all.error().id, "source.changed");
}

TEST_F(Content, OnlyRegularFilesOfTheSource) {
  box.make_directory("source/directory");
  box.write("outside", "secret");
  fs::create_symlink(box.path("outside"), box.path("source/link"));
  run({"mkfifo", box.path("source/pipe")});
  for (const char* name : {"directory", "link", "pipe"}) EXPECT_EQ(id_of(name), "source.unsafe_path") << name;
  EXPECT_FALSE(tree->open_content("../outside"));
  put("single", "one file");
  put("other", "beside it");
  const auto single = open_tree(box.path("source/single"));
  ASSERT_TRUE(single);
  EXPECT_TRUE((*single)->open_content("single"));
  EXPECT_EQ((*single)->open_content("other").error().id, "source.not_found");
}

TEST_F(Content, CancellingAndLeavingEarly) {
  put("dump.gz", compressed(compressors[0], std::string(8'000'000, 'x')));
  { const auto unread = tree->open_content("dump.gz"); }
  {
    const auto begun = tree->open_content("dump.gz");
    char byte = 0;
    EXPECT_EQ((*begun)->read(&byte, 1).value_or(0), 1U);
    EXPECT_EQ((*begun)->read(&byte, 0).value_or(9), 0U);
  }
  put("big", noise(6'000'000, 9));
  std::stop_source stop;
  const auto cancellable = open_tree(box.source(), CancellationToken(stop.get_token()));
  const auto content = (*cancellable)->open_content("big");
  ASSERT_TRUE(content);
  stop.request_stop();
  const auto all = read_all(**content);
  ASSERT_FALSE(all);
  EXPECT_EQ(all.error().id, "run.cancelled");
  EXPECT_EQ((*cancellable)->open_content("big!x").error().id, "run.cancelled");
}

}  // namespace
}  // namespace recover::scan
