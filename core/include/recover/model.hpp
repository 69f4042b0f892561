/// The values a recovery is made of: Candidate -> Finding -> Assessment -> Plan -> Report.
/// Structs only; every one of them can be printed as JSON and read back (core/model/*_json.cpp).
#pragma once

#include "recover/action.hpp"
#include "recover/error.hpp"
#include "recover/facts.hpp"
#include "recover/units.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace recover {

/// One signature of a manifest that hit.
struct Mark {
  std::string signature;  ///< section name in engine.ini ("data_directory")
  std::string path;       ///< the file or directory that hit, relative to the tree's root
};

/// Something that a signature says may be a database. Made by the scanner, judged by Engine::probe.
struct Candidate {
  std::string engine;       ///< manifest name ("postgresql")
  std::string kind;         ///< the signature's kind ("data directory")
  std::string path;         ///< relative to the tree's root; "" is the root itself
  std::vector<Mark> marks;  ///< all signatures that hit here, best first
  Size size;                ///< measured by the scanner
  std::string encoding;     ///< "gzip", "zstd", ... when the file is a compressed stream
};

/// How certain it is that this is what `kind` says.
enum class Confidence { certain, probable, possible };

enum class HealthState {
  ok,              ///< nothing wrong was found by what was looked at
  needs_recovery,  ///< not shut down cleanly; the engine's own recovery will run on the copy
  incomplete,      ///< parts are missing (WAL, tablespace, end of a dump)
  torn,            ///< copied while it was being written; may be internally inconsistent
  damaged,         ///< contents are wrong (checksums, structure)
  locked,          ///< encrypted or wrapped; needs a key or a tool first
  unknown,         ///< not judged
};

struct Health {
  HealthState state = HealthState::unknown;
  std::string summary;             ///< a few words for the table ("shut down cleanly")
  std::vector<std::string> notes;  ///< full sentences, one footnote each
};

/// What part a finding plays.
enum class Role {
  database,    ///< an instance, cluster, file or dump that can stand on its own
  part,        ///< belongs to another one (tablespace, WAL archive); shown only when orphaned
  repository,  ///< another tool's backup repository; read through that tool
  wrapper,     ///< disk image or encrypted file that must be opened first
  leftover,    ///< an old copy or template that nobody uses ("data.old", an image layer)
  grouped,     ///< one of many small application files shown as one row
};

/// A link to another finding ("older copy of", "dump of", "tablespace of").
struct Relation {
  std::string id;
  std::string how;
};

/// A confirmed candidate. Filled by Engine::probe; `id` and `related` by the scan.
struct Finding {
  std::string id;       ///< "pg-1", unique within one scan
  std::string engine;   ///< manifest name
  std::string kind;     ///< "data directory", "pg_dumpall", ...
  std::string name;     ///< what a person would call it (database or directory name)
  std::string product;  ///< "PostgreSQL", "MariaDB", "Valkey"
  Version version;
  std::string path;  ///< relative to the scan's root; inside an archive "a.tar.gz!member"
  Size size;
  Confidence confidence = Confidence::possible;
  Role role = Role::database;
  Health health;
  std::string identity;           ///< equal in copies of the same database (system identifier); may be empty
  std::int64_t content_time = 0;  ///< how recent the contents are, seconds since the epoch; 0 unknown
  std::vector<std::string> databases;  ///< names inside, where they can be read
  std::vector<std::string> evidence;   ///< what was read where, in words
  std::string advice;                  ///< for repositories and wrappers: the line that makes it readable
  Facts facts;                         ///< engine details; the same engine's later stages rely on them
  std::vector<Relation> related;
};

/// All that one scan found: what an engine may look through for its missing pieces.
struct Survey {
  std::string root;  ///< absolute path of the source
  std::vector<Finding> findings;
};

enum class Strategy { direct, container, dump, pg_upgrade };

/// One way to recover a finding; `blocked` says why it is not possible and what would make it so.
struct Option {
  Strategy strategy = Strategy::direct;
  std::optional<Error> blocked;
  Bytes space_needed;
  std::string reason;
};

/// What an engine says of one finding: health in depth and the ways to recover it, best first.
struct Assessment {
  Finding finding;
  std::vector<Option> options;
  std::vector<std::string> warnings;
  std::vector<Fact> ignored_settings;  ///< foreign settings that will not run: name -> "file:line value"
  Facts facts;                         ///< carried to Engine::plan
};

enum class TargetKind {
  private_instance,  ///< a server of our own, in the state directory
  directory,         ///< a data directory for somebody else's service
  server,            ///< a running server, reached by its URL
};

/// Where the recovered database will live.
struct Target {
  TargetKind kind = TargetKind::private_instance;
  std::string name;       ///< instance name ("postgresql-16-a1b2c3")
  std::string server;     ///< URL of a running server, without a password; then there is no directory
  std::string directory;  ///< absolute path of the data directory after the swap
  std::string staging;    ///< absolute path of the private directory it is built in
  std::string run_as;     ///< system user that owns it and runs the server
  bool start = true;      ///< leave the server running at the end
};

