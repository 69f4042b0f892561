// Case R49: memory stays below 512 MB (plus the largest single statement) whatever comes: a stream of
// gigabytes, more rows than the server takes at once, one statement of 200 MB, a hundred thousand tables. The
// sizes are smaller than in the list, because what is bounded does not grow with them and what grows shows
// already. Sanitizers use memory of their own: there the bound is not looked at.
#include "tests/support/recovering.hpp"

#include <filesystem>

namespace recover::test {
namespace {

constexpr int major = 15;
constexpr std::int64_t megabyte = 1 << 20;
constexpr std::int64_t bound = 512 * megabyte;

/// Writes into the program's standard input what `body` (Python, "out" is the pipe) makes, and tells exit
/// status and peak memory (VmHWM: its own, not that of its servers).
constexpr const char* feeder =
    "import subprocess, sys, threading, time\n"
    "child = subprocess.Popen(sys.argv[2:], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,\n"
    "                         stderr=subprocess.PIPE)\n"
    "peak = 0\n"
    "def watch():\n"
    "    global peak\n"
    "    while child.poll() is None:\n"
    "        for line in open('/proc/%d/status' % child.pid):\n"
    "            if line.startswith('VmHWM'): peak = max(peak, int(line.split()[1]) * 1024)\n"
    "        time.sleep(0.02)\n"
    "errors = []\n"
    "threads = [threading.Thread(target=watch),\n"
    "           threading.Thread(target=lambda: errors.append(child.stderr.read()))]\n"
    "for thread in threads: thread.start()\n"
    "out = child.stdin\n"
    "try:\n"
    "    exec(sys.argv[1])\n"
    "    out.close()\n"
    "except BrokenPipeError:\n"
    "    pass\n"
    "for thread in threads: thread.join()\n"
    "print(child.returncode, peak)\n"
    "sys.stderr.write(errors[0].decode(errors='replace'))\n";

class Memory : public Recovering {
 protected:
  /// The peak of `recover WORDS` fed with `body`; fails when the program does not succeed.
  std::int64_t peak(const std::string& body, const std::vector<std::string>& words) {
    const std::string whole = "out.write(b'--\\n-- PostgreSQL database dump\\n--\\n')\n" + body +
                              "out.write(b'--\\n-- PostgreSQL database dump complete\\n--\\n')\n";
    std::vector<std::string> command{"python3",       "-c",          feeder,     whole,
                                     RECOVER_PROGRAM, "--state-dir", box.state()};
    command.insert(command.end(), words.begin(), words.end());
    for (const char* word : {"--min-free", "100MB", "--bindir"}) command.emplace_back(word);
    command.push_back(server_programs(major));
    const Outcome outcome = Sandbox::run(command);
    const std::size_t blank = outcome.out.find(' ');
    EXPECT_EQ(outcome.out.substr(0, blank), "0") << outcome.out << outcome.err;
    return blank == std::string::npos ? 0 : std::stoll(outcome.out.substr(blank));
  }
  static bool is_sanitized() { return std::string(RECOVER_SANITIZERS) != ""; }
  static void expect_below(std::int64_t measured, std::int64_t limit) {
    RecordProperty("peak_megabytes", static_cast<int>(measured / megabyte));
    EXPECT_GT(measured, megabyte);
    if (is_sanitized()) return;  // which take several times the memory
    EXPECT_LE(measured, limit) << measured / megabyte << " MB";
  }
};

constexpr const char* rows =
    "block = b''.join(b'%d\\tsome text of a row that repeats itself\\n' % (i % 1000) for i in "
    "range(20000))\n";

TEST_F(Memory, R49_AStreamOfGigabytesIsRead) {
  expect_below(
      peak(std::string(rows) + "out.write(b'CREATE TABLE t (i int, s text);\\nCOPY t FROM stdin;\\n')\n"
                               "for i in range(2500): out.write(block)\n"
                               "out.write(b'\\\\.\\n')\n",
           {"verify", "-"}),
      bound);
}

TEST_F(Memory, R49_RowsComeFasterThanTheServerTakesThem) {
  expect_below(
      peak(std::string(rows) +
               "for t in range(4):\n"
               "    out.write(b'CREATE TABLE t%d (i int, s text);\\nCOPY t%d FROM stdin;\\n' % (t, t))\n"
               "    for i in range(100): out.write(block)\n"
               "    out.write(b'\\\\.\\n')\n",
           {"-", "--yes"}),
      bound);
}

TEST_F(Memory, R49_OneStatementOfTwoHundredMegabytes) {
  expect_below(peak("out.write(b'CREATE TABLE t (s text);\\nINSERT INTO t VALUES (\\'')\n"
                    "for i in range(200): out.write(b'x' * 1048576)\n"
                    "out.write(b'\\');\\n')\n",
                    {"-", "--yes"}),
               bound + 200 * megabyte);
}

TEST_F(Memory, R49_AHundredThousandTables) {
  expect_below(peak("for t in range(100000): out.write(b'CREATE TABLE table_with_a_long_name_%d (i int);\\n"
                    "COPY table_with_a_long_name_%d FROM stdin;\\n1\\n\\\\.\\n' % (t, t))\n",
                    {"verify", "-"}),
               bound);
  expect_below(peak("for t in range(5000): out.write(b'CREATE TABLE table_with_a_long_name_%d (i int);\\n"
                    "COPY table_with_a_long_name_%d FROM stdin;\\n1\\n\\\\.\\n' % (t, t))\n",
                    {"-", "--yes"}),
               bound);
}

}  // namespace
}  // namespace recover::test
