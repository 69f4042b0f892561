// A cluster that is being loaded belongs to nobody: it runs without waiting for the disk, and an interrupted
// load is thrown away. Only after the clean shutdown is the record written; the next step makes everything
// durable, and verification starts it as the person will get it.
#include "postgresql/load/load.hpp"

#include "postgresql/child_server.hpp"
#include "postgresql/configuration.hpp"
#include "postgresql/facts.hpp"
#include "postgresql/load/dump_text.hpp"
#include "postgresql/load/loader.hpp"
#include "postgresql/locale.hpp"
#include "postgresql/placement.hpp"
#include "postgresql/plan_tablespaces.hpp"
#include "recover/errors.hpp"

#include <algorithm>
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

void merge(LoadRecord& all, LoadRecord&& one) {
  const auto append = [](auto& to, auto& from) { to.insert(to.end(), from.begin(), from.end()); };
  append(all.tables, one.tables);
  append(all.databases, one.databases);
  append(all.made_roles, one.made_roles);
  append(all.warnings, one.warnings);
  all.encoding = one.encoding;
  all.statements += one.statements;
  all.bytes += one.bytes;
  all.seconds += one.seconds;
}

Result<LoadRecord> load_parts(const Plan& plan, const Endpoint& endpoint, StepContext& context) {
  const auto jobs = static_cast<unsigned>(number_fact(plan.facts, plan_fact::jobs));
  LoadOptions options;
  options.endpoint = endpoint;
  options.jobs = jobs != 0 ? jobs : std::max(2U, std::thread::hardware_concurrency());
  options.tablespaces = tablespace_home(plan);
  options.owner = plan.target.run_as;
  LoadRecord record;
  for (const DumpPart& part : parts_of(plan.finding)) {
    context.progress.detail(part.path);
    options.database = part.database;
    const auto text = RECOVER_TRY(open_part(part, plan, context));
    merge(record, RECOVER_TRY(load_dump(*text, options, context)));
  }
  return record;
}

/// An empty cluster with these locales, loaded and stopped cleanly.
Result<LoadRecord> load_once(const Plan& plan, const std::vector<std::string>& locales,
                             StepContext& context) {
  RECOVER_TRY(make_cluster(plan, context));
  const auto to_build = RECOVER_TRY(locales_to_build(locales, context.host));
  if (!to_build.empty()) {
    RECOVER_TRY(
        build_locales(to_build, locale_directory(staged_data(plan.target)), plan.target.run_as, context));
  }
  Launch launch = staged_launch(plan, context.run_directory + "/load-" + plan.id + ".log");
  launch.loading = true;
  ChildServer server("postgresql-" + plan.id, launch, context);
  RECOVER_TRY(server.start());
  Bytes total;
  for (const DumpPart& part : parts_of(plan.finding)) total += stored_size(part, context);
  context.progress.begin(plan.id, "load", total);
  auto loaded = load_parts(plan, endpoint_of(launch, superuser), context);
  context.progress.end();
  LoadRecord record = RECOVER_TRY(std::move(loaded));
  RECOVER_TRY(server.stop());
  return record;
}

void add_missing(const std::vector<std::string>& names, std::vector<std::string>& known) {
  for (const std::string& name : names) {
    if (std::find(known.begin(), known.end(), name) == known.end()) known.push_back(name);
  }
}

}  // namespace

Result<void> load(const Plan& plan, StepContext& context) {
  if (read_record(plan, context)) return {};
  // Which locales a dump needs is known when it asks for them; with them it is loaded once more.
  std::vector<std::string> locales;
  while (true) {
    auto loaded = load_once(plan, locales, context);
    if (loaded) return context.host.files().write(record_file(plan, context), to_text(*loaded), "", 0600);
    const std::size_t known = locales.size();
    add_missing(list_fact(loaded.error().facts, "locales"), locales);
    if (locales.size() == known) return std::move(loaded).error();
  }
}

Result<LoadRecord> read_record(const Plan& plan, StepContext& context) {
  return parse_record(RECOVER_TRY(context.host.files().read(record_file(plan, context))));
}

}  // namespace recover::postgresql::load
