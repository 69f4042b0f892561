/// Programs of an image, run over directories of ours. A container is another way to run a Command: the
/// directories are seen inside under the paths that they have outside, so whoever starts a server in one
/// names the same files as without.
#pragma once

#include "recover/cancel.hpp"
#include "recover/facts.hpp"
#include "recover/result.hpp"

#include <string>
#include <vector>

namespace recover {

struct Command;

/// What the operator wants of containers.
struct ContainerWishes {
  std::string runtime = "auto";  ///< auto, podman, docker; local: programs of this machine; none: neither
  std::string image;             ///< only this one; empty: the engine knows which
  std::string pull = "missing";  ///< whether an image that is not here is fetched: missing, never
  std::vector<std::string> arguments;  ///< more arguments for the runtime's `run`
};

/// A runtime that has run a program of an image on this machine.
struct ContainerRuntime {
  std::string program;                 ///< "podman", "docker"
  std::vector<std::string> arguments;  ///< what it needs here in front of `run`
  std::vector<std::string> options;    ///< and behind it
  std::string image;                   ///< the reference, as it was asked for
  std::string digest;                  ///< of that image: what ran, whatever the reference means tomorrow
  std::string answer;                  ///< what the probe printed
};

/// One container. It has no network, no capabilities and no new privileges.
struct Container {
  std::string name;                      ///< unique on this machine
  std::string run;                       ///< run id, its label: recover.run=RUN
  std::vector<std::string> directories;  ///< absolute; writable for it
  std::string user;                      ///< system user of this machine that owns them; never root
};

class Containers {
 public:
  virtual ~Containers();
  /// Finds what can run `probe` (a program of the image and its arguments) by running it: runtimes and the
  /// arguments they need are tried until the probe ends with 0. Fetches the image if it may. Errors:
  /// container.no_runtime, container.no_image (each with what was tried), run.cancelled.
  virtual Result<ContainerRuntime> find(const ContainerWishes& wishes, const std::string& image,
                                        const std::vector<std::string>& probe,
                                        const CancellationToken& cancel) = 0;
  /// Runs `inside` (a program of the image, its arguments and environment) in the foreground: it ends with
  /// the program, and a signal to it reaches the program. Errors: target.no_account.
  virtual Result<Command> command(const ContainerRuntime& runtime, const Container& container,
                                  const Command& inside) = 0;
  /// Ends and removes the container of that name, whichever runtime has it; none is success. Errors:
  /// tool.failed.
  virtual Result<void> remove(const std::string& name, const CancellationToken& cancel) = 0;
};

}  // namespace recover
