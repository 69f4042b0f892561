/// One temporary world per test: a source tree, a state directory, and the real program run on them.
#pragma once

#include <string>
#include <vector>

namespace recover::test {

struct Outcome {
  int exit = -1;
  std::string out;
  std::string err;
};

/// Removes itself. Checks in its destructor that the digest of every directory registered with
/// protect() is what it was (promise 1): a difference fails the test.
class Sandbox {
 public:
  Sandbox();
  ~Sandbox();
  Sandbox(const Sandbox&) = delete;
  Sandbox& operator=(const Sandbox&) = delete;

  [[nodiscard]] std::string path(const std::string& relative) const;  ///< absolute
  [[nodiscard]] std::string source() const;                           ///< path("source"), made empty
  [[nodiscard]] std::string state() const;                            ///< path("state")
  void write(const std::string& relative, const std::string& content) const;
  void make_directory(const std::string& relative) const;

  /// From now on this tree must not change: names, types, sizes, contents, modes, owners, mtimes.
  void protect(const std::string& absolute);
  /// Runs the built `recover` with --state-dir and no inherited configuration. Adds nothing else.
  Outcome recover(const std::vector<std::string>& arguments) const;
  /// Runs any program (absolute or in PATH), without a shell.
  static Outcome run(const std::vector<std::string>& command, const std::string& directory = "/",
                     const std::string& run_as = "");

 private:
  std::string root_;
  std::vector<std::pair<std::string, std::string>> protected_;
};

/// A digest over names, types, sizes, contents, modes, owners and mtimes of a tree.
std::string tree_digest(const std::string& absolute);

/// Makes (once per machine) and returns the directory of a fixture: runs tests/fixtures/NAME.sh with
/// the cache directory as argument. A missing package fails the test with its name.
std::string fixture(const std::string& name);

/// Copies a fixture or tree with owners and times (cp -a).
void copy_tree(const std::string& from, const std::string& to);

}  // namespace recover::test
