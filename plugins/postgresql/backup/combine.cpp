// The program belongs to the server's own version and refuses to write where anything is, so what an
// interrupted attempt left is removed first. Durability is core's business (SyncTree), and a manifest of the
// result would prove nothing that was not compared before.
#include "postgresql/backup/combine.hpp"

#include "postgresql/errors.hpp"
#include "postgresql/placement.hpp"
#include "postgresql/plan_tablespaces.hpp"

namespace recover::postgresql::backup {

namespace {

constexpr std::size_t shown_words = 600;

/// A path in --tablespace-mapping=OLD=NEW.
std::string escaped(const std::string& path) {
  std::string text;
  for (const char letter : path) {
    if (letter == '=') text += '\\';
    text += letter;
  }
  return text;
}

}  // namespace

Result<void> combine(const Facts& arguments, const Plan& plan, StepContext& context) {
  Command command;
  command.program = text_fact(plan.facts, plan_fact::bindir) + "/pg_combinebackup";
  command.run_as = plan.target.run_as;
  command.arguments = {"--no-sync", "--no-manifest", "--output=" + staged_data(plan.target)};
  RECOVER_TRY(remove_tree(staged_data(plan.target)));
  for (const std::string& entry : list_fact(arguments, "mapping")) {
    const std::size_t bar = entry.find('|');
    const std::string to = entry.substr(bar + 1);
    if (to.starts_with(tablespace_home(plan) + "/")) RECOVER_TRY(remove_tree(to));
    command.arguments.push_back("--tablespace-mapping=" + escaped(entry.substr(0, bar)) + "=" + escaped(to));
  }
  for (const std::string& directory : list_fact(arguments, "directories"))
    command.arguments.push_back(directory);
  const ProcessResult result = RECOVER_TRY(context.host.processes().run(command, context.cancel));
  if (result.exit_status == 0) return {};
  return make_error(errors::combine_failed, plan.finding.path,
                    result.errors.substr(0, std::min(result.errors.size(), shown_words)));
}

}  // namespace recover::postgresql::backup
