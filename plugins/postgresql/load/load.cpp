// A cluster that is being loaded belongs to nobody: it runs without waiting for the disk. That survives the
// death of any process but not of the machine, so a mark beside it says during which boot it was made: within
// the same boot a load goes on where it stopped, after another one it begins anew. The mark goes when the
// server was stopped cleanly and everything is on disk; verification starts it as the person will get it.
#include "postgresql/load/load.hpp"

#include "postgresql/child_server.hpp"
#include "postgresql/configuration.hpp"
#include "postgresql/facts.hpp"
#include "postgresql/load/attempts.hpp"
#include "postgresql/load/load_wishes.hpp"
#include "postgresql/locale.hpp"
#include "postgresql/placement.hpp"
#include "postgresql/plan_tablespaces.hpp"
#include "postgresql/server_error.hpp"
#include "postgresql/server_log.hpp"
#include "postgresql/watch/monitor.hpp"
#include "recover/errors.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <optional>
#include <thread>

namespace recover::postgresql::load {

namespace {

constexpr const char* superuser = "postgres";

std::string record_file(const Plan& plan, const StepContext& context) {
  return context.run_directory + "/" + plan.id + ".load";
}

Result<void> make_cluster(const Plan& plan, StepContext& context) {
  const std::string data = staged_data(plan.target);
  RECOVER_TRY(remove_tree(data));
  RECOVER_TRY(remove_tree(tablespace_home(plan)));
  Command initdb;
  initdb.program = text_fact(plan.facts, plan_fact::bindir) + "/initdb";
  initdb.arguments = {"--pgdata", data,      "--username",   superuser,          "--encoding", "UTF8",
                      "--locale", "C.UTF-8", "--auth=trust", "--data-checksums", "--no-sync"};
  initdb.run_as = plan.target.run_as;
  const ProcessResult made = RECOVER_TRY(context.host.processes().run(initdb, context.cancel));
  if (made.exit_status != 0)
    return make_error(recover::errors::tool_failed, "initdb in " + data, made.errors);
  Files& files = context.host.files();
  const std::string& owner = plan.target.run_as;
  RECOVER_TRY(files.write(data + "/postgresql.conf", configuration_text(plan, final_sockets(plan.target), {}),
                          owner, 0600));
  RECOVER_TRY(files.write(data + "/pg_hba.conf", access_text(), owner, 0600));
  return files.write(data + "/pg_ident.conf", identity_text(), owner, 0600);
}

std::string mark_file(const Plan& plan) {
  return plan.target.staging + "/loading";
}

/// What the mark must say for the cluster to be worth anything.
std::string mark_text(const Plan& plan, Files& files) {
  const auto boot = files.read("/proc/sys/kernel/random/boot_id");
  return boot ? plan.run + " " + plan.id + " " + *boot : std::string{};
}

bool can_go_on(const Plan& plan, Files& files) {
  const auto mark = files.read(mark_file(plan));
  return mark && !mark->empty() && *mark == mark_text(plan, files);
}

LoadOptions options_of(const Plan& plan, const Endpoint& endpoint) {
  LoadOptions options;
  options.endpoint = endpoint;
  options.jobs = connections_of(plan);
  options.tablespaces = tablespace_home(plan);
  options.owner = plan.target.run_as;
  options.allowed = allowed_by(plan);
  options.databases = database_choice(plan);
  options.names = target_names(plan);
  options.last_resort = flag_fact(plan.facts, plan_fact::last_resort);
  return options;
}

Launch loading_launch(const Plan& plan, const StepContext& context) {
  Launch launch = staged_launch(plan, context.run_directory + "/load-" + plan.id + ".log");
  launch.loading = true;
  launch.index_memory = index_memory_of(plan);
  return launch;
}

/// An empty cluster, or what an earlier attempt left of one; nobody works in it.
Result<void> prepare_cluster(const Plan& plan, StepContext& context) {
  Files& files = context.host.files();
  RECOVER_TRY(end_remains(loading_launch(plan, context), context));
  if (can_go_on(plan, files)) return {};
  if (files.exists(mark_file(plan))) RECOVER_TRY(files.remove_file(mark_file(plan)));
  RECOVER_TRY(forget_record(plan, context));
  RECOVER_TRY(make_cluster(plan, context));
  return files.write(mark_file(plan), mark_text(plan, files), "", 0600);
}

/// Which locales a dump needs is known when it asks for them. Errors: `refusal` when they are known already.
Result<void> build_missing(const Error& refusal, std::vector<std::string>& known, const Plan& plan,
                           StepContext& context) {
  const std::size_t before = known.size();
  for (const std::string& name : list_fact(refusal.facts, "locales")) {
    if (std::find(known.begin(), known.end(), name) == known.end()) known.push_back(name);
  }
  if (known.size() == before) return refusal;
  const auto to_build = RECOVER_TRY(locales_to_build(known, context.host));
  if (to_build.empty()) return refusal;
  return build_locales(to_build, locale_directory(staged_data(plan.target)), plan.target.run_as, context);
}

/// Everything of the file system that this directory is on.
Result<void> make_durable(const std::string& directory) {
  const int opened = ::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const bool done = opened >= 0 && ::syncfs(opened) == 0;
  const int problem = errno;
  if (opened >= 0) ::close(opened);
  if (done) return {};
  return make_system_error(recover::errors::target_write_failed, "make " + directory + " durable", problem);
}

/// The server's log, told from where it stands now: sessions only see their connection go when it gives up.
class LogWatch {
 public:
  LogWatch(const Launch& launch, Files& files) : launch_(launch), files_(files), begin_(text().size()) {}
  [[nodiscard]] std::optional<Error> reason_of_death() const {
    const std::string now = text();
    return now.size() <= begin_ ? std::nullopt : death_of(launch_.data, now.substr(begin_));
  }

