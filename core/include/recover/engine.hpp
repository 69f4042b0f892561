/// The interface of an engine. Stateless and const: each stage takes only the outputs of earlier
/// stages, so any stage can be repeated from JSON in another process.
#pragma once

#include "recover/host.hpp"
#include "recover/model.hpp"
#include "recover/tree.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

namespace recover {

/// A running server to load into.
struct ServerWishes {
  std::string url;  ///< without a password; empty: no running server is the target
  std::string
      password_file;  ///< absolute, in the form the engine's own client takes; empty: that client's default;
                      ///< "/proc/self/fd/N": asked for, the password alone, of this process
  std::string replace =
      "swap";  ///< what becomes of a database of the same name: swap, rename-old, drop-first, never
  std::int64_t lock_timeout = 60;    ///< seconds to wait for locks of others; 0 = without end
  std::string lock_action = "fail";  ///< after that: wait, fail, terminate
  std::string failed = "rename";     ///< what becomes of a half-loaded database: drop, keep, rename
};

/// What the databases of a source are to be called on the target.
struct NewNames {
  std::vector<NamedDatabase> databases;  ///< these by name
  std::string suffix;                    ///< and this behind the names of all others
  [[nodiscard]] bool is_empty() const { return databases.empty() && suffix.empty(); }
};

/// What becomes of roles and of what belongs to them.
struct RoleWishes {
  std::string globals = "yes";  ///< what belongs to no database, roles above all: yes, no, only
  std::string owners = "keep";  ///< who owns what is made: keep, map, target (whoever makes it)
  std::vector<std::pair<std::string, std::string>> map;  ///< role of the source -> role of the target
};

/// Where replaying an engine's log is to end. Only one of the points is set; none: at the end of the log.
struct PointWishes {
  std::optional<std::int64_t> time;  ///< microseconds since the epoch
  std::string position;              ///< in the log, as the engine writes it ("0/3000060")
  std::string transaction;           ///< as the engine writes it
  std::string name;                  ///< a mark that was put into the log
  bool consistent = false;           ///< as soon as the data is consistent
  bool inclusive = true;             ///< what lies right at the point is replayed, too
  std::string timeline;              ///< "" (the engine decides), "latest", "current" or a number
  /// True when replay is to end anywhere but where the engine would end by itself.
  [[nodiscard]] bool is_wanted() const {
    return time || consistent || !position.empty() || !transaction.empty() || !name.empty() ||
           !timeline.empty();
  }
};

/// The fact of a plan that says in words to which point it goes. A plan without it would ignore
/// Wishes::point and is refused by core.
inline constexpr auto point_fact = "point_in_time";

/// What the operator asked for. Paths are absolute.
struct Wishes {
  std::string run;               ///< run id
  std::string state_directory;   ///< private instances live below it
  std::string target_directory;  ///< empty: a private instance
  bool target_is_mount_point = false;
  bool target_has_data = false;  ///< something is already there
  std::string bindir;            ///< server binaries; empty: look for them
  std::string old_bindir;        ///< those of the source's version, where they are not there either
  std::vector<std::pair<std::string, std::string>> tablespaces;  ///< OID, name or old path -> new path
  std::string verify_level = "quick";
  std::optional<Strategy> strategy;  ///< empty: the best possible one
  bool start = true;
  bool last_resort = false;
  std::string run_as;  ///< empty: the engine's usual system user
  unsigned jobs = 0;   ///< 0 = number of cores
  /// What [target.ENGINE] says, as "ENGINE.KEY". "ENGINE.jobs" are the connections that one item may have to
  /// its server, however that was said; absent or 0: as `jobs`. "ENGINE.image" (text) is the image that has
  /// a server of a version, with {major} in it.
  Facts engine_settings;
  ServerWishes server;
  ContainerWishes container;
  NewNames names;
  RoleWishes roles;
  PointWishes point;
  std::vector<std::string> databases;           ///< only these databases of a finding; empty: all
  std::vector<std::string> excluded_databases;  ///< globs: not these
  std::vector<std::string>
      allowed;  ///< what a dump may do: "meta_commands", "program", "alter_system", "language_c"
  std::vector<std::string>
      extensions;                ///< the only ones that a dump may create; empty: all that are installed
  bool validate_first = false;   ///< decode every dump completely before anything is loaded
  std::int64_t retries = 3;      ///< repetitions after an error that may pass
  std::int64_t retry_delay = 5;  ///< seconds before the first of them
};

/// What the operator asked of a safety copy of a running server.
struct SaveWishes {
  ServerWishes server;
  std::string bindir;                  ///< the engine's client programs; empty: look for them
  unsigned compression = 1;            ///< 0 (none) to 9 (smallest)
  std::uint64_t bytes_per_second = 0;  ///< that the server may send; 0 = no limit
  bool is_gentle = false;              ///< the server may take its time before it begins
};

/// A safety copy that can be made, and what was found out about the server before.
struct SaveOffer {
  std::string name;    ///< of the copy, for a file name: "postgresql-16-a1b2c3d4"
  std::string server;  ///< for people: product, version and address
  Bytes size;          ///< what the server holds: the copy is not larger
  Facts facts;         ///< for Engine::save() and for people
};

/// A database that a finding holds beside others.
struct InnerDatabase {
  std::string name;
  Bytes size;  ///< as it lies there, decoded
};

/// What reading the whole of one finding showed.
struct Examination {
  std::vector<Check> checks;
  /// Databases that can be recovered one by one (Wishes::databases); empty: only the whole can.
  std::vector<InnerDatabase> databases;
};

/// Looks at every byte of one file while it is copied (page checksums). One object per copying
/// thread; the core calls begin, chunk (in order, gapless), end for each file.
class Inspector {
 public:
  virtual ~Inspector();
  virtual void begin(const std::string& path, Bytes size) = 0;
  virtual void chunk(std::span<const std::byte> data) = 0;
  /// Flaws of this file, one sentence each ("base/5/1259 block 7: checksum 1a2b, expected 3c4d"). They may
  /// heal when the engine's own recovery runs; an Error is what never heals, and ends the copying.
  virtual Result<std::vector<std::string>> end() = 0;
  /// Totals over all files so far (pages, checked, newest LSN); summed or maximised by name:
  /// names beginning with "max_" are maximised, others added.
  [[nodiscard]] virtual Facts totals() const = 0;
};

class Engine {
 public:
  virtual ~Engine();

