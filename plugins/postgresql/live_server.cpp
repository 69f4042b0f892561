// A PostgreSQL server changes into its data directory, so /proc/PID/cwd tells which process works where,
// across bind mounts and containers, because device and inode are compared and not paths. Processes of
// other names (a shell standing in the directory) do not count.
#include "postgresql/live_server.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <vector>

namespace recover::postgresql {

namespace {

namespace fs = std::filesystem;

bool is_process(const std::string& name) {
  return !name.empty() && name.size() < 9 &&
         std::all_of(name.begin(), name.end(), [](unsigned char c) { return std::isdigit(c) != 0; });
}

bool is_server(const fs::path& process) {
  std::ifstream file(process / "comm");
  std::string name;
  std::getline(file, name);
  return name == "postgres" || name == "postmaster";
}

}  // namespace

std::optional<int> server_running_on(const std::string& directory) {
  struct stat wanted {};
  if (::stat(directory.c_str(), &wanted) != 0) return std::nullopt;
  std::vector<int> servers;
  std::error_code problem;
  for (fs::directory_iterator at("/proc", problem), end; !problem && at != end; at.increment(problem)) {
    const std::string name = at->path().filename();
    if (!is_process(name) || !is_server(at->path())) continue;
    struct stat working {};
    if (::stat((at->path() / "cwd").c_str(), &working) != 0) continue;
    if (working.st_dev == wanted.st_dev && working.st_ino == wanted.st_ino)
      servers.push_back(std::stoi(name));
  }
  if (servers.empty()) return std::nullopt;
  return *std::min_element(servers.begin(), servers.end());
}

}  // namespace recover::postgresql
