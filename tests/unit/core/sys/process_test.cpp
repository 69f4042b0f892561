#include "core/sys/process.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <thread>

#include "core/sys/account.hpp"
#include "core/sys/host.hpp"
#include "core/sys/program.hpp"
#include "tests/support/sandbox.hpp"
#include "tests/support/silent.hpp"

namespace recover::sys {
namespace {

using std::chrono::milliseconds;

using test::NoLog;

Command shell(const std::string& script) {
  Command command;
  command.program = "/bin/sh";  // a program like any other; the product itself never uses it
  command.arguments = {"-c", script};
  return command;
}

ProcessResult run(const Command& command) {
  auto result = run_process(command, {});
  EXPECT_TRUE(result) << (result ? "" : result.error().what + ": " + result.error().cause);
  return result ? *result : ProcessResult{};
}

std::string content_of(const std::string& path) {
  std::ifstream in(path);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// A zombie that nobody has reaped yet does not live.
bool is_alive(const std::string& pid) {
  const std::string status = content_of("/proc/" + pid + "/stat");
  return !status.empty() && status.find(") Z ") == std::string::npos;
}

/// Waits until a file that a child writes has contents.
std::string wait_for(const std::string& path) {
  for (int i = 0; i < 6000; ++i) {
    if (std::string text = content_of(path); text.ends_with("\n")) return text.substr(0, text.size() - 1);
    std::this_thread::sleep_for(milliseconds(10));
  }
  ADD_FAILURE() << path << " was never written";
  return {};
}

bool dies(const std::string& pid) {
  for (int i = 0; i < 6000 && is_alive(pid); ++i) std::this_thread::sleep_for(milliseconds(10));
  return !is_alive(pid);
}

TEST(Process, GivesOutputErrorsAndExitStatus) {
  const ProcessResult result = run(shell("echo out; echo err >&2; exit 7"));
  EXPECT_EQ(result.exit_status, 7);
  EXPECT_EQ(result.output, "out\n");
  EXPECT_EQ(result.errors, "err\n");
  EXPECT_EQ(run(shell("kill -9 $$")).exit_status, 128 + SIGKILL);
}

TEST(Process, TheEnvironmentIsBuiltFromNothing) {
  ::setenv("PGOPTIONS", "-c evil", 1);  // NOLINT(concurrency-mt-unsafe): no other thread here
  Command command;
  command.program = "env";
  command.environment = {{"TZ", "Asia/Tokyo"}, {"PGHOST", "/run"}};
  EXPECT_EQ(run(command).output,
            "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\nLANG=C\nLC_ALL=C\n"
            "TZ=Asia/Tokyo\nPGHOST=/run\n");
  ::unsetenv("PGOPTIONS");  // NOLINT(concurrency-mt-unsafe)
}

TEST(Process, NothingIsInheritedAndSignalsAreDefault) {
  EXPECT_EQ(run(shell("ls /proc/self/fd | wc -l")).output, "4\n") << "0, 1, 2 and ls's own directory";
  sigset_t blocked;
  sigset_t before;
  ::sigemptyset(&blocked);
  ::sigaddset(&blocked, SIGTERM);
  ::pthread_sigmask(SIG_BLOCK, &blocked, &before);
  EXPECT_NE(run(shell("grep SigBlk /proc/self/status")).output.find("0000000000000000"), std::string::npos);
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  EXPECT_EQ(run(shell("pwd")).output, "/\n");
}

TEST(Process, InputIsFedAndNotReadingItIsNoProblem) {
  Command command = shell("wc -c");
  command.input = std::string(8 << 20, 'x');
  EXPECT_EQ(run(command).output, std::to_string(8 << 20) + "\n");
  command.arguments = {"-c", "exit 0"};
  EXPECT_EQ(run(command).exit_status, 0);
}

TEST(Process, SixtyFourMegabytesOnBothPipesNeitherBlockNorFillMemory) {
  const ProcessResult result = run(shell(
      "head -c 67108864 /dev/zero & (head -c 67108864 /dev/zero | tr '\\0' 'e'; printf last) >&2; wait"));
  EXPECT_EQ(result.output.size(), 16U << 20U);
  EXPECT_EQ(result.errors.size(), 64U << 10U);
  EXPECT_TRUE(result.errors.ends_with("elast")) << "the end of standard error is kept, not its beginning";
}

TEST(Process, AGrandchildThatHoldsThePipeIsNotWaitedFor) {
  const test::Sandbox box;
  const ProcessResult result = run(shell("setsid sleep 300 & echo $! > " + box.path("pid") + "; echo done"));
  EXPECT_EQ(result.output, "done\n");
  const std::string pid = wait_for(box.path("pid"));
  EXPECT_TRUE(is_alive(pid)) << "a daemon of its own session is left alone";
  ::kill(std::stoi(pid), SIGKILL);
}

TEST(Process, CancellingEndsAChildThatIgnoresItAndItsGrandchild) {
  const test::Sandbox box;
  std::stop_source stop;
  const std::string script = "trap '' TERM; (trap '' TERM; while :; do sleep 1; done) & echo $! > " +
                             box.path("grandchild") + "; echo $$ > " + box.path("child") +
                             "; while :; do sleep 1; done";
  std::jthread canceller([&] {
    wait_for(box.path("child"));
    wait_for(box.path("grandchild"));
    stop.request_stop();
  });
  auto result = run_process(shell(script), CancellationToken(stop.get_token()), milliseconds(300));
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().id, "run.cancelled");
  EXPECT_TRUE(dies(wait_for(box.path("child"))));
  EXPECT_TRUE(dies(wait_for(box.path("grandchild"))));
}

TEST(Process, SigtermComesFirstSoThatAToolCanTidyUp) {
  const test::Sandbox box;
  Command command =
      shell("trap 'echo tidy > " + box.path("tidied") + "; exit 0' TERM; while :; do sleep 0.1; done");
  command.time_limit = std::chrono::seconds(1);
  auto result = run_process(command, {});
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().id, "run.timeout");
  EXPECT_EQ(content_of(box.path("tidied")), "tidy\n");
}

TEST(Process, ACancelledTokenStartsNothing) {
  const test::Sandbox box;
  std::stop_source stop;
  stop.request_stop();
  auto result = run_process(shell("touch " + box.path("ran")), CancellationToken(stop.get_token()));
  EXPECT_EQ(result.error().id, "run.cancelled");
  EXPECT_FALSE(std::filesystem::exists(box.path("ran")));
}

TEST(Process, MissingProgramsAreNamedAndRelativeOnesRefused) {
  const test::Sandbox box;
  box.write("evil", "#!/bin/sh\n");
  std::filesystem::permissions(box.path("evil"), std::filesystem::perms::all);
  std::filesystem::current_path(box.path(""));
  for (const std::string name : {"no-such-program", "/no/such/program", "evil", "./evil", ""}) {
    Command command;
    command.program = name;
    auto result = run_process(command, {});
    ASSERT_FALSE(result) << name;
    EXPECT_EQ(result.error().id, "tool.missing");
    EXPECT_EQ(text_fact(result.error().facts, "program"), name);
  }
  std::filesystem::current_path("/");
  EXPECT_EQ(find_program("setpriv"), "/usr/bin/setpriv");
  EXPECT_FALSE(find_program("/etc/passwd")) << "not executable";
}

TEST(Process, AMissingWorkingDirectoryIsAnError) {
  Command command = shell("true");
  command.directory = "/no/such/directory";
  EXPECT_EQ(run_process(command, {}).error().id, "tool.failed");
}

TEST(Process, RunsAsAnotherUserWithThatUsersGroups) {
  ASSERT_EQ(::geteuid(), 0U) << "this test needs root";
  ASSERT_TRUE(find_account("postgres")) << "install the package postgresql-common";
  Command command = shell("id -un; id -gn; grep CapEff /proc/self/status");
  command.run_as = "postgres";
  EXPECT_EQ(run(command).output, "postgres\npostgres\nCapEff:\t0000000000000000\n");
  command.run_as = "no-such-user";
  EXPECT_EQ(run_process(command, {}).error().id, "target.no_account");
}

TEST(Process, OutputGoesToTheLogFileWhenOneIsNamed) {
  const test::Sandbox box;
  Command command = shell("echo one; echo two >&2");
  command.log_file = box.path("server.log");
  EXPECT_EQ(run(command).output, "");
  run(command);
  EXPECT_EQ(content_of(box.path("server.log")), "one\ntwo\none\ntwo\n");
  ASSERT_EQ(::symlink("/etc/motd", box.path("link").c_str()), 0);
  command.log_file = box.path("link");
  EXPECT_EQ(run_process(command, {}).error().exit, ExitCode::disk_space) << "a link is not followed";
}

TEST(Processes, NamedChildrenRunAreStoppedAndEndWithTheHost) {
  const test::Sandbox box;
  NoLog log;
  std::string helper;
  {
    auto processes = make_processes(log);
    // Started from a thread that ends at once: the child must not notice.
    std::jthread([&] { EXPECT_TRUE(processes->start("server", shell("exec sleep 300"))); }).join();
    std::this_thread::sleep_for(milliseconds(200));
    EXPECT_TRUE(processes->is_running("server"));
    EXPECT_EQ(processes->start("server", shell("true")).error().id, "tool.failed");
    EXPECT_TRUE(processes->stop("server", SIGINT, std::chrono::seconds(5)));
    EXPECT_FALSE(processes->is_running("server"));
    EXPECT_TRUE(processes->stop("server", SIGINT, std::chrono::seconds(5))) << "gone is fine";

    EXPECT_TRUE(processes->start("stubborn", shell("trap '' INT; sleep 300 & echo $! > " +
                                                   box.path("helper") + "; while :; do sleep 1; done")));
    helper = wait_for(box.path("helper"));
    EXPECT_TRUE(processes->stop("stubborn", SIGINT, std::chrono::seconds(1)));
    EXPECT_TRUE(dies(helper));

    EXPECT_TRUE(processes->start("last", shell("echo $$ > " + box.path("last") + "; exec sleep 300")));
    helper = wait_for(box.path("last"));
  }
  EXPECT_TRUE(dies(helper));
}

TEST(Processes, AnEndedChildIsNotRunningAndItsNameIsFree) {
  NoLog log;
  auto processes = make_processes(log);
  ASSERT_TRUE(processes->start("short", shell("exit 3")));
  for (int i = 0; i < 6000 && processes->is_running("short"); ++i)
    std::this_thread::sleep_for(milliseconds(10));
  EXPECT_FALSE(processes->is_running("short"));
  EXPECT_TRUE(processes->start("short", shell("true")));
}

TEST(Processes, TheKernelEndsThemWhenWeAreKilled) {
  const test::Sandbox box;
  const pid_t us = ::fork();
  if (us == 0) {
    NoLog log;
    auto processes = make_processes(log);
    static_cast<void>(processes->start("server", shell("echo $$ > " + box.path("pid") + "; exec sleep 300")));
    ::pause();
  }
  const std::string pid = wait_for(box.path("pid"));
  EXPECT_TRUE(is_alive(pid));
  ::kill(us, SIGKILL);
  ::waitpid(us, nullptr, 0);
  EXPECT_TRUE(dies(pid));
}

TEST(Host, SleepEndsWhenCancelled) {
  NoLog log;
  auto host = make_host(log);
  std::stop_source stop;
  std::jthread canceller([&] { stop.request_stop(); });
  const double before = host->clock().elapsed();
  host->clock().sleep(std::chrono::minutes(10), CancellationToken(stop.get_token()));
  EXPECT_LT(host->clock().elapsed() - before, 500);
  EXPECT_EQ(host->accounts().is_root(), ::geteuid() == 0);
  EXPECT_EQ(host->accounts().name_of(0), "root");
}

/// All that a stream gives.
Result<std::string> read_all(ByteSource& stream) {
  std::string all;
  std::string buffer(100'000, '\0');
  while (const std::size_t got = RECOVER_TRY(stream.read(buffer.data(), buffer.size())))
    all.append(buffer, 0, got);
  return all;
}

Result<std::string> stream_of(const Command& command, const CancellationToken& cancel = {}) {
  const auto stream = RECOVER_TRY(stream_process(command, cancel));
  return read_all(*stream);
}

TEST(ProcessStream, GivesEverythingHoweverLargeAndErrorsNeverBlockIt) {
  const auto all = stream_of(
      shell("head -c 64000000 /dev/zero & (head -c 32000000 /dev/zero | tr '\\0' 'e') >&2; wait; echo end"));
  ASSERT_TRUE(all) << all.error().cause;
  EXPECT_EQ(all->size(), 64'000'004U);
  EXPECT_TRUE(all->ends_with("end\n"));
  EXPECT_EQ(stream_of(shell("exit 0")).value_or("?"), "");
}

TEST(ProcessStream, AFailureComesAfterTheOutputWithTheLastLinesOfStandardError) {
  const auto stream = stream_process(
      shell("echo data; i=0; while [ $i -lt 20 ]; do i=$((i+1)); echo line $i >&2; done; exit 3"), {});
  ASSERT_TRUE(stream);
  std::string text(100, '\0');
  text.resize((*stream)->read(text.data(), text.size()).value_or(0));
  EXPECT_EQ(text, "data\n");
  const auto failed = (*stream)->read(text.data(), text.size());
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().id, "tool.failed");
  EXPECT_EQ(failed.error().cause.find("line 10\n"), std::string::npos);
  EXPECT_NE(failed.error().cause.find("it ended with 3: line 11\n"), std::string::npos)
      << failed.error().cause;
  EXPECT_TRUE(failed.error().cause.ends_with("line 20"));
  EXPECT_FALSE((*stream)->read(text.data(), text.size())) << "an error stays";
  EXPECT_EQ(stream_of(shell("kill -9 $$")).error().id, "tool.failed");
  Command missing;
  missing.program = "no-such-program-at-all";
  EXPECT_EQ(stream_process(missing, {}).error().id, "tool.missing");
}

TEST(ProcessStream, StandardErrorGoesToALogFileWhereOneIsNamed) {
  const test::Sandbox box;
  Command command = shell("echo data; echo message >&2; exit 1");
  command.log_file = box.path("log");
  const auto failed = stream_of(command);
  ASSERT_FALSE(failed);
  EXPECT_NE(failed.error().cause.find(box.path("log")), std::string::npos);
  EXPECT_EQ(content_of(box.path("log")), "message\n");
}

TEST(ProcessStream, LeavingEarlyEndsTheWholeGroup) {
  const test::Sandbox box;
  const std::string script = "(trap '' TERM; while :; do sleep 1; done) & echo $! > " +
                             box.path("grandchild") + "; echo $$ > " + box.path("child") +
                             "; while :; do echo data; done";
  {
    const auto stream = stream_process(shell(script), {});
    ASSERT_TRUE(stream);
    char byte = 0;
    EXPECT_EQ((*stream)->read(&byte, 1).value_or(0), 1U);
    wait_for(box.path("child"));
  }
  EXPECT_TRUE(dies(wait_for(box.path("child"))));
  EXPECT_TRUE(dies(wait_for(box.path("grandchild"))));
}

TEST(ProcessStream, CancellingAndTheTimeLimitEndASilentProgram) {
  std::stop_source stop;
  const test::Sandbox box;
  std::jthread canceller([&] {
    wait_for(box.path("child"));
    stop.request_stop();
  });
  const auto cancelled = stream_of(shell("echo $$ > " + box.path("child") + "; exec sleep 300"),
                                   CancellationToken(stop.get_token()));
  ASSERT_FALSE(cancelled);
  EXPECT_EQ(cancelled.error().id, "run.cancelled");
  EXPECT_TRUE(dies(wait_for(box.path("child"))));
  Command slow = shell("while :; do echo data; done");
  slow.time_limit = std::chrono::seconds(1);
  const auto late = stream_of(slow);
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().id, "run.timeout");
}

