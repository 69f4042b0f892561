// podman as root, with what this kind of machine needs: its limits cannot be raised (RLIMIT_NOFILE), which is
// also what makes the program under test look for arguments that work.
#include "tests/support/containers.hpp"

#include "core/text/split.hpp"
#include "tests/support/sandbox.hpp"

#include <filesystem>
#include <stdexcept>

namespace recover::test {

namespace {

constexpr const char* reference = "localhost/recover-test-postgres:13";

Outcome podman(const std::vector<std::string>& words) {
  if (!std::filesystem::exists("/usr/bin/podman")) throw std::runtime_error("missing packages: podman runc");
  std::vector<std::string> command{"/usr/bin/podman"};
  command.insert(command.end(), words.begin(), words.end());
  return Sandbox::run(command);
}

/// Of the user that podman runs as.
Outcome podman_of(const RootlessUser& user, const std::vector<std::string>& words) {
  std::vector<std::string> command{"env", "HOME=" + user.home, "/usr/bin/podman"};
  command.insert(command.end(), words.begin(), words.end());
  return Sandbox::run(command, user.home, user.name);
}

std::string root_file_system() {
  return fixture("postgresql-image") + "/postgres-13.tar";
}

const std::vector<std::string>& import_words() {
  static const std::vector<std::string> words{"import", "--change",
                                              "ENV PATH=/usr/lib/postgresql/13/bin:/usr/bin:/bin"};
  return words;
}

}  // namespace

std::string postgresql_image() {
  if (podman({"image", "exists", reference}).exit == 0) return reference;
  std::vector<std::string> words = import_words();
  words.insert(words.end(), {root_file_system(), reference});
  const Outcome imported = podman(words);
  if (imported.exit != 0) throw std::runtime_error("podman import: " + imported.err);
  return reference;
}

RootlessUser rootless_user() {
  const RootlessUser user{"recover-rootless", "/var/tmp/recover-rootless"};
  if (Sandbox::run({"id", user.name}).exit != 0) {
    const Outcome made =
        Sandbox::run({"useradd", "--create-home", "--home-dir", user.home, "--shell", "/bin/sh", user.name});
    if (made.exit != 0) throw std::runtime_error("useradd: " + made.err);
  }
  if (podman_of(user, {"image", "exists", reference}).exit == 0) return user;
  std::vector<std::string> words = import_words();
  words.insert(words.end(), {root_file_system(), reference});
  const Outcome imported = podman_of(user, words);
  if (imported.exit != 0)
    throw std::runtime_error("podman import without root (packages uidmap, fuse-overlayfs): " + imported.err);
  return user;
}

std::vector<std::string> containers_of(const std::string& run) {
  return text::split(podman({"ps", "--all", "--quiet", "--filter", "label=recover.run=" + run}).out, "\n");
}

}  // namespace recover::test
