// Finding servers and accounts on this machine, and reading a server's log.
#include "postgresql/server.hpp"

#include "core/sys/host.hpp"
#include "postgresql/launch.hpp"
#include "postgresql/locale.hpp"
#include "postgresql/server_log.hpp"
#include "tests/support/postgresql.hpp"
#include "tests/support/silent.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace recover::postgresql {
namespace {

using test::NoLog;

TEST(find_server, knows_debians_directory_and_the_exact_version) {
  NoLog log;
  const auto host = sys::make_host(log);
  const auto server = find_server(15, "", *host);
  ASSERT_TRUE(server) << server.error().cause;
  EXPECT_EQ(server->bindir, "/usr/lib/postgresql/15/bin");
  EXPECT_TRUE(server->version.starts_with("15.")) << server->version;
}

TEST(find_server, believes_the_program_and_not_the_directory) {
  NoLog log;
  const auto host = sys::make_host(log);
  const auto server = find_server(16, "/usr/lib/postgresql/15/bin", *host);
  ASSERT_FALSE(server);
  EXPECT_EQ(server.error().id, "postgresql.server_not_installed");
  EXPECT_NE(server.error().cause.find("found only 15."), std::string::npos) << server.error().cause;
  EXPECT_NE(server.error().fix.find("postgresql-16"), std::string::npos) << server.error().fix;
}

TEST(choose_account, is_never_root) {
  NoLog log;
  const auto host = sys::make_host(log);
  ASSERT_TRUE(host->accounts().is_root()) << "this test must run as root";
  EXPECT_EQ(choose_account("", 0, *host).value_or(""), "postgres");
  EXPECT_EQ(choose_account("nobody", 0, *host).value_or(""), "nobody");
  EXPECT_EQ(choose_account("root", 0, *host).error().id, "target.no_account");
  EXPECT_EQ(choose_account("no-such-user", 0, *host).error().id, "target.no_account");
}

TEST(socket_directory, is_short_enough_for_the_operating_system) {
  EXPECT_EQ(socket_directory("/run/x"), "/run/x");
  const std::string deep = "/srv/" + std::string(100, 'x');
  EXPECT_LE(socket_directory(deep).size() + std::string("/.s.PGSQL.5432").size(), 107U);
  EXPECT_EQ(socket_directory(deep), socket_directory(deep));
  EXPECT_NE(socket_directory(deep), socket_directory(deep + "y"));
}

TEST(server_arguments, silence_everything_that_could_act) {
  Launch launch;
  launch.major = 17;
  launch.data = "/d";
  launch.sockets = "/s";
  launch.verifying = true;
  const auto words = server_arguments(launch);
  for (const char* setting :
       {"archive_mode=off", "archive_command=", "restore_command=false",
        "shared_preload_libraries=", "session_preload_libraries=", "local_preload_libraries=",
        "listen_addresses=", "primary_conninfo=", "external_pid_file=", "config_file=/d/postgresql.conf",
        "hba_file=/d/pg_hba.conf", "event_triggers=off", "autovacuum=off",
        "ssl_passphrase_command=", "archive_library=", "data_directory=/d"}) {
    EXPECT_NE(std::find(words.begin(), words.end(), setting), words.end()) << setting;
  }
}

TEST(start_error, tells_missing_log_from_other_failures) {
  const auto id = [](const std::string& log) { return start_error("/d", log).id; };
  EXPECT_EQ(id("2026 [1] XX000 PANIC:  could not locate a valid checkpoint record at 0/17218D8\n"),
            "postgresql.wal_missing");
  EXPECT_EQ(id("2026 [1] 55000 FATAL:  WAL ends before end of online backup\n"), "postgresql.wal_missing");
  EXPECT_EQ(id("2026 [1] 55000 FATAL:  incorrect checksum in control file\n"), "postgresql.control_damaged");
  EXPECT_EQ(id("2026 [1] 55000 FATAL:  database files are incompatible with server\n"),
            "postgresql.incompatible_build");
  EXPECT_EQ(id("2026 [1] XX000 FATAL:  could not map anonymous shared memory\n"), "server.start_failed");
  const Error error = start_error("/d",
                                  "2026 [1] 57P03 FATAL:  the database system is starting up\n"
                                  "2026 [1] 55000 FATAL:  bad thing\n2026 [1] 55000 HINT:  do this\n");
  EXPECT_EQ(error.cause, "bad thing; do this");
}

TEST(recovery_story, names_the_ends_of_redo) {
  EXPECT_EQ(
      recovery_story("LOG:  redo starts at 0/1500028\nLOG:  redo done at 0/15F0A40 system usage: CPU\n"),
      "redo 0/1500028 to 0/15F0A40");
  EXPECT_EQ(recovery_story("LOG:  database system was shut down at 2026\n"),
            "clean shutdown, nothing to replay");
}

TEST(locale_source, knows_what_localedef_wants) {
  EXPECT_EQ(locale_source("en_US.utf8").charset, "UTF-8");
  EXPECT_EQ(locale_source("en_US.utf8").input, "en_US");
  EXPECT_EQ(locale_source("de_DE@euro").input, "de_DE@euro");
  EXPECT_EQ(locale_source("de_DE@euro").charset, "ISO-8859-15");
  EXPECT_EQ(locale_source("ru_RU.koi8r").charset, "KOI8-R");
  EXPECT_TRUE(has_locale("C.UTF-8"));
  EXPECT_FALSE(has_locale("xx_YY.UTF-8"));
}

}  // namespace
}  // namespace recover::postgresql