TEST(ProcessStream, AGrandchildThatHoldsThePipeIsNotWaitedFor) {
  const test::Sandbox box;
  const std::string script = "setsid sleep 300 & echo $! > " + box.path("pid") + "; echo done";
  EXPECT_EQ(stream_of(shell(script)).value_or("?"), "done\n");
  ::kill(std::stoi(wait_for(box.path("pid"))), SIGKILL);
}

TEST(ProcessStream, TellsHowMuchAProgramReadThatOpensItsFilesItself) {
  const test::Sandbox box;
  box.write("big", std::string(1'000'000, 'x'));
  Command command;
  command.program = "/usr/bin/python3";
  command.arguments = {"-c",
                       "import sys,time\nsys.stdout.write(open(sys.argv[1]).read()); sys.stdout.flush()\n"
                       "time.sleep(300)",
                       box.path("big")};
  const auto stream = stream_process(command, {});
  ASSERT_TRUE(stream);
  std::string text(1'000'000, '\0');
  for (std::size_t got = 0; got < text.size();)
    got += (*stream)->read(text.data() + got, text.size() - got).value_or(text.size());
  EXPECT_GE((*stream)->stored_consumed(), 1'000'000U);
}

TEST(Process, AnInputFileIsOpenedByUsAndSeekable) {
  const test::Sandbox box;
  box.write("source/dump", "first line\nsecond line\n");
  ::chmod(box.path("source/dump").c_str(), 0600);
  Command command;
  command.program = "/usr/bin/python3";
  command.arguments = {"-c",
                       "import os,sys\nos.lseek(0,6,0)\nsys.stdout.write(os.read(0,4).decode())\n"
                       "try: os.write(0,b'x')\nexcept OSError: sys.stdout.write(' read-only')"};
  command.input_file = box.path("source/dump");
  command.run_as = "nobody";
  EXPECT_EQ(run(command).output, "line read-only") << "only root may read this file: run the tests as root";
  EXPECT_EQ(stream_of(command).value_or("?"), "line read-only");
  EXPECT_EQ(content_of(box.path("source/dump")), "first line\nsecond line\n");
  const auto stream = stream_process(command, {});
  ASSERT_TRUE(stream);
  ASSERT_TRUE(read_all(**stream));
  EXPECT_EQ((*stream)->stored_consumed(), 10U) << "the place in the file is the child's";
  EXPECT_EQ((*stream)->stored_size(), 23U);
  std::filesystem::create_symlink(box.path("source/dump"), box.path("source/link"));
  command.input_file = box.path("source/link");
  EXPECT_EQ(run_process(command, {}).error().id, "source.unsafe_path");
  command.input_file = box.path("source/absent");
  EXPECT_EQ(stream_process(command, {}).error().id, "source.not_found");
}

}  // namespace
}  // namespace recover::sys
