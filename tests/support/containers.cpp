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

}  // namespace

std::string postgresql_image() {
  if (podman({"image", "exists", reference}).exit == 0) return reference;
  const std::string root = fixture("postgresql-image") + "/postgres-13.tar";
  const Outcome imported =
      podman({"import", "--change", "ENV PATH=/usr/lib/postgresql/13/bin:/usr/bin:/bin", root, reference});
  if (imported.exit != 0) throw std::runtime_error("podman import: " + imported.err);
  return reference;
}

std::vector<std::string> containers_of(const std::string& run) {
  return text::split(podman({"ps", "--all", "--quiet", "--filter", "label=recover.run=" + run}).out, "\n");
}

}  // namespace recover::test
