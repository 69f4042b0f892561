// What hides databases from view is named, with the line that opens it: made by the tools themselves
// (gnupg, age, cryptsetup-bin, qemu-utils, fdisk, restic, borgbackup), not by hand.
#include "tests/support/json.hpp"
#include "tests/support/sandbox.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

namespace recover::test {
namespace {

using ::testing::HasSubstr;

class Wrappers : public ::testing::Test {
 protected:
  void SetUp() override {
    box_.write("dump.sql", "--\n-- PostgreSQL database dump\n--\n" + std::string(3000, '.'));
    box_.make_directory("source");
    box_.make_directory("home");
  }

  /// Runs shell commands inside the source; `$DUMP` is a dump to wrap.
  void make(const std::string& commands, const std::string& package) {
    const Outcome made = Sandbox::run(
        {"env", "DUMP=" + box_.path("dump.sql"), "HOME=" + box_.path("home"), "bash", "-ec", commands},
        box_.source());
    ASSERT_EQ(made.exit, 0) << "the package " << package << " is needed: " << made.err;
  }

  /// The one finding of a scan.
  nlohmann::json found() {
    box_.protect(box_.source());
    const Outcome run = box_.recover({"scan", box_.source(), "--json"});
    EXPECT_EQ(run.exit, 0) << run.err;
    const auto document = parse_document(run.out);
    EXPECT_EQ(document["databases"].size(), 1U) << run.out;
    return document["databases"].empty() ? nlohmann::json::object() : document["databases"][0];
  }

  void expect(const std::string& path, const std::string& kind, const std::string& advice) {
    const auto finding = found();
    EXPECT_EQ(finding.value("engine", ""), "wrapper");
    EXPECT_EQ(finding.value("path", ""), path);
    EXPECT_THAT(finding.value("kind", ""), HasSubstr(kind));
    EXPECT_THAT(finding.dump(), HasSubstr(advice));
  }

  Sandbox box_;
};

TEST_F(Wrappers, GnupgWithAPassword) {
  make(
      "gpg --batch --quiet --pinentry-mode loopback --passphrase x -o backup --symmetric $DUMP;"
      "gpgconf --kill all",
      "gnupg");
  expect("backup", "OpenPGP", "gpg --output");
}

TEST_F(Wrappers, GnupgArmored) {
  make(
      "gpg --batch --quiet --pinentry-mode loopback --passphrase x --armor -o backup --symmetric $DUMP;"
      "gpgconf --kill all",
      "gnupg");
  expect("backup", "OpenPGP", "gpg --output");
}

TEST_F(Wrappers, Age) {
  make("age-keygen -o $HOME/key 2> /dev/null; age -R <(age-keygen -y $HOME/key) -o backup $DUMP", "age");
  expect("backup", "age", "age --decrypt");
}

/// Written by hand: the program is not in Debian. 12 bytes of nonce, then blocks behind their lengths.
TEST_F(Wrappers, Dbbackup) {
  std::string file = "\x1f\x9a\x03nonce-and.";
  file.resize(12, 'n');
  const std::string length("\0\1\0\x10", 4);
  std::string block(65552, 'x');
  for (std::size_t at = 0; at < block.size(); ++at) block[at] = static_cast<char>(at * 131 % 251);
  for (int blocks = 0; blocks < 3; ++blocks) file += length + block;
  box_.write("source/shop.sql.gz", file);
  expect("shop.sql.gz", "dbbackup encrypted", "--encryption-key-file");
  const Outcome run = box_.recover({box_.source(), "--yes", "--json", "--pick", "wrap-1"});
  EXPECT_EQ(run.exit, 6) << run.out << run.err;
  EXPECT_THAT(run.out, HasSubstr("--encryption-key-file"));
}

TEST_F(Wrappers, Luks) {
  make(
      "truncate -s 20M volume; printf x | cryptsetup luksFormat --batch-mode --pbkdf pbkdf2 "
      "--pbkdf-force-iterations 1000 volume -",
      "cryptsetup-bin");
  expect("volume", "LUKS", "cryptsetup open --readonly");
}

TEST_F(Wrappers, Qcow2) {
  make("qemu-img create -q -f qcow2 machine 1M", "qemu-utils");
  expect("machine", "qcow2", "qemu-nbd --read-only");
}

TEST_F(Wrappers, RawDiskWithGpt) {
  make("truncate -s 4M disk; printf 'label: gpt\\nsize=1M\\n' | sfdisk -q disk", "fdisk");
  expect("disk", "GPT", "losetup --read-only --partscan");
}

TEST_F(Wrappers, RawDiskWithMbr) {
  make("truncate -s 4M disk.img; printf 'label: dos\\nsize=1M\\n' | sfdisk -q disk.img", "fdisk");
  expect("disk.img", "MBR", "losetup --read-only --partscan");
}

TEST_F(Wrappers, Restic) {
  make("RESTIC_PASSWORD=x restic init -q -r here; RESTIC_PASSWORD=x restic backup -q -r here $DUMP",
       "restic");
  expect("here", "restic", "restic --no-lock");
}

TEST_F(Wrappers, Borg) {
  make("borg init -e none here; BORG_UNKNOWN_UNENCRYPTED_REPO_ACCESS_IS_OK=yes borg create here::a $DUMP",
       "borgbackup");
  expect("here", "borg", "borg list --bypass-lock");
}

}  // namespace
}  // namespace recover::test
