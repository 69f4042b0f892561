/// Safety copies of running servers, asked for or made before something is dropped.
#pragma once

#include "cli/session.hpp"
#include "core/run/save.hpp"

#include <string>

namespace recover::cli {

/// One safety copy: of which engine's server, where to and how.
struct SaveRequest {
  std::string engine;
  run::SavePlace place;
  SaveWishes wishes;
};

/// What the settings say about it; `directory` empty: STATE/saved. Errors: usage.invalid.
Result<SaveRequest> save_request(const std::string& engine, const std::string& directory, Session& session);

/// Can it be made: asks the server. Errors: those of Engine::offer_save().
Result<SaveOffer> ask_server(const SaveRequest& request, Session& session);

/// "PostgreSQL 15.20 at ..., at most 3.1 GB, into /mnt/backup (17 GB free)"
std::string description(const SaveOffer& offer, const SaveRequest& request, Session& session);

/// Makes it and tells what is made. Errors: those of run::save().
Result<run::Saved> make_safety_copy(const SaveOffer& offer, const SaveRequest& request, Session& session);

/// Where backup_existing_data was set: saves each server whose databases this plan drops for good.
Result<void> save_before(const run::RunPlan& plan, Session& session);

}  // namespace recover::cli
