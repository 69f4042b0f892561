// Builds what commands share, once. The catalog of engines is opened late: `recover config` must work
// when a manifest is broken.
#include "cli/session.hpp"

#include "cli/progress.hpp"
#include "core/sys/host.hpp"

#include <filesystem>

namespace recover::cli {

Session::Session(Arguments arguments, config::Settings settings, const sys::SignalWatcher& signals)
    : arguments_(std::move(arguments)),
      settings_(std::move(settings)),
      signals_(signals),
      terminal_(look_at_terminal(settings_)),
      log_(settings_),
      host_(sys::make_host(log_)),
      progress_(make_progress(settings_, terminal_)) {}

ExitCode Session::exit_unless_signalled(ExitCode otherwise) const {
  const ExitCode signalled = signals_.exit_code();
  return signalled == ExitCode::ok ? otherwise : signalled;
}

run::StateDirectory Session::state() const {
  const std::string chosen = settings_.text("paths.state_dir");
  if (chosen.empty()) return {config::default_state_directory()};
  return {std::filesystem::absolute(chosen).lexically_normal().string()};
}

Result<plugin::Catalog*> Session::catalog() {
  if (!catalog_) {
    const auto places = plugin::default_places(settings_.list("security.plugin_dirs"));
    catalog_ = RECOVER_TRY(plugin::Catalog::open(places));
  }
  return catalog_.get();
}

}  // namespace recover::cli
