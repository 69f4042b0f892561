/// The text of a dump, whatever its form: SQL as it lies there, or what pg_restore writes of an archive.
#pragma once

#include "recover/byte_source.hpp"
#include "recover/host.hpp"
#include "recover/model.hpp"
#include "recover/tree.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace recover::postgresql::load {

/// Facts of a plan that reads a running server (form "server").
namespace read_fact {
inline constexpr auto sockets = "read_sockets";      ///< text: directory of its socket
inline constexpr auto superuser = "read_superuser";  ///< text: role
}  // namespace read_fact

/// One file or directory of a dump.
struct DumpPart {
  std::string form;      ///< sql, archive, directory; server: what pg_dumpall gives of a running one
  std::string path;      ///< relative to the source, may lead into an archive ("a.tar!globals.sql")
  std::string database;  ///< where it goes if it does not say so itself; empty: it says so
  bool goes_on = false;  ///< a later section of the part before it: its database is there
};

/// The parts that the plan's finding is made of, in the order in which they are loaded.
std::vector<DumpPart> parts_of(const Finding& finding);

/// How a part is turned into SQL.
struct TextOptions {
  std::string bindir;                            ///< of pg_restore, for archives and directories
  std::string run_as;                            ///< system user that runs it
  std::function<void(const std::string&)> warn;  ///< is told what is odd but no error
  /// Is told the entries of an archive that was read as a stream, once its last block has passed.
  std::function<void(std::int64_t)> entries;
};

/// Opens a part of the source for one pass from front to back; what was used of the stored file is reported
/// as progress. Errors: source.*, archive.*, tool.*.
Result<std::unique_ptr<ByteSource>> open_part(const DumpPart& part, const TextOptions& options,
                                              StepContext& context);
/// The same with the programs of the plan; what is odd is logged.
Result<std::unique_ptr<ByteSource>> open_part(const DumpPart& part, const Plan& plan, StepContext& context);

/// Is it a file that can be read with jumps, neither compressed nor in an archive?
bool is_stored_plain(const DumpPart& part, Tree& source);

/// Bytes stored for this part, for progress; 0 when unknown.
Bytes stored_size(const DumpPart& part, StepContext& context);

}  // namespace recover::postgresql::load
