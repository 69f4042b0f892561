// The test world. Uses plain POSIX calls and no code of the product, so that a defect there cannot hide here.
#include "tests/support/sandbox.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <xxhash.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <stdexcept>

namespace fs = std::filesystem;

namespace recover::test {

namespace {

void add_file(XXH3_state_t& state, const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::array<char, 1 << 16> buffer{};
  while (in.read(buffer.data(), buffer.size()) || in.gcount() > 0) {
    XXH3_128bits_update(&state, buffer.data(), static_cast<std::size_t>(in.gcount()));
  }
}

std::string describe(const fs::path& path) {
  struct stat status {};
  if (::lstat(path.c_str(), &status) != 0) return "unreadable";
  return std::to_string(status.st_mode) + " " + std::to_string(status.st_uid) + ":" +
         std::to_string(status.st_gid) + " " +
         (S_ISDIR(status.st_mode) ? "" : std::to_string(status.st_size)) + " " +
         std::to_string(status.st_mtim.tv_sec) + "." + std::to_string(status.st_mtim.tv_nsec);
}

Outcome collect(int out, int err, pid_t pid) {
  Outcome outcome;
  std::array<pollfd, 2> wait{{{out, POLLIN, 0}, {err, POLLIN, 0}}};
  int open = 2;
  std::array<char, 1 << 16> buffer{};
  while (open > 0) {
    ::poll(wait.data(), wait.size(), -1);
    for (auto& one : wait) {
      if (one.fd < 0 || one.revents == 0) continue;
      const ssize_t got = ::read(one.fd, buffer.data(), buffer.size());
      if (got <= 0) {
        one.fd = -1;
        --open;
      } else {
        (&one == &wait[0] ? outcome.out : outcome.err).append(buffer.data(), static_cast<std::size_t>(got));
      }
    }
  }
  int status = 0;
  ::waitpid(pid, &status, 0);
  outcome.exit = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return outcome;
}

}  // namespace

Sandbox::Sandbox() {
  std::string pattern = "/var/tmp/recover-test-XXXXXX";
  if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("mkdtemp failed");
  root_ = pattern;
  ::chmod(root_.c_str(), 0755);
  make_directory("source");
}

Sandbox::~Sandbox() {
  for (const auto& [tree, digest] : protected_) {
    EXPECT_EQ(tree_digest(tree), digest) << "the source was changed: " << tree;
  }
  std::error_code ignored;
  fs::remove_all(root_, ignored);
}

std::string Sandbox::path(const std::string& relative) const {
  return root_ + "/" + relative;
}
std::string Sandbox::source() const {
  return path("source");
}
std::string Sandbox::state() const {
  return path("state");
}

void Sandbox::write(const std::string& relative, const std::string& content) const {
  fs::create_directories(fs::path(path(relative)).parent_path());
  std::ofstream(path(relative), std::ios::binary) << content;
}

void Sandbox::make_directory(const std::string& relative) const {
  fs::create_directories(path(relative));
}

void Sandbox::protect(const std::string& absolute) {
  protected_.emplace_back(absolute, tree_digest(absolute));
}

Outcome Sandbox::recover(const std::vector<std::string>& arguments) const {
  std::vector<std::string> command{RECOVER_PROGRAM, "--state-dir", state()};
  command.insert(command.end(), arguments.begin(), arguments.end());
  return run(command);
}

Outcome Sandbox::run(const std::vector<std::string>& command, const std::string& directory,
                     const std::string& run_as) {
  std::vector<std::string> words;
  if (!run_as.empty()) words = {"setpriv", "--reuid=" + run_as, "--regid=" + run_as, "--init-groups", "--"};
  words.insert(words.end(), command.begin(), command.end());
  std::vector<char*> argv;
  for (auto& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  std::array<int, 2> out{};
  std::array<int, 2> err{};
  if (::pipe2(out.data(), O_CLOEXEC) != 0 || ::pipe2(err.data(), O_CLOEXEC) != 0)
    throw std::runtime_error("pipe");
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, out[1], 1);
  posix_spawn_file_actions_adddup2(&actions, err[1], 2);
  posix_spawn_file_actions_addchdir_np(&actions, directory.c_str());
  pid_t pid = -1;
  const int failed = ::posix_spawnp(&pid, argv[0], &actions, nullptr, argv.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  ::close(out[1]);
  ::close(err[1]);
  Outcome outcome;
  if (failed == 0) {
    outcome = collect(out[0], err[0], pid);
  } else {
    outcome.err = "cannot start " + words[0];
  }
  ::close(out[0]);
  ::close(err[0]);
  return outcome;
}

std::string tree_digest(const std::string& absolute) {
  std::vector<fs::path> paths{absolute};
  for (auto it = fs::recursive_directory_iterator(absolute, fs::directory_options::skip_permission_denied);
       it != fs::recursive_directory_iterator(); ++it) {
    paths.push_back(it->path());
  }
  std::sort(paths.begin(), paths.end());
  XXH3_state_t* state = XXH3_createState();
  XXH3_128bits_reset(state);
  for (const auto& path : paths) {
    const std::string line = path.string() + " " + describe(path) + "\n";
    XXH3_128bits_update(state, line.data(), line.size());
    const auto type = fs::symlink_status(path).type();
    if (type == fs::file_type::regular) add_file(*state, path);
    if (type == fs::file_type::symlink) {
      const std::string target = fs::read_symlink(path).string();
      XXH3_128bits_update(state, target.data(), target.size());
    }
  }
  const XXH128_hash_t hash = XXH3_128bits_digest(state);
  XXH3_freeState(state);
  return std::to_string(hash.high64) + "-" + std::to_string(hash.low64);
}

std::string fixture(const std::string& name) {
  const char* chosen =
      std::getenv("RECOVER_FIXTURES");  // NOLINT(concurrency-mt-unsafe): tests are single-threaded here
  const std::string cache = chosen != nullptr ? chosen : "/var/tmp/recover-fixtures";
  fs::create_directories(cache);
  const std::string script = std::string(RECOVER_SOURCE) + "/tests/fixtures/" + name + ".sh";
  const Outcome made =
      Sandbox::run({"flock", cache + "/." + name + ".lock", "bash", script, cache + "/" + name});
  if (made.exit != 0) {
    throw std::runtime_error("fixture " + name + " could not be made (exit " + std::to_string(made.exit) +
                             "):\n" + made.out + made.err);
  }
  return cache + "/" + name;
}

void copy_tree(const std::string& from, const std::string& to) {
  const Outcome copied = Sandbox::run({"cp", "-a", from, to});
  if (copied.exit != 0) throw std::runtime_error("cp -a failed: " + copied.err);
}

}  // namespace recover::test
