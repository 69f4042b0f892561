/// Everything a plugin may ask of the machine. With a fake Host a plugin is a pure function.
#pragma once

#include "recover/byte_source.hpp"
#include "recover/cancel.hpp"
#include "recover/containers.hpp"
#include "recover/progress.hpp"
#include "recover/result.hpp"
#include "recover/tree.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace recover {

/// A program to run. Never a shell: `program` is an absolute path or a bare name that is searched in
/// the standard directories. The environment is built from nothing (PATH, LANG=C, LC_ALL=C, TZ).
struct Command {
  std::string program;
  std::vector<std::string> arguments;
  std::vector<std::pair<std::string, std::string>> environment;
  std::string directory;   ///< working directory; empty = "/"
  std::string run_as;      ///< system user; empty = ours. Only root may name another one.
  std::string input;       ///< fed to standard input; /dev/null when empty
  std::string input_file;  ///< absolute path of a file of the source that we open, read-only, and
                           ///< give as standard input: seekable, whoever the program runs as
  /// Fed to standard input through a pipe. Only stream() takes one; it is read to its end, however much of it
  /// the program takes, and its errors are the stream's.
  std::shared_ptr<ContentSource> input_stream = nullptr;
  std::string log_file;                ///< standard output and error are appended here instead of captured
  std::chrono::seconds time_limit{0};  ///< 0 = none
  /// What it leaves running goes on after us, with the priority that this process had at its beginning: work
  /// of the run may have a lower one (Processes::run() only).
  bool leaves_a_server = false;
};

struct ProcessResult {
  int exit_status = 0;  ///< 128 + signal number when it was killed
  std::string output;   ///< at most 16 MiB are kept
  std::string errors;   ///< the last 64 KiB of standard error
};

class Processes {
 public:
  virtual ~Processes();
  /// Runs to its end. Errors: tool.missing, tool.failed_to_start, run.cancelled, run.timeout. A
  /// non-zero exit status is not an error of this call. Cancelling ends the process group.
  virtual Result<ProcessResult> run(const Command& command, const CancellationToken& cancel) = 0;
  /// Starts a program and hands out its standard output, of whatever size; nothing else may be read
  /// from it meanwhile. With a `log_file` only standard error goes there. At the end of the output a
  /// non-zero exit is tool.failed (cause: the last lines of standard error). Destroying the stream
  /// earlier ends the process group. What it has used of its input file (without one: of all it reads) is
  /// told for progress. Errors as run().
  virtual Result<std::unique_ptr<ContentSource>> stream(const Command& command,
                                                        const CancellationToken& cancel) = 0;
  /// Starts a child under a name; it is ended with this run, and by the kernel if we are killed.
  virtual Result<int> start(const std::string& name, const Command& command) = 0;
  /// True while the named child lives.
  virtual bool is_running(const std::string& name) = 0;
  /// Sends `signal`, waits up to `grace`, then SIGKILL to its group. No error when it is gone.
  virtual Result<void> stop(const std::string& name, int signal, std::chrono::seconds grace) = 0;
  /// Absolute path of a program found on the standard directories, or nothing.
  virtual std::optional<std::string> find_program(const std::string& name) = 0;
};

/// Files of the target and of the state directory. Never used on the source.
class Files {
 public:
  virtual ~Files();
  virtual Result<std::string> read(const std::string& path) = 0;
  virtual Result<void> write(const std::string& path, const std::string& content, const std::string& owner,
                             unsigned mode) = 0;
  virtual Result<void> make_directory(const std::string& path, const std::string& owner, unsigned mode) = 0;
  virtual Result<void> remove_file(const std::string& path) = 0;
  virtual Result<void> rename(const std::string& from, const std::string& to) = 0;
  virtual Result<std::vector<std::string>> list(const std::string& path) = 0;
  virtual bool exists(const std::string& path) = 0;
  virtual bool is_directory(const std::string& path) = 0;
  /// Bytes an unprivileged user may still write on the file system of `path` (or its nearest parent).
  virtual Result<std::uint64_t> free_space(const std::string& path) = 0;
};

class Accounts {
 public:
  virtual ~Accounts();
  virtual bool exists(const std::string& user) = 0;
  /// The name of the user we run as.
  virtual std::string current() = 0;
  virtual bool is_root() = 0;
  /// Name of a numeric user id, or nothing.
  virtual std::optional<std::string> name_of(std::uint32_t uid) = 0;
};

class Clock {
 public:
  virtual ~Clock();
  /// Seconds since the epoch (wall clock; for names and reports only).
  virtual std::int64_t now() = 0;
  /// Monotonic seconds, for durations and deadlines.
  virtual double elapsed() = 0;
  /// Sleeps, or returns early when cancelled.
  virtual void sleep(std::chrono::milliseconds time, const CancellationToken& cancel) = 0;
};

enum class LogLevel { trace, debug, info, warn, error };

class Log {
 public:
  virtual ~Log();
  virtual void write(LogLevel level, const std::string& text) = 0;
};

class Host {
 public:
  virtual ~Host();
  virtual Processes& processes() = 0;
  virtual Files& files() = 0;
  virtual Accounts& accounts() = 0;
  virtual Containers& containers() = 0;
  virtual Clock& clock() = 0;
  virtual Log& log() = 0;
};

/// What a running step has at hand. `run_directory` is ours alone (0700): logs, manifests, scratch.
struct StepContext {
  Host& host;
  Progress& progress;
  CancellationToken cancel;
  std::string run_directory;
  Tree* source = nullptr;  ///< the plan's source, read-only; nothing when undoing and for instances
  std::vector<std::string>* warnings = nullptr;  ///< where the report's sentences go; nothing: nowhere
  /// Makes, when it is first asked for, a directory for large temporary files that others can only pass
  /// through. It goes with the step's owner; after a kill `cleanup` finds it. Empty: there is none.
  std::function<Result<std::string>()> scratch = {};

  /// A sentence for the report, where it stands once, and for the log.
  void tell(const std::string& sentence) const;
};

}  // namespace recover
