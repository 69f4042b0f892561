// Builds what commands share, once. The catalog of engines is opened late: `recover config` must work
// when a manifest is broken.
#include "cli/session.hpp"

#include "core/sys/host.hpp"
#include "core/text/format.hpp"

#include <filesystem>

namespace recover::cli {

Session::Session(Arguments arguments, config::Settings settings, const sys::SignalWatcher& signals)
    : arguments_(std::move(arguments)),
      settings_(std::move(settings)),
      signals_(signals),
      terminal_(look_at_terminal(settings_)),
      events_(settings_.text("progress") == "json"),
      display_(settings_, terminal_, events_),
      log_(settings_),
      host_(sys::make_host(log_)) {
  log_.show_by([this](LogLevel level, const std::string& text) {
    if (!events_.is_on()) return display_.message(to_text(level) + ": " + text::printable(text) + "\n");
    json::Json fields{{"level", to_text(level)}};
    json::put_text(fields, "text", text);
    events_.write(level >= LogLevel::warn ? "warning" : "log", fields);
  });
  if (settings_.flag("debug-locks"))
    display_.tell_locks_to([this](const std::string& text) { log_.write(LogLevel::info, text); });
}

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
    const auto places = plugin::default_places(settings_.list("security.plugin_dirs"),
                                               settings_.flag("security.require_plugin_manifest"));
    catalog_ = RECOVER_TRY(plugin::Catalog::open(places));
  }
  return catalog_.get();
}

}  // namespace recover::cli
