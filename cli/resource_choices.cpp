// How many connections there are can be said in several places. What is said for one database comes before
// what is said for a server, and that before what is said for everything.
#include "cli/resource_choices.hpp"

#include "core/sys/priority.hpp"
#include "core/sys/read_rate.hpp"

namespace recover::cli {

namespace {

std::int64_t connections(const std::string& section, const config::Settings& settings) {
  for (const std::string& name : {std::string("jobs-per-database"), section + ".jobs", std::string("jobs")}) {
    if (config::find_option(name) != nullptr && settings.is_set(name)) return settings.number(name);
  }
  return settings.number("jobs-per-database");
}

sys::Priority priority(const config::Settings& settings) {
  sys::Priority priority;
  priority.is_nice = settings.flag("nice");
  const std::string disk = settings.text("io-class");
  if (disk == "idle") priority.disk = sys::DiskClass::idle;
  if (disk == "best-effort") priority.disk = sys::DiskClass::best_effort;
  return priority;
}

}  // namespace

void note_engine_settings(Wishes& wishes, const std::string& engine, const config::Settings& settings) {
  const std::string section = "target." + engine;
  for (const config::Option& option : config::options()) {
    if (section != option.section || !settings.is_set(config::name_of(option))) continue;
    if (option.type == config::Type::number || option.type == config::Type::size)
      set_fact(wishes.engine_settings, engine + "." + option.key, settings.number(config::name_of(option)));
  }
  set_fact(wishes.engine_settings, engine + ".jobs", connections(section, settings));
  const std::string image = "container.images_" + engine;
  if (config::find_option(image) != nullptr)
    set_fact(wishes.engine_settings, engine + ".image", settings.text(image));
}

void limit_resources(Session& session) {
  if (const std::string why = sys::lower_priority(priority(session.settings())); !why.empty())
    session.warn("the priority stays as it is: " + why);
  sys::ReadRate::of_process().limit_to(
      static_cast<std::uint64_t>(session.settings().number("restore.bwlimit")));
}

void tell_reading(Session& session) {
  const std::int64_t limit = session.settings().number("restore.bwlimit");
  if (limit == 0) return;
  session.host().log().write(LogLevel::info, "read " + std::to_string(sys::ReadRate::of_process().taken()) +
                                                 " bytes, at most " + std::to_string(limit) + " a second");
}

}  // namespace recover::cli
