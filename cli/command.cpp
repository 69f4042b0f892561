// The table of commands: names, help and the functions behind them. The parser, the help pages and the
// suggestions are made from these rows.
#include "cli/command.hpp"

#include "cli/commands/commands.hpp"

#include <array>

namespace recover::cli {

namespace {

constexpr const char* all_groups = "Selection|Strategy|Target|Safety|Verification|Output|Debug";

constexpr std::array table{
    Command{"", "[SOURCE] [ENGINE...] [FLAGS]", "find, plan, confirm, restore, verify and report in one go",
            "Looks for databases in SOURCE, shows a plan, asks, restores the best copy of each database "
            "beside what exists, verifies it, puts it into place and reports. SOURCE is never written; - is "
            "a dump "
            "on standard input. "
            "ENGINE is a name such as postgresql, mysql or redis; a directory of that name is written "
            "./postgresql. Without SOURCE the configuration's backup_path is used.",
            all_groups,
            "recover /mnt/dead-server\n"
            "recover /mnt/dead-server postgresql --dry-run\n"
            "recover /mnt/dead-server --pick pg-1 --target-dir /srv/pg --yes",
            run_recover},
    Command{"scan", "scan SOURCE [ENGINE...]", "list what is there: engine, version, size, health",
            "Reads SOURCE once, without changing it, and lists every database, dump and backup in it. "
            "Looks inside archives and compressed files.",
            "Selection|Debug", "recover scan /mnt/dead-server\nrecover scan backup.tar.gz --json", run_scan},
    Command{"plan", "plan SOURCE [ENGINE...] [-o FILE]", "show what would be done, and change nothing",
            "The same as the whole thing with --dry-run: scans, chooses and prints every step.",
            "Selection|Strategy|Target|Verification|Output",
            "recover plan /mnt/dead-server\nrecover plan /mnt/dead-server -o plan.json", run_plan},
    Command{"apply", "apply FILE", "carry out exactly a saved plan",
            "Scans the source again and refuses when it is not what the plan was made for.",
            "Safety|Output|Debug", "recover apply plan.json --yes", run_apply},
    Command{"restore", "restore [cluster|database] SOURCE [ENGINE...]", "restore chosen databases",
            "The whole thing under an explicit name. `restore verify FILE --test-restore` is an alias of "
            "`verify FILE --restore-test`.",
            all_groups, "recover restore /mnt/dead-server --pick pg-1 --yes", run_restore},
    Command{
        "verify", "verify SOURCE|RUN", "read a source to its last byte, or check a run again",
        "A SOURCE is read completely, without changing it: checksums, structure, the ends of dumps. With "
        "--restore-test a sample of its databases is restored into a private server, compared and removed "
        "again. A RUN has the checks of what it recovered repeated.",
        "Selection|Verification|Output",
        "recover verify /mnt/backup\nrecover verify all.sql.gz --restore-test --sample 100%\nrecover "
        "verify last --verify full",
        run_verify},
    Command{"save", "save ENGINE [DIRECTORY]", "make a safety copy of a running server",
            "Copies the server that --target names (or [target.ENGINE] url), while it works, into a new "
            "directory below DIRECTORY (else STATE_DIR/saved), reads the copy to its last byte and only then "
            "gives it its name. scan, verify and recover take it as any backup. --compress 0 to 9, "
            "--checkpoint fast or spread, --bwlimit.",
            "save|Target|Output",
            "recover save postgresql /mnt/backup --target postgresql://postgres@db1/\n"
            "recover save postgresql --socket /run/postgresql --dry-run",
            run_save},
    Command{
        "resume", "resume [RUN|FILE]", "continue an interrupted run",
        "Continues from the run's journal; steps that were done are not repeated. Without RUN: the last one.",
        "resume|Safety|Output|Debug",
        "recover resume last\nrecover resume --resume-from-manifest restore-manifest-20260130-01J.json",
        run_resume},
    Command{"rollback", "rollback RUN [DATABASE...]", "put the kept old data back",
            "Exchanges new and old data again, of the whole run or of the databases named (their ids or "
            "names). The "
            "new data is kept for inspection.",
            "Safety|Output", "recover rollback last --yes\nrecover rollback last pg-1 --yes", run_rollback},
    Command{"status", "status [RUN] [--watch]", "running and past runs, or the steps of one",
            "Reads the records in the state directory; with RUN, every step of that run and where it stands.",
            "status", "recover status\nrecover status last --watch", run_status},
    Command{"report", "report [RUN] [--text|--html|--json]", "show the report of a run again",
            "RUN is an id, the beginning of one, or last.", "report",
            "recover report last\nrecover report last --html > report.html", run_report},
    Command{"cleanup", "cleanup [--older-than TIME] [--dry-run]", "remove kept old data whose time is over",
            "Removes old data that was kept long enough and what dead runs left behind.", "cleanup|Safety",
            "recover cleanup --dry-run\nrecover cleanup --older-than 30d", run_cleanup},
    Command{"instance", "instance list|start|stop|remove [NAME]", "private instances of recovered databases",
            "A recovered database runs as a private instance below the state directory. `start NAME --unit` "
            "prints a systemd unit instead.",
            "instance", "recover instance list\nrecover instance start postgresql-16-a1b2c3", run_instance},
    Command{"explain", "explain ID", "what an error means and what to do", "ID is the word in error[...].",
            "", "recover explain disk.not_enough_space", run_explain},
    Command{"plugins", "plugins list|info NAME|verify", "the engines and their libraries",
            "verify loads every library and compares it with this program.", "",
            "recover plugins list\nrecover plugins verify --json", run_plugins},
    Command{"doctor", "doctor", "what this machine has and lacks for recoveries",
            "Looks at the kernel, programs, plugins, container runtimes, the state directory and the clock.",
            "", "recover doctor", run_doctor},
    Command{
        "config", "config show|validate|path|init|recovery", "settings and where they come from",
        "init writes the commented sample file (-o FILE, -o - for standard output). recovery asks on the "
        "terminal for the settings of a recovery and writes them; without a terminal it shows them; recovery "
        "--validate checks the files.",
        "config|Output", "recover config show --origin\nrecover config validate\nrecover config init -o -",
        run_config},
    Command{"help", "help [TOPIC|COMMAND]", "help; topics: exit-codes, environment, errors, config",
            "Explains commands and topics.", "", "recover help exit-codes", run_help},
};

}  // namespace

std::span<const Command> commands() {
  return table;
}

const Command* find_command(const std::string& name) {
  for (const Command& command : table) {
    if (name == command.name) return &command;
  }
  return nullptr;
}

}  // namespace recover::cli
