// Programs of this machine are preferred: they start at once and need nothing else. A container is the way
// out where the old version cannot be had as a package any more. Either way it works on a copy below the
// staging directory, so that everything else about it - settings, recovery, readiness, the socket - is what
// it is for the server of a direct copy.
#include "postgresql/older/older_server.hpp"

#include "postgresql/errors.hpp"
#include "postgresql/facts.hpp"
#include "postgresql/placement.hpp"
#include "recover/errors.hpp"

#include <fmt/format.h>

namespace recover::postgresql::older {

namespace {

/// The image of a version: the operator's, else the one that the configuration has for all versions.
std::string image_of(int major, const Wishes& wishes) {
  if (!wishes.container.image.empty()) return wishes.container.image;
  constexpr std::string_view mark = "{major}";
  std::string image = text_fact(wishes.engine_settings, "postgresql.image");
  if (image.empty()) image = "docker.io/library/postgres:{major}";
  const std::size_t at = image.find(mark);
  return at == std::string::npos ? image : image.replace(at, mark.size(), std::to_string(major));
}

/// Where the operator says first.
Result<Server> find_local(int major, const Wishes& wishes, Host& host) {
  for (const std::string& bindir : {wishes.old_bindir, wishes.bindir}) {
    if (bindir.empty()) continue;
    auto named = find_server(major, bindir, host);
    if (named) return named;
    if (bindir == wishes.old_bindir) return named;
  }
  return find_server(major, {}, host);
}

Result<Choice> in_container(int major, const Wishes& wishes, Host& host) {
  const std::string image = image_of(major, wishes);
  Choice choice;
  choice.container = RECOVER_TRY(
      host.containers().find(wishes.container, image, {"postgres", "--version"}, CancellationToken{}));
  choice.server.version = version_in(choice.container->answer);
  if (Version{choice.server.version, {}}.major() == major) return choice;
  return make_error(errors::server_not_installed, fmt::format("PostgreSQL {}", major),
                    fmt::format("the image {} has {}", image, choice.server.version))
      .advise("Name an image of that version with --image.");
}

std::string container_name(const Plan& plan) {
  return "recover-" + plan.run + "-" + plan.id;
}

Launch launch_of(const Plan& plan, const Plan& copy, const StepContext& context) {
  Launch launch = staged_launch(copy, context.run_directory + "/older-" + plan.id + ".log");
  const std::string program = text_fact(plan.facts, older_fact::runtime);
  if (program.empty()) return launch;
  ContainerPlace place;
  place.runtime = {program,
                   list_fact(plan.facts, older_fact::arguments),
                   list_fact(plan.facts, older_fact::options),
                   text_fact(plan.facts, older_fact::image),
                   text_fact(plan.facts, older_fact::digest),
                   {}};
  place.container = {container_name(plan), plan.run, {copy.target.staging}, plan.target.run_as};
  const bool has_sockets_elsewhere = !launch.sockets.starts_with(copy.target.staging + "/");
  if (has_sockets_elsewhere) place.container.directories.push_back(launch.sockets);
  launch.container = std::move(place);
  return launch;
}

}  // namespace

Result<Choice> choose(int major, const Wishes& wishes, Host& host) {
  const std::string& runtime = wishes.container.runtime;
  const bool wants_container = runtime == "podman" || runtime == "docker" || !wishes.container.image.empty();
  if (wants_container) return in_container(major, wishes, host);
  auto local = find_local(major, wishes, host);
  if (local) return Choice{*local, std::nullopt, {}};
  if (runtime == "local" || runtime == "none") return std::move(local).error();
  auto choice = in_container(major, wishes, host);
  if (choice) choice->reason = local.error().what + ": " + local.error().cause;
  return choice;
}

void note(Plan& plan, const Choice& choice) {
  set_fact(plan.facts, older_fact::major, std::to_string(Version{choice.server.version, {}}.major()));
  set_fact(plan.facts, older_fact::version, choice.server.version);
  set_fact(plan.facts, older_fact::bindir, choice.server.bindir);
  if (!choice.container) return;
  set_fact(plan.facts, older_fact::runtime, choice.container->program);
  set_fact(plan.facts, older_fact::arguments, choice.container->arguments);
  set_fact(plan.facts, older_fact::options, choice.container->options);
  set_fact(plan.facts, older_fact::image, choice.container->image);
  set_fact(plan.facts, older_fact::digest, choice.container->digest);
}

Plan copy_plan(const Plan& plan) {
  Plan copy = plan;
  copy.steps.clear();
  copy.facts = plan.finding.facts;
  set_fact(copy.facts, plan_fact::bindir, text_fact(plan.facts, older_fact::bindir));
  set_fact(copy.facts, plan_fact::copy_manifests, list_fact(plan.facts, plan_fact::copy_manifests));
  copy.target.kind = TargetKind::private_instance;
  copy.target.staging = plan.target.staging + "/old";
  copy.target.directory = copy.target.staging + "/instance/data";  // its tablespaces lie below it
  return copy;
}

Launch launch(const Plan& plan, const StepContext& context) {
  return launch_of(plan, copy_plan(plan), context);
}

Result<void> end_remains(const Plan& plan, StepContext& context) {
  if (text_fact(plan.facts, older_fact::major).empty()) return {};  // a plan without an old server
  if (text_fact(plan.facts, older_fact::runtime).empty())
    return postgresql::end_remains(launch(plan, context), context);
  return context.host.containers().remove(container_name(plan), context.cancel);
}

}  // namespace recover::postgresql::older
