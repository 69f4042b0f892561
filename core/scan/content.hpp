/// The whole content of a file of a source, or of a member of an archive in it, as a stream.
#pragma once

#include "recover/cancel.hpp"
#include "recover/tree.hpp"

#include <memory>
#include <string>

namespace recover::scan {

/// What is to be read. `root` is the open directory of the source (borrowed while opening).
struct Wanted {
  int root;
  std::string file;    ///< relative to root
  std::string member;  ///< of that archive, or "inner.tar!member"; empty = the file itself
  std::string shown;   ///< for messages
};

/// Opens it: see Tree::open_content(). What reads it ends with run.cancelled once `cancel` says so.
Result<std::unique_ptr<ContentSource>> open_content(const Wanted& wanted, const CancellationToken& cancel);

/// The same for bytes that lie nowhere. `shown` is for messages.
Result<std::unique_ptr<ContentSource>> open_stream(std::unique_ptr<ByteSource> bytes,
                                                   const std::string& shown);

}  // namespace recover::scan
