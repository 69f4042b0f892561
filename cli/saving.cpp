// A safety copy is of a whole server: what is dropped from one of its databases can be taken out of it again.
// Data that a run keeps beside the new needs none.
#include "cli/saving.hpp"

#include "cli/choices.hpp"
#include "cli/target_choices.hpp"
#include "core/text/format.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace recover::cli {

Result<SaveRequest> save_request(const std::string& engine, const std::string& directory, Session& session) {
  const config::Settings& settings = session.settings();
  plugin::Catalog* catalog = RECOVER_TRY(session.catalog());
  SaveRequest request;
  request.engine = engine;
  request.place.directory = directory.empty() ? session.state().path + "/saved" : absolute_path(directory);
  request.place.min_free = static_cast<std::uint64_t>(settings.number("limits.min_free"));
  request.place.keep_failed = settings.flag("keep-temp");
  request.wishes.server = RECOVER_TRY(server_wishes(settings, *catalog, engine));
  const std::string url = "target." + engine + ".url";  // not every engine has servers
  const auto known = settings.names();
  if (request.wishes.server.url.empty() && std::find(known.begin(), known.end(), url) != known.end())
    request.wishes.server.url = settings.text(url);
  if (settings.is_set("bindir")) request.wishes.bindir = absolute_path(settings.text("bindir"));
  request.wishes.compression = static_cast<unsigned>(settings.number("compress"));
  request.wishes.bytes_per_second = static_cast<std::uint64_t>(settings.number("restore.bwlimit"));
  request.wishes.is_gentle = settings.text("checkpoint") == "spread";
  return request;
}

Result<SaveOffer> ask_server(const SaveRequest& request, Session& session) {
  plugin::Catalog* catalog = RECOVER_TRY(session.catalog());
  const Engine* engine = RECOVER_TRY(catalog->engine(request.engine));
  return engine->offer_save(request.wishes, session.host(), session.cancel());
}

std::string description(const SaveOffer& offer, const SaveRequest& request, Session& session) {
  auto free = session.host().files().free_space(request.place.directory);
  return fmt::format("{}, {}, into {} ({} free)", text::printable(offer.server),
                     offer.size.count == 0 ? "of unknown size" : "at most " + text::bytes(offer.size),
                     text::printable(request.place.directory), text::bytes(Bytes{free ? *free : 0}));
}

Result<run::Saved> make_safety_copy(const SaveOffer& offer, const SaveRequest& request, Session& session) {
  plugin::Catalog* catalog = RECOVER_TRY(session.catalog());
  session.host().log().write(LogLevel::info, "saving " + description(offer, request, session));
  const run::StateDirectory state = session.state();
  const CancellationToken cancel = session.cancel();
  const run::Workshop workshop{state, *catalog, session.host(), session.progress(), cancel};
  return run::save(request.engine, offer, request.wishes, request.place, workshop);
}

Result<void> save_before(const run::RunPlan& plan, Session& session) {
  const config::Settings& settings = session.settings();
  if (!settings.is_set("backup_existing_data") || !settings.flag("backup_existing_data")) return {};
  std::set<std::string> saved;
  for (const Plan& one : plan.plans) {
    const bool drops =
        one.target.kind == TargetKind::server && !one.replaces.empty() && one.keeps_old_as.empty();
    if (!drops || !saved.insert(one.target.server).second) continue;
    const SaveRequest request = RECOVER_TRY(save_request(one.finding.engine, "", session));
    const SaveOffer offer = RECOVER_TRY(ask_server(request, session));
    const run::Saved copy = RECOVER_TRY(make_safety_copy(offer, request, session));
    session.host().log().write(LogLevel::info, "saved as " + copy.path);
  }
  return {};
}

}  // namespace recover::cli
