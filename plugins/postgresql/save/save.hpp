/// The safety copy of a running server: a base backup, taken by pg_basebackup.
#pragma once

#include "recover/engine.hpp"

namespace recover::postgresql::save {

/// Engine::offer_save().
Result<SaveOffer> offer(const SaveWishes& wishes, Host& host, const CancellationToken& cancel);

/// Engine::save(): base.tar, pg_wal.tar, one archive per tablespace, backup_manifest.
Result<void> save(const SaveOffer& offer, const SaveWishes& wishes, const std::string& directory,
                  StepContext& context);

}  // namespace recover::postgresql::save
