// Containers through the command line of podman or docker, because that is what machines have. Whether a
// runtime can be used is known only after it has run something: rootless set-ups, nested machines and control
// groups fail in ways that its presence does not show. So a ladder of arguments is climbed with a harmless
// program of the very image that is needed, and the first rung that holds is used.
// What a container may do is the same on every rung: no network, no capabilities, no new privileges, a
// read-only root. Its directories are never relabelled and never chowned (`:U` and `:Z` change the host).
#include "core/sys/account.hpp"
#include "core/sys/host.hpp"
#include "recover/errors.hpp"

#include <unistd.h>

#include <array>
#include <cstdlib>
#include <utility>

namespace recover::sys {

namespace {

constexpr std::chrono::seconds question_limit{60};
constexpr std::chrono::seconds fetch_limit{3600};

using Words = std::vector<std::string>;

void append(Words& words, const Words& more) {
  words.insert(words.end(), more.begin(), more.end());
}

/// Arguments of a runtime that make it work on more and more restricted machines: without the right to raise
/// limits (RLIMIT_NOFILE without CAP_SYS_RESOURCE), and where the control groups are not systemd's.
struct Rung {
  Words arguments;
  Words options;
};

std::vector<Rung> ladder(const std::string& program) {
  const Words usual_limits{"--pids-limit=4096"};
  const Words own_limits{"--ulimit=nofile=20000:20000", "--ulimit=nproc=4096:4096"};
  if (program != "podman") return {{{}, usual_limits}, {{}, own_limits}, {{}, {}}};
  const Words runc{"--runtime", "runc"};
  const Words runc_cgroupfs{"--runtime", "runc", "--cgroup-manager", "cgroupfs"};
  Words all_limits = usual_limits;
  append(all_limits, own_limits);
  return {{{}, usual_limits},          {{}, all_limits},
          {runc, usual_limits},        {runc, all_limits},
          {runc_cgroupfs, all_limits}, {runc_cgroupfs, own_limits},
          {runc, own_limits},          {{}, own_limits}};
}

/// A runtime reads the settings of whoever calls it; a program that we start has none unless it is given.
std::vector<std::pair<std::string, std::string>> environment_of_caller() {
  constexpr std::array names{"HOME",
                             "XDG_RUNTIME_DIR",
                             "XDG_CONFIG_HOME",
                             "XDG_DATA_HOME",
                             "CONTAINERS_CONF",
                             "CONTAINERS_STORAGE_CONF",
                             "CONTAINER_HOST",
                             "CONTAINERS_REGISTRIES_CONF",
                             "REGISTRY_AUTH_FILE",
                             "DOCKER_HOST",
                             "DOCKER_CONFIG",
                             "HTTPS_PROXY",
                             "HTTP_PROXY",
                             "NO_PROXY",
                             "https_proxy",
                             "http_proxy",
                             "no_proxy"};
  std::vector<std::pair<std::string, std::string>> environment;
  for (const char* name : names) {
    if (const char* value = std::getenv(name)) environment.emplace_back(name, value);
  }
  return environment;
}

Command runtime_command(const std::string& program, Words words) {
  Command command;
  command.program = program;
  command.arguments = std::move(words);
  command.environment = environment_of_caller();
  command.time_limit = question_limit;
  return command;
}

/// The last line says what it is about; podman puts its progress in front of it.
std::string last_line(const std::string& text) {
  const std::size_t end = text.find_last_not_of(" \n\r\t");
  if (end == std::string::npos) return {};
  const std::size_t start = text.rfind('\n', end);
  const std::size_t first = start == std::string::npos ? 0 : start + 1;
  return text.substr(first, end - first + 1);
}

class CommandLineContainers final : public Containers {
 public:
  CommandLineContainers(Processes& processes, Accounts& accounts)
      : processes_(processes), accounts_(accounts) {}

  Result<ContainerRuntime> find(const ContainerWishes& wishes, const std::string& image, const Words& probe,
                                const CancellationToken& cancel) override {
    std::string tried;
    std::optional<Error> no_image;
    const Words programs = wishes.runtime == "auto" ? Words{"podman", "docker"} : Words{wishes.runtime};
    for (const std::string& program : programs) {
      auto found = find_with(program, wishes, image, probe, cancel);
      if (found) return found;
      RECOVER_TRY(cancel.check());
      if (found.error().id == errors::container_no_image.id) no_image = found.error();
      tried += (tried.empty() ? "" : "; ") + program + ": " + found.error().cause;
    }
    if (no_image) return *std::move(no_image);
    return make_error(errors::container_no_runtime, image, tried).with("image", image);
  }

