/// Errors as values: a letter to a tired person at night. Every error is an instance of a catalogue
/// row (ErrorKind), so an id without an entry in the catalogue does not compile.
#pragma once

#include "recover/facts.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace recover {

/// Process exit codes (docs/exit-codes.md). The numbers are public and never reused.
enum class ExitCode : int {
  ok = 0,
  connection = 1,
  disk_space = 2,
  verification_failed = 3,
  partial = 4,
  nothing_found = 5,
  incompatible = 6,
  tool_missing = 7,
  refused = 8,
  locked = 9,
  source_read = 10,
  timeout = 11,
  server_failed = 12,
  rollback_incomplete = 13,
  security = 14,
  salvaged = 15,
  usage = 64,
  internal = 70,
  config = 78,
  hangup = 129,
  interrupted = 130,
  terminated = 143,
};

/// One row of an error catalogue (core/model/errors.def, plugins/*/errors.def). Static data.
struct ErrorKind {
  const char* id;       ///< stable dotted name, "disk.not_enough_space"
  ExitCode exit;        ///< exit code of a run that ends with this error
  bool retryable;       ///< a plain repetition may succeed
  const char* title;    ///< lower case, no final period
  const char* meaning;  ///< what it says about the world, for `recover explain`; full sentences
  const char* fix;      ///< one or two imperative sentences
};

/// A failure. `what` says what could not be done with which object, `cause` what the world
/// answered, `fix` what to do next, `state` in what state things were left. Plain strings: an Error
/// may outlive the plugin call that made it. Rendering belongs to the reporters.
struct [[nodiscard]] Error {
  std::string id;
  ExitCode exit = ExitCode::internal;
  bool retryable = false;
  std::string title;
  std::string what;
  std::string cause;
  std::string fix;
  std::string state;
  std::vector<std::string> trail;  ///< "while ...", innermost first
  Facts facts;

  /// Adds a named fact (path, offset, expected/found); returns *this for chaining.
  Error&& with(std::string name, Value value) &&;
  /// Replaces the catalogue's advice by a more exact one.
  Error&& advise(std::string text) &&;
  /// Says in what state source and target were left.
  Error&& leaving(std::string text) &&;
  /// Adds one line of context ("while copying base/16384").
  Error&& during(std::string activity) &&;
};

/// An error of this kind. `what` names the object; `cause` may be empty.
Error make_error(const ErrorKind& kind, std::string what, std::string cause = {});

/// An error of this kind whose cause is the text of `error_number` (errno).
Error make_system_error(const ErrorKind& kind, std::string what, int error_number);

/// Name of an exit code as printed in help and reports ("disk space").
std::string_view exit_code_name(ExitCode code);

/// All rows of core's own catalogue.
std::span<const ErrorKind> core_error_kinds();

}  // namespace recover