/// What undoes a completed step.
struct UndoNothing {};
struct UndoRemove {
  std::string path;  ///< created by this run; removed with everything in it
};
struct UndoActivation {};  ///< exchange new and old data back; the Activate action says where they are
struct UndoCall {
  EngineCall call;
};
struct UndoImpossible {
  std::string reason;
};
using Undo = std::variant<UndoNothing, UndoRemove, UndoActivation, UndoCall, UndoImpossible>;

/// One step of a plan: a value that can be printed, hashed, journalled, repeated and undone.
/// Every action is idempotent: a step that was interrupted is simply carried out again.
struct Step {
  std::string id;     ///< "copy", "activate"; unique within a plan
  std::string phase;  ///< journal state it leads to: staged, loaded, verified, swapped, healthy
  std::string title;  ///< what a person reads in the dry run
  Action action;
  Undo undo;   ///< no default meaning "forgot": say UndoNothing on purpose
  Bytes work;  ///< bytes to move, for progress; 0 for small steps
};

/// A database on its way.
struct NamedDatabase {
  std::string source;  ///< what the source calls it
  std::string target;  ///< what it will be called
  friend bool operator==(const NamedDatabase&, const NamedDatabase&) = default;
};

struct Plan {
  std::string id;   ///< finding id this plan recovers
  std::string run;  ///< run id; part of every name the plan creates
  std::string engine;
  Strategy strategy = Strategy::direct;
  Finding finding;
  Target target;
  std::vector<NamedDatabase> databases;  ///< those that are known beforehand; empty: the engine tells none
  std::vector<Step> steps;
  std::vector<std::string> warnings;
  std::vector<Fact> ignored_settings;
  Bytes space_needed;
  std::string replaces;      ///< absolute path of existing data that will be kept beside; empty if none
  std::string keeps_old_as;  ///< where that old data will be
  Facts facts;               ///< what Engine::perform and Engine::verify need
};

enum class Verdict { passed, failed, warning, not_checked };

/// One verified statement with its numbers. A thing that could not be checked is a Check too.
struct Check {
  std::string id;     ///< "row_counts"
  std::string title;  ///< "every table read to its end"
  Verdict verdict = Verdict::not_checked;
  std::string evidence;  ///< "61 tables, 81204551 rows"
  Facts facts;           ///< numbers for JSON
  std::optional<Error> error;
};

/// The check that a finding's contents are sound, as nobody made it; `evidence` says why.
Check contents_not_checked(std::string evidence);

enum class ItemState {
  found,
  planned,
  staged,
  loaded,
  verified,
  swapping,
  swapped,
  healthy,
  committed,
  cleaned,
  failed,
  rolled_back,
  kept_for_inspection,
  skipped,
};

enum class ItemResult { created, replaced, restored_beside, failed, skipped, rolled_back, verified };

/// One step that was carried out, and how long it took.
struct Phase {
  std::string name;  ///< step id
  double seconds = 0;
  Bytes bytes;  ///< 0 = not measured in bytes
};

/// The outcome for one finding.
struct ItemReport {
  std::string id;
  std::string engine;
  std::string name;
  std::string source_version;
  std::string target_version;
  Strategy strategy = Strategy::direct;
  ItemState state = ItemState::found;
  ItemResult result = ItemResult::skipped;
  Bytes bytes;
  std::optional<std::int64_t> rows;
  double seconds = 0;
  std::vector<Phase> phases;
  std::string verify_level;  ///< level the checks ran at; empty when none ran
  std::vector<Check> checks;
  std::vector<std::string> warnings;
  std::vector<Fact> ignored_settings;
  std::string target_directory;
  std::vector<NamedDatabase> databases;  ///< as in the plan
  std::string kept_old;                  ///< path of the old data, empty if there was none
  std::int64_t kept_until = 0;
  std::string connect_line;    ///< exact command to reach the recovered server
  std::optional<Error> error;  ///< why it failed or was skipped
};

enum class RunStatus { success, warnings, partial, failed, interrupted, rolled_back, nothing_found };

struct Report {
  std::string run;
  RunStatus status = RunStatus::failed;
  ExitCode exit = ExitCode::internal;
  std::int64_t started = 0;  ///< seconds since the epoch
  std::int64_t finished = 0;
  double seconds = 0;  ///< monotonic
  bool dry_run = false;
  std::string resumed_from;
  std::vector<std::string> arguments;
  std::string host;  ///< name of this machine
  std::string user;  ///< whom the run ran as
  std::string source;
  std::string source_kind = "path";
  std::uint64_t source_entries = 0;
  Bytes source_bytes;
  bool source_unchanged = true;
  std::string source_digest;  ///< xxh3-128 over the names and hashes of the files that were used
  std::vector<ItemReport> items;
  std::vector<Error> errors;
  std::vector<std::string> warnings;
  Bytes peak_memory;
  double processor_seconds = 0;
  std::vector<std::pair<std::string, std::string>> artifacts;  ///< "manifest" and so on, with the path
};

/// Enumerators as the stable words of the JSON documents ("needs_recovery", "direct").
std::string to_text(Confidence confidence);
std::string to_text(HealthState state);
std::string to_text(Role role);
std::string to_text(Strategy strategy);
std::string to_text(TargetKind kind);
std::string to_text(Verdict verdict);
std::string to_text(ItemState state);
std::string to_text(ItemResult result);
std::string to_text(RunStatus status);

}  // namespace recover
