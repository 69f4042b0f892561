// recover doctor: what this machine has and lacks. Container runtimes are asked, not only looked for:
// an installed podman that cannot run is found here and not in the middle of the night. Changes nothing.
#include "cli/commands/commands.hpp"
#include "cli/session.hpp"
#include "core/model/json.hpp"
#include "core/text/format.hpp"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/timex.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

namespace recover::cli {

namespace {

enum class State { ok, warning, missing };

struct Observation {
  State state;
  std::string name;
  std::string text;
};

std::string word(State state) {
  switch (state) {
    case State::ok: return "ok";
    case State::warning: return "warn";
    case State::missing: return "missing";
  }
  return "";
}

Observation openat2_works() {
  open_how how{};
  how.flags = O_PATH | O_CLOEXEC;
  how.resolve = RESOLVE_BENEATH;
  const auto opened = ::syscall(SYS_openat2, AT_FDCWD, ".", &how, sizeof how);
  if (opened < 0)
    return {State::missing, "openat2",
            "the kernel is older than 5.6 or forbids it; sources cannot be read safely"};
  ::close(static_cast<int>(opened));
  return {State::ok, "openat2", "sources are read without leaving them"};
}

Observation exchange_works() {
  // Two names that do not exist: a kernel that knows the flag answers ENOENT, another EINVAL or ENOSYS.
  const int result = ::renameat2(AT_FDCWD, "/nonexistent-a", AT_FDCWD, "/nonexistent-b", RENAME_EXCHANGE);
  if (result != 0 && errno == ENOENT)
    return {State::ok, "renameat2", "old and new data are exchanged in one step"};
  return {State::warning, "renameat2", "no RENAME_EXCHANGE; swapping takes two renames"};
}

Observation program(Session& session, const std::string& name, const std::string& use) {
  const auto path = session.host().processes().find_program(name);
  if (path) return {State::ok, name, *path};
  return {State::warning, name, "not installed; " + use};
}

Observation runtime(Session& session, const std::string& name) {
  const auto path = session.host().processes().find_program(name);
  if (!path) return {State::warning, name, "not installed; needed to recover other major versions (later)"};
  recover::Command probe;
  probe.program = *path;
  probe.arguments = {"info"};
  probe.time_limit = std::chrono::seconds(10);
  const auto result = session.host().processes().run(probe, session.cancel());
  if (!result) return {State::warning, name, *path + " does not answer: " + result.error().cause};
  if (result->exit_status == 0) return {State::ok, name, *path + " answers"};
  const std::string first = result->errors.substr(0, result->errors.find('\n'));
  return {State::warning, name, *path + " cannot run: " + first};
}

Observation state_directory(Session& session) {
  const std::string path = session.state().path;
  struct ::stat status {};
  if (::stat(path.c_str(), &status) != 0) {
    return {State::ok, "state directory",
            text::printable(path) + " does not exist yet; the first run makes it"};
  }
  if ((status.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
    return {State::warning, "state directory", text::printable(path) + " can be written by others"};
  }
  if (status.st_uid != ::geteuid()) {
    return {State::warning, "state directory", text::printable(path) + " belongs to somebody else"};
  }
  return {State::ok, "state directory", text::printable(path)};
}

Observation space(Session& session) {
  const auto free = session.host().files().free_space(session.state().path);
  if (!free) return {State::warning, "space", free.error().cause};
  const auto least = static_cast<std::uint64_t>(session.settings().number("limits.min_free"));
  return {*free < least ? State::warning : State::ok, "space",
          text::bytes(Bytes{*free}) + " free for private instances (limits.min_free " +
              text::bytes(Bytes{least}) + ")"};
}

Observation clock_is_set() {
  timex time{};
  const bool is_synchronised = ::adjtimex(&time) >= 0 && (time.status & STA_UNSYNC) == 0;
  if (is_synchronised) return {State::ok, "clock", "synchronised"};
  return {State::warning, "clock", "not synchronised; times in reports may be wrong"};
}

std::vector<Observation> engines(Session& session) {
  const auto catalog = session.catalog();
  if (!catalog) return {{State::missing, "engines", catalog.error().cause}};
  std::vector<Observation> observations;
  for (const auto& status : (*catalog)->status()) {
    if (status.problem) {
      observations.push_back(
          {State::warning, status.engine, status.problem->title + ": " + status.problem->cause});
    } else {
      observations.push_back(
          {State::ok, status.engine,
           status.library_path.empty() ? "recognition only" : text::printable(status.library_path)});
    }
  }
  return observations;
}

Answer answer_of(const std::vector<Observation>& observations) {
  std::vector<std::vector<std::string>> rows;
  json::Json list = json::Json::array();
  for (const auto& [state, name, text] : observations) {
    rows.push_back({" " + word(state), name, text::printable(text)});
    list.push_back({{"state", word(state)}, {"name", name}, {"text", text}});
  }
  return Answer{text::table(rows),
                json::dump({{"schema", "recover.doctor/1"}, {"checks", list}}, 2) + "\n",
                ExitCode::ok,
                {}};
}

}  // namespace

Result<Answer> run_doctor(Session& session) {
  std::vector<Observation> observations{
      openat2_works(),
      exchange_works(),
      program(session, "setpriv", "package util-linux; servers cannot be started as another user"),
      runtime(session, "podman"),
      runtime(session, "docker"),
      state_directory(session),
      space(session),
      clock_is_set()};
  for (auto& observation : engines(session)) observations.push_back(std::move(observation));
  return answer_of(observations);
}

}  // namespace recover::cli
