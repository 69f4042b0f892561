// pg_basebackup is the one program that gets a consistent copy out of a running server without stopping or
// locking anything: the server sends its files, a second connection streams the log that makes them one
// moment. Tar archives, because they hold tablespaces without writing to their paths on this machine. The
// newest client fits older servers, never newer ones. Reference: the manual, "pg_basebackup".
#include "postgresql/save/save.hpp"

#include "postgresql/errors.hpp"
#include "postgresql/into_server/address.hpp"
#include "postgresql/save/progress_log.hpp"
#include "postgresql/save/replication.hpp"
#include "postgresql/server.hpp"
#include "recover/errors.hpp"

#include <fmt/format.h>

#include <cstdlib>

namespace recover::postgresql::save {

namespace {

constexpr std::size_t identity_digits = 8;
constexpr std::uint64_t kilobyte = 1024;
constexpr std::uint64_t slowest = 32;       // kB/s; the program's own bounds
constexpr std::uint64_t fastest = 1 << 20;  // kB/s

namespace offer_fact {
inline constexpr auto bindir = "bindir";                  ///< text: pg_basebackup is there
inline constexpr auto client_version = "client_version";  ///< text
inline constexpr auto server_version = "server_version";  ///< text
inline constexpr auto identity = "system_identifier";     ///< text
}  // namespace offer_fact

/// What the server holds: not more than that is written. Roles without the right to see sizes see none.
Bytes size_of(const Endpoint& endpoint, const std::string& database, const CancellationToken& cancel) {
  auto connection = Connection::open(endpoint, database, cancel);
  if (!connection) return {};
  const auto rows = connection->query(
      "SELECT sum(pg_catalog.pg_tablespace_size(oid))::bigint FROM pg_catalog.pg_tablespace", cancel);
  return rows && !rows->empty() ? Bytes{number(rows->front(), 0)} : Bytes{};
}

Result<void> check_rate(std::uint64_t bytes_per_second) {
  const std::uint64_t rate = bytes_per_second / kilobyte;
  if (bytes_per_second == 0 || (rate >= slowest && rate <= fastest)) return {};
  return make_error(recover::errors::usage_invalid, "cannot limit the safety copy to that rate",
                    "pg_basebackup takes from 32 kB to 1 GB per second");
}

std::vector<std::string> words_of(const SaveWishes& wishes, const Endpoint& endpoint,
                                  const std::string& directory) {
  std::vector<std::string> words{"--dbname=" + connection_words(endpoint),
                                 "--pgdata=" + directory,
                                 "--format=tar",
                                 "--wal-method=stream",
                                 std::string("--checkpoint=") + (wishes.is_gentle ? "spread" : "fast"),
                                 "--label=recover save",
                                 "--progress",
                                 "--no-password"};
  if (wishes.compression > 0) words.push_back("--compress=" + std::to_string(wishes.compression));
  if (wishes.bytes_per_second > 0)
    words.push_back("--max-rate=" + std::to_string(wishes.bytes_per_second / kilobyte));
  return words;
}

}  // namespace

Result<SaveOffer> offer(const SaveWishes& wishes, Host& host, const CancellationToken& cancel) {
  RECOVER_TRY(check_rate(wishes.bytes_per_second));
  const Endpoint endpoint = RECOVER_TRY(server_endpoint(wishes.server.url, wishes.server.password_file));
  const ServerIdentity server = RECOVER_TRY(identify(endpoint));
  const Server client = RECOVER_TRY(find_client("pg_basebackup", server.major, wishes.bindir, host));
  SaveOffer offer;
  const std::string digits =
      fmt::format("{:016x}", std::strtoull(server.system_identifier.c_str(), nullptr, 10));
  offer.name = fmt::format("postgresql-{}-{}", server.major, digits.substr(digits.size() - identity_digits));
  offer.server = fmt::format("PostgreSQL {} at {}", server.version, wishes.server.url);
  offer.size = size_of(endpoint, database_of(wishes.server.url), cancel);
  offer.facts = {{offer_fact::identity, server.system_identifier},
                 {offer_fact::server_version, server.version},
                 {offer_fact::client_version, client.version},
                 {offer_fact::bindir, client.bindir}};
  return offer;
}

Result<void> save(const SaveOffer& offer, const SaveWishes& wishes, const std::string& directory,
                  StepContext& context) {
  const Endpoint endpoint = RECOVER_TRY(server_endpoint(wishes.server.url, wishes.server.password_file));
  Command command;
  command.program = text_fact(offer.facts, offer_fact::bindir) + "/pg_basebackup";
  command.arguments = words_of(wishes, endpoint, directory);
  command.environment = connection_environment(endpoint);
  command.log_file = context.run_directory + "/pg_basebackup.log";
  Result<ProcessResult> ended = [&] {
    const ProgressLog watch(command.log_file, context.progress);
    return context.host.processes().run(command, context.cancel);
  }();
  if (!ended) return std::move(ended).error();
  if (ended->exit_status == 0) return {};
  return make_error(errors::save_failed, "cannot save " + offer.server,
                    last_words(context.host.files().read(command.log_file).value_or("")));
}

}  // namespace recover::postgresql::save
