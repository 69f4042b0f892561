/// A server of the source's own version, on a copy of its files, for as long as it takes to read them out.
#pragma once

#include "postgresql/child_server.hpp"
#include "postgresql/server.hpp"
#include "recover/engine.hpp"

#include <optional>
#include <string>
#include <vector>

namespace recover::postgresql::older {

/// Argument of an engine's step that is about the copy and not about the plan's target (a flag).
inline constexpr auto on_copy = "on_copy";

/// Facts of a plan about that server.
namespace older_fact {
inline constexpr auto major = "older_major";      ///< text: "13"
inline constexpr auto bindir = "older_bindir";    ///< text: programs of this machine; empty: in a container
inline constexpr auto version = "older_version";  ///< text: "13.22"
inline constexpr auto runtime = "container_runtime";      ///< text: "podman"; absent: none is used
inline constexpr auto arguments = "container_arguments";  ///< list: what it needs before `run`
inline constexpr auto options = "container_options";      ///< list: and behind it
inline constexpr auto image = "container_image";          ///< text: the reference
inline constexpr auto digest = "container_digest";        ///< text: what it stood for when it was planned
}  // namespace older_fact

/// What runs the source's version here.
struct Choice {
  Server server;  ///< bindir is empty when it is in an image
  std::optional<ContainerRuntime> container;
  std::string reason;  ///< why the other ways were not taken; empty: they were not tried
};

/// Finds it by running it: programs of this machine, or an image, as the operator wishes. Errors:
/// postgresql.server_not_installed, container.*, run.cancelled.
Result<Choice> choose(int major, const Wishes& wishes, Host& host);

/// Notes the choice in a plan.
void note(Plan& plan, const Choice& choice);

/// The plan of the copy that this server gets: a directory of its own in the staging directory, nothing else
/// of the machine. Pure.
Plan copy_plan(const Plan& plan);

/// How the server is started on that copy.
Launch launch(const Plan& plan, const StepContext& context);

/// Ends whatever an earlier attempt left running on the copy. Nothing to do is success.
Result<void> end_remains(const Plan& plan, StepContext& context);

}  // namespace recover::postgresql::older