  /// Confirms or rejects a candidate and states facts. Only reads. An Error means: this is not it
  /// (scan.not_recognised) or it cannot be read.
  virtual Result<Finding> probe(const Candidate& candidate, Tree& tree) const = 0;

  /// After a scan, once: what can be said of findings only when all of them are known (which log of one
  /// completes another). Only reads, and changes only findings of this engine. By default nothing.
  virtual Result<void> complete(Survey& survey, Tree& tree) const;

  /// Weighs one finding: health in depth, possible strategies, and for each impossible one an Error
  /// that says why and what would make it possible. Only reads.
  virtual Result<Assessment> assess(const Finding& finding, const Survey& survey, const Wishes& wishes,
                                    Tree& tree, Host& host) const = 0;

  /// Reads a finding to its last byte where it lies (StepContext::source) and holds it against its own
  /// checksums, ends and structure; starts no server. What is wrong is a failed Check, what was not looked
  /// at says so; an Error means that looking was not possible. By default nothing is checked.
  virtual Result<Examination> examine(const Finding& finding, const Wishes& wishes,
                                      StepContext& context) const;

  /// Turns a choice into steps and does nothing.
  virtual Result<Plan> plan(const Assessment& assessment, Strategy strategy, const Wishes& wishes, Tree& tree,
                            Host& host) const = 0;

  /// Carries out one of the engine's own steps. Idempotent. Three calls are known to core and must be
  /// understood by every engine that offers a strategy: "start" (start the server on the plan's
  /// target, leave it running, wait until it answers), "stop" (stop it cleanly; nothing to do is
  /// success), "status" (success when it runs, else server.not_running).
  virtual Result<void> perform(const EngineCall& call, const Plan& plan, StepContext& context) const = 0;

  /// Looks at the result with fresh eyes: starts what it needs in isolation, checks, stops it. A
  /// failed check is a Check with Verdict::failed, not an Error; an Error means that checking was
  /// not possible (server.start_failed).
  virtual Result<std::vector<Check>> verify(const Plan& plan, const Verify& how,
                                            StepContext& context) const = 0;

  /// Can a running server be saved: connection, rights, client programs, size. Changes nothing. By default:
  /// engine.strategy_unavailable.
  virtual Result<SaveOffer> offer_save(const SaveWishes& wishes, Host& host,
                                       const CancellationToken& cancel) const;

  /// Copies the running server of an offer into `directory` (absolute, empty, ours) in a form that probe()
  /// recognises and examine() can check. Core makes it durable, checks it and gives it its name.
  virtual Result<void> save(const SaveOffer& offer, const SaveWishes& wishes, const std::string& directory,
                            StepContext& context) const;

  /// An inspector for CopyTree::inspect and UnpackArchive::inspect, or nullptr when the engine has none.
  [[nodiscard]] virtual std::unique_ptr<Inspector> make_inspector(const Facts& facts) const;
};

}  // namespace recover