  Result<Command> command(const ContainerRuntime& runtime, const Container& container,
                          const Command& inside) override {
    const Account account = RECOVER_TRY(owner_account(container.user));
    Command command = runtime_command(runtime.program, runtime.arguments);
    command.time_limit = inside.time_limit;
    command.log_file = inside.log_file;
    Words& words = command.arguments;
    append(words, {"run", "--rm", "--name", container.name, "--label", "recover.run=" + container.run});
    append(words, fences());
    append(words, runtime.options);
    append(words, {"--user", std::to_string(account.user) + ":" + std::to_string(account.group)});
    for (const std::string& directory : container.directories)
      append(words, {"--mount", "type=bind,source=" + directory + ",target=" + directory});
    for (const auto& [name, value] : inside.environment) append(words, {"--env", name + "=" + value});
    append(words, {"--entrypoint", inside.program, runtime.image});
    append(words, inside.arguments);
    return command;
  }

  Result<void> remove(const std::string& name, const CancellationToken& cancel) override {
    for (const char* program : {"podman", "docker"}) {
      if (!processes_.find_program(program)) continue;
      const auto there = processes_.run(runtime_command(program, {"container", "inspect", name}), cancel);
      if (!there || there->exit_status != 0) continue;
      const ProcessResult removed =
          RECOVER_TRY(processes_.run(runtime_command(program, {"rm", "--force", "--volumes", name}), cancel));
      if (removed.exit_status != 0)
        return make_error(errors::tool_failed, std::string(program) + " rm " + name, removed.errors);
    }
    return {};
  }

 private:
  /// What no container of ours is without. Its memory for parallel queries is 64 MB where nobody says more.
  [[nodiscard]] Words fences() const {
    Words words{"--network=none",
                "--cap-drop=all",
                "--security-opt=no-new-privileges",
                "--security-opt=label=disable",  // SELinux: no label of the host's files is changed
                "--read-only",
                "--tmpfs=/tmp:rw,nosuid,nodev",
                "--shm-size=1g",
                "--log-driver=none",
                "--pull=never"};
    return words;
  }

  /// Rootless podman maps our user to root inside; a server refuses to be that.
  [[nodiscard]] Words rootless_options(const std::string& program) const {
    return program == "podman" && !accounts_.is_root() ? Words{"--userns=keep-id"} : Words{};
  }

  Result<ContainerRuntime> find_with(const std::string& program, const ContainerWishes& wishes,
                                     const std::string& image, const Words& probe,
                                     const CancellationToken& cancel) {
    if (!processes_.find_program(program))
      return make_error(errors::container_no_runtime, image, "not installed");
    const ProcessResult known = RECOVER_TRY(processes_.run(runtime_command(program, {"version"}), cancel));
    if (known.exit_status != 0)  // docker without its daemon
      return make_error(errors::container_no_runtime, image, last_line(known.errors));
    ContainerRuntime runtime{program, {}, {}, image, {}, {}};
    runtime.digest = RECOVER_TRY(digest_of(program, wishes, image, cancel));
    std::string refusals;
    for (const Rung& rung : ladder(program)) {
      runtime.arguments = rung.arguments;
      runtime.options = rung.options;
      append(runtime.options, rootless_options(program));
      append(runtime.options, wishes.arguments);
      auto answer = RECOVER_TRY(try_rung(runtime, probe, cancel));
      if (answer.exit_status == 0) {
        runtime.answer = std::move(answer.output);
        return runtime;
      }
      refusals = last_line(answer.errors);
    }
    return make_error(errors::container_no_runtime, image, refusals);
  }

  Result<ProcessResult> try_rung(const ContainerRuntime& runtime, const Words& probe,
                                 const CancellationToken& cancel) {
    Words words = runtime.arguments;
    append(words, {"run", "--rm"});
    append(words, fences());
    append(words, runtime.options);
    append(words, {"--entrypoint", probe.front(), runtime.image});
    words.insert(words.end(), probe.begin() + 1, probe.end());
    return processes_.run(runtime_command(runtime.program, std::move(words)), cancel);
  }

  /// Its image, fetched where it is not there and may be.
  Result<std::string> digest_of(const std::string& program, const ContainerWishes& wishes,
                                const std::string& image, const CancellationToken& cancel) {
    const Command question = runtime_command(program, {"image", "inspect", "--format", "{{.Id}}", image});
    ProcessResult answer = RECOVER_TRY(processes_.run(question, cancel));
    std::string refusal = last_line(answer.errors);
    if (answer.exit_status != 0 && wishes.pull != "never") {
      Command pull = runtime_command(program, {"pull", "--quiet", image});
      pull.time_limit = fetch_limit;
      const ProcessResult pulled = RECOVER_TRY(processes_.run(pull, cancel));
      refusal = last_line(pulled.errors);
      if (pulled.exit_status == 0) answer = RECOVER_TRY(processes_.run(question, cancel));
    }
    if (answer.exit_status == 0) return last_line(answer.output);
    return make_error(errors::container_no_image, image, refusal).with("image", image);
  }

  Processes& processes_;
  Accounts& accounts_;
};

}  // namespace

std::unique_ptr<Containers> make_containers(Processes& processes, Accounts& accounts) {
  return std::make_unique<CommandLineContainers>(processes, accounts);
}

}  // namespace recover::sys