 private:
  [[nodiscard]] std::string text() const {
    auto log = files_.read(launch_.log_file);
    return log ? std::move(log).value() : std::string{};
  }
  const Launch& launch_;
  Files& files_;
  std::size_t begin_;
};

Endpoint endpoint_in(const Plan& plan, const Launch& launch) {
  Endpoint endpoint = endpoint_of(launch, superuser);
  endpoint.application = watch::application_of(plan);
  return endpoint;
}

/// Loads everything that is not loaded yet.
Result<LoadRecord> fill(const Plan& plan, const Launch& launch, ChildServer& server, StepContext& context) {
  const Endpoint endpoint = endpoint_in(plan, launch);
  const LogWatch log(launch, context.host.files());
  const auto make_ready = [&]() -> Result<void> {
    if (auto death = log.reason_of_death()) return *std::move(death);
    return server.ensure();
  };
  std::vector<std::string> locales;
  std::optional<Error> before;
  while (true) {
    auto loaded = load_parts(plan, options_of(plan, endpoint), make_ready, context);
    if (!loaded && may_pass(loaded.error())) {
      if (auto death = log.reason_of_death()) return *std::move(death);
    }
    if (!loaded && before && loaded.error().id == recover::errors::plan_source_changed.id) return *before;
    if (loaded || find_fact(loaded.error().facts, "locales") == nullptr) return loaded;
    before = loaded.error();
    RECOVER_TRY(server.stop());
    RECOVER_TRY(build_missing(loaded.error(), locales, plan, context));
  }
}

/// How far indexes are is told while it loads.
Result<LoadRecord> fill_watched(const Plan& plan, const Launch& launch, ChildServer& server,
                                StepContext& context) {
  RECOVER_TRY(server.ensure());
  Result<LoadRecord> record = LoadRecord{};
  RECOVER_TRY(watch::watched(watch::monitor_options(plan, endpoint_in(plan, launch)), context,
                             [&](StepContext& step) -> Result<void> {
                               record = fill(plan, launch, server, step);
                               if (!record) return record.error();
                               return {};
                             }));
  return record;
}

}  // namespace

Result<void> load(const Plan& plan, StepContext& context) {
  Files& files = context.host.files();
  const bool is_there = files.exists(staged_data(plan.target) + "/PG_VERSION");
  if (is_there && read_record(plan, context) && !files.exists(mark_file(plan))) return {};
  RECOVER_TRY(prepare_cluster(plan, context));
  const Launch launch = loading_launch(plan, context);
  ChildServer server("postgresql-" + plan.id, launch, context);
  auto record = read_record(plan, context);  // there already when only the tidying was interrupted
  if (!record) {
    record = fill_watched(plan, launch, server, context);
    if (!record) return std::move(record).error();
    RECOVER_TRY(write_record(plan, *record, context));
  }
  RECOVER_TRY(server.ensure());
  RECOVER_TRY(
      remove_ledger(plan, record->databases, options_of(plan, endpoint_of(launch, superuser)), context));
  RECOVER_TRY(server.stop());
  RECOVER_TRY(make_durable(staged_data(plan.target)));
  if (files.is_directory(tablespace_home(plan))) RECOVER_TRY(make_durable(tablespace_home(plan)));
  return files.remove_file(mark_file(plan));
}

Result<void> write_record(const Plan& plan, const LoadRecord& record, StepContext& context) {
  return context.host.files().write(record_file(plan, context), to_text(record), "", 0600);
}

Result<void> forget_record(const Plan& plan, StepContext& context) {
  Files& files = context.host.files();
  const std::string file = record_file(plan, context);
  return files.exists(file) ? files.remove_file(file) : Result<void>();
}

Result<LoadRecord> read_record(const Plan& plan, StepContext& context) {
  return parse_record(RECOVER_TRY(context.host.files().read(record_file(plan, context))));
}

}  // namespace recover::postgresql::load
