#include "core/sys/archive.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <random>

#include "core/sys/descriptor.hpp"
#include "recover/errors.hpp"
#include "tests/support/sandbox.hpp"
#include "tests/support/text_source.hpp"

namespace recover::sys {
namespace {

namespace fs = std::filesystem;

Result<std::string> read_all(ByteSource& source) {
  std::string all;
  std::string buffer(50'000, '\0');
  while (const std::size_t got = RECOVER_TRY(source.read(buffer.data(), buffer.size())))
    all.append(buffer, 0, got);
  return all;
}

Result<std::string> decode(const std::string& stream) {
  test::TextSource source(stream, 1000);
  auto decoder = RECOVER_TRY(open_decoder(source, "stream"));
  return read_all(*decoder);
}

/// "name=content" of every member.
Result<std::vector<std::string>> members(const std::string& archive) {
  test::TextSource source(archive, 1000);
  auto reader = RECOVER_TRY(open_archive(source, "a.tar"));
  std::vector<std::string> found;
  while (auto member = RECOVER_TRY(reader->next())) {
    found.push_back(member->path + "=" + RECOVER_TRY(read_all(reader->data())));
  }
  return found;
}

std::string content_of(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// Bytes that do not compress, so that every byte of a stream matters.
std::string noise(std::size_t length, unsigned seed) {
  std::mt19937 random(seed);  // NOLINT(cert-msc51-cpp): must be the same every time
  std::string text(length, '\0');
  for (char& c : text) c = static_cast<char>(random() & 0xFFU);
  return text;
}

std::string filtered(const test::Sandbox& box, const std::vector<std::string>& program,
                     const std::string& text) {
  box.write("plain", text);
  std::vector<std::string> command = program;
  command.push_back(box.path("plain"));
  const auto outcome = test::Sandbox::run(command);
  EXPECT_EQ(outcome.exit, 0) << program[0] << ": install the package of this name. " << outcome.err;
  return outcome.out;
}

struct Compressor {
  const char* name;
  std::vector<std::string> command;
};

const std::vector<Compressor>& compressors() {
  static const std::vector<Compressor> all{{"gzip", {"gzip", "-c"}},
                                           {"bzip2", {"bzip2", "-c"}},
                                           {"xz", {"xz", "-c"}},
                                           {"zstd", {"zstd", "-q", "-c"}},
                                           {"lz4", {"lz4", "-q", "-c"}}};
  return all;
}

TEST(Decoder, EveryCompressionComesBack) {
  const test::Sandbox box;
  for (const auto& [name, command] : compressors()) {
    for (const std::string& text : {noise(300'000, 1), std::string("x"), std::string()}) {
      const std::string stream = filtered(box, command, text);
      EXPECT_EQ(compression_of(stream.substr(0, 16)), name);
      auto decoded = decode(stream);
      ASSERT_TRUE(decoded) << name << " " << text.size() << ": " << decoded.error().cause;
      EXPECT_EQ(*decoded, text) << name;
    }
  }
  EXPECT_EQ(compression_of("PGDMP"), "");
  EXPECT_EQ(decode("no stream").error().id, "archive.damaged");
}

TEST(Decoder, SeveralMembersAreOneStream) {
  const test::Sandbox box;
  for (const auto& [name, command] : compressors()) {
    auto decoded = decode(filtered(box, command, "one") + filtered(box, command, "two"));
    ASSERT_TRUE(decoded) << name << decoded.error().cause;
    EXPECT_EQ(*decoded, "onetwo") << name;
  }
  EXPECT_EQ(*decode(filtered(box, {"gzip", "-c"}, "one") + std::string(512, '\0')), "one") << "tape padding";
}

TEST(Decoder, AGzipHeaderMayLieInManyBuffers) {
  const test::Sandbox box;
  box.write("a file with a name of some length.sql", "content");
  test::Sandbox::run({"gzip", box.path("a file with a name of some length.sql")});
  const std::string stream = content_of(box.path("a file with a name of some length.sql.gz"));
  for (std::size_t piece = 1; piece < 80; ++piece) {
    test::TextSource source(stream, piece);
    auto decoder = open_decoder(source, "stream");
    ASSERT_TRUE(decoder);
    EXPECT_EQ(read_all(**decoder).value_or("?"), "content") << "read in pieces of " << piece;
  }
}

TEST(Decoder, HundredsOfGzipMembersMeetEveryBufferBoundary) {
  const test::Sandbox box;
  std::vector<std::pair<std::string, std::string>> pieces;  // plain and compressed
  for (const std::size_t length : {0U, 1U, 7U, 250U, 999U, 33'000U}) {
    const std::string plain = noise(length, static_cast<unsigned>(length));
    pieces.emplace_back(plain, filtered(box, {"gzip", "-c"}, plain));
  }
  std::mt19937 random(5);  // NOLINT(cert-msc51-cpp): must be the same every time
  std::string plain;
  std::string stream;
  for (int member = 0; member < 600; ++member) {
    const auto& [text, compressed] = pieces[random() % pieces.size()];
    plain += text;
    stream += compressed;
  }
  auto decoded = decode(stream);
  ASSERT_TRUE(decoded) << decoded.error().cause;
  EXPECT_TRUE(*decoded == plain);
}

TEST(Decoder, AStreamCutAnywhereIsTruncated) {
  const test::Sandbox box;
  for (const auto& [name, command] : compressors()) {
    const std::string stream = filtered(box, command, noise(40'000, 2));
    for (std::size_t length = 16; length < stream.size(); length += 1 + length / 40) {
      auto decoded = decode(stream.substr(0, length));
      ASSERT_FALSE(decoded) << name << " cut at " << length << " of " << stream.size();
      EXPECT_EQ(decoded.error().id, "archive.truncated")
          << name << " at " << length << ": " << decoded.error().cause;
    }
    for (std::size_t missing = 1; missing <= 8; ++missing) {
      auto decoded = decode(stream.substr(0, stream.size() - missing));
      ASSERT_FALSE(decoded) << name << " without its last " << missing << " bytes";
      EXPECT_EQ(decoded.error().id, "archive.truncated") << name << ": " << decoded.error().cause;
    }
  }
}

TEST(Decoder, AChangedByteIsNeverAccepted) {
  const test::Sandbox box;
  const std::string text = noise(40'000, 3);
  for (const auto& [name, command] : compressors()) {
    const std::string stream = filtered(box, command, text);
    for (std::size_t at = 30; at < stream.size(); at += 1777) {
      std::string changed = stream;
      changed[at] = static_cast<char>(changed[at] ^ 0x10);
      auto decoded = decode(changed);
      ASSERT_FALSE(decoded) << name << " with byte " << at << " changed";
      EXPECT_EQ(decoded.error().exit, ExitCode::verification_failed);
    }
  }
}

/// A directory with names and contents that are awkward, packed by GNU tar.
std::string packed(const test::Sandbox& box, const std::string& option) {
  box.write("tree/PG_VERSION", "16\n");
  box.write("tree/base/1/112", noise(20'000, 4));
  box.write("tree/zeros", std::string(4096, '\0'));
  const auto made = test::Sandbox::run(
      {"tar", "-C", box.path("tree"), option, "-cf", box.path("a.tar"), "PG_VERSION", "base", "zeros"});
  EXPECT_EQ(made.exit, 0) << made.err;
  return content_of(box.path("a.tar"));
}

TEST(Archive, TarIsReadInEveryDialectAndCompression) {
  const test::Sandbox box;
  for (const std::string format : {"gnu", "pax", "ustar", "v7"}) {
    const std::string tar = packed(box, "--format=" + format);
    auto found = members(tar);
    ASSERT_TRUE(found) << format << ": " << found.error().cause;
    EXPECT_EQ(*found, (std::vector<std::string>{"PG_VERSION=16\n",
                                                "base/=", "base/1/=", "base/1/112=" + noise(20'000, 4),
                                                "zeros=" + std::string(4096, '\0')}));
  }
  const std::string tar = packed(box, "--format=gnu");
  for (const auto& [name, command] : compressors()) {
    auto found = members(filtered(box, command, tar));
    ASSERT_TRUE(found) << name << ": " << found.error().cause;
    EXPECT_EQ(found->size(), 5U);
  }
}

TEST(Archive, MembersSayWhatTheyAre) {
  const test::Sandbox box;
  box.write("tree/file", "x");
  fs::create_hard_link(box.path("tree/file"), box.path("tree/hard"));
  fs::create_symlink("/etc/passwd", box.path("tree/soft"));
  test::Sandbox::run({"mkfifo", box.path("tree/pipe")});
  test::Sandbox::run(
      {"tar", "-C", box.path("tree"), "-cf", box.path("a.tar"), "file", "hard", "soft", "pipe"});
  const Descriptor file(::open(box.path("a.tar").c_str(), O_RDONLY | O_CLOEXEC));
  auto source = file_source(file.get());
  auto reader = open_archive(*source, "a.tar");
  ASSERT_TRUE(reader);
  EXPECT_EQ((*reader)->format(), "tar");
  EXPECT_EQ((*reader)->compression(), "");
  std::vector<Member> found;
  while (true) {
    auto next = (*reader)->next();
    ASSERT_TRUE(next);
    if (!*next) break;
    found.push_back(**next);
  }
  ASSERT_EQ(found.size(), 4U);
  EXPECT_EQ(found[0].type, EntryType::file);
  EXPECT_EQ(found[0].size, 1U);
  EXPECT_TRUE(found[1].is_hard_link);
  EXPECT_EQ(found[1].link_target, "file");
  EXPECT_EQ(found[2].type, EntryType::symlink);
  EXPECT_EQ(found[2].link_target, "/etc/passwd");
  EXPECT_EQ(found[3].type, EntryType::other);
}

TEST(Archive, SparseMembersGetTheirHolesBack) {
  const test::Sandbox box;
  box.write("tree/sparse", "head");
  fs::resize_file(box.path("tree/sparse"), 3 << 20);
  test::Sandbox::run({"tar", "-C", box.path("tree"), "--sparse", "-cf", box.path("a.tar"), "sparse"});
  const std::string tar = content_of(box.path("a.tar"));
  EXPECT_LT(tar.size(), 100'000U);
  auto found = members(tar);
  ASSERT_TRUE(found) << found.error().cause;
  EXPECT_EQ((*found)[0], "sparse=" + content_of(box.path("tree/sparse")));
}

TEST(Archive, NamesAreTheBytesThatWereStored) {
  const test::Sandbox box;
  const std::string script =
      "import tarfile,io,sys\n"
      "t=tarfile.open(sys.argv[1],'w',format=tarfile.PAX_FORMAT,encoding='utf-8',errors='surrogateescape')\n"
      "for n in [b'd\\xc3\\xa9j\\xc3\\xa0',b'bad\\xff\\xfe',b'new\\nline\\x1b[0m',b'x'*150+b'/'+b'y'*200]:\n"
      "  i=tarfile.TarInfo(n.decode('utf-8','surrogateescape')); i.size=1; t.addfile(i,io.BytesIO(b'1'))\n"
      "t.close()\n";
  const auto made = test::Sandbox::run({"/usr/bin/python3", "-c", script, box.path("a.tar")});
  ASSERT_EQ(made.exit, 0) << made.err;
  auto found = members(content_of(box.path("a.tar")));
  ASSERT_TRUE(found) << found.error().cause;
  EXPECT_EQ(*found, (std::vector<std::string>{"d\xc3\xa9j\xc3\xa0=1", "bad\xff\xfe=1", "new\nline\x1b[0m=1",
                                              std::string(150, 'x') + "/" + std::string(200, 'y') + "=1"}));
}

TEST(Archive, ATarCutAnywhereIsTruncated) {
  const test::Sandbox box;
  const std::string tar = packed(box, "--format=gnu");
  // GNU tar pads with zero blocks to 10 KiB; complete is what still has one of them.
  ASSERT_TRUE(members(tar));
  std::size_t complete = 0;
  for (std::size_t length = 512; length < tar.size(); length += 256) {
    auto found = members(tar.substr(0, length));
    if (found) {
      ++complete;
      EXPECT_EQ(found->size(), 5U) << "cut at " << length;
      EXPECT_GT(length, 20'000U + 4096U);
    } else {
      EXPECT_EQ(found.error().id, "archive.truncated") << "cut at " << length << ": " << found.error().cause;
    }
  }
  EXPECT_GT(complete, 0U);
}

TEST(Archive, ATarBetweenTwoMembersIsTruncatedEvenWhenTheLastEndsInZeros) {
  const test::Sandbox box;
  packed(box, "--format=gnu");
  // "zeros" is 4096 zero bytes: without the end marker its data looks like one.
  test::Sandbox::run(
      {"tar", "-C", box.path("tree"), "-b", "1", "-cf", box.path("b.tar"), "PG_VERSION", "zeros"});
  const std::string tar = content_of(box.path("b.tar"));
  ASSERT_EQ(tar.size(), 512U * 3 + 4096 + 1024);
  EXPECT_TRUE(members(tar));
  auto found = members(tar.substr(0, tar.size() - 1024));
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().id, "archive.truncated");
  EXPECT_EQ(text_fact(found.error().facts, "member"), "zeros");
}

TEST(Archive, ACompressedTarCutAnywhereOrChangedAnywhereIsRefused) {
  const test::Sandbox box;
  const std::string tar = packed(box, "--format=gnu");
  for (const auto& [name, command] : compressors()) {
    const std::string stream = filtered(box, command, tar);
    for (unsigned percent = 1; percent < 100; ++percent) {
      const std::size_t at = stream.size() * percent / 100;
      auto cut = members(stream.substr(0, at));
      ASSERT_FALSE(cut) << name << " cut at " << percent << " %";
      EXPECT_EQ(cut.error().id, "archive.truncated") << name << " at " << at << ": " << cut.error().cause;
      EXPECT_NE(find_fact(cut.error().facts, "offset"), nullptr);
      std::string changed = stream;
      changed[at] = static_cast<char>(changed[at] ^ 0x04);
      auto flipped = members(changed);
      ASSERT_FALSE(flipped) << name << " changed at " << percent << " %";
      EXPECT_EQ(flipped.error().exit, ExitCode::verification_failed);
    }
    for (std::size_t missing = 1; missing <= 12; ++missing) {
      EXPECT_FALSE(members(stream.substr(0, stream.size() - missing)))
          << name << " without the last " << missing;
    }
  }
}

TEST(Archive, ZipAndCpioAreReadAndOthersRefused) {
  const test::Sandbox box;
  const auto zip = test::Sandbox::run({"/usr/bin/python3", "-c",
                                       "import "
                                       "zipfile,sys\nz=zipfile.ZipFile(sys.argv[1],'w',zipfile.ZIP_DEFLATED)"
                                       "\nz.writestr('d/a','text'*999)\nz.close()",
                                       box.path("a.zip")});
  ASSERT_EQ(zip.exit, 0) << zip.err;
  const std::string archive = content_of(box.path("a.zip"));
  auto found = members(archive);
  ASSERT_TRUE(found) << found.error().cause;
  EXPECT_EQ(found->size(), 1U);
  EXPECT_EQ(members(archive.substr(0, archive.size() / 4)).error().exit, ExitCode::verification_failed);
  std::string changed = archive;
  changed[45] = static_cast<char>(changed[45] ^ 1);
  EXPECT_FALSE(members(changed));
  EXPECT_EQ(members(std::string(5000, 'x')).error().id, "archive.damaged");
  EXPECT_EQ(members("").error().id, "archive.damaged");
}

class BrokenSource final : public ByteSource {
 public:
  Result<std::size_t> read(char* /*buffer*/, std::size_t /*length*/) override {
    return make_error(errors::source_read_error, "cannot read the file", "Input/output error");
  }
};

TEST(Archive, AnErrorOfTheSourceIsPassedOn) {
  BrokenSource source;
  EXPECT_EQ(open_archive(source, "a.tar").error().id, "source.read_error");
  EXPECT_EQ(open_decoder(source, "a.gz").error().id, "source.read_error");
}

}  // namespace
}  // namespace recover::sys
