/// What all parts of one scan share.
#pragma once

#include "core/scan/examiner.hpp"
#include "core/scan/head.hpp"
#include "core/scan/scanner.hpp"

#include <semaphore>
#include <string>

namespace recover::scan {

/// Everything is borrowed and outlives the pass; all of it may be used by several threads.
struct Pass {
  const Options& options;
  const Matcher& matcher;
  Examiner& examiner;
  Collection& collection;
  Tree& tree;  ///< the source
  Progress& progress;
  const CancellationToken& cancel;
  std::counting_semaphore<>& archives;  ///< bounds how many archive indexes are in memory at once
};

/// The pattern numbers of a file's name, with and without its compressor's suffix.
Matcher::Numbers numbers_of(const Matcher& matcher, const std::string& name);

/// Examines one file of the open `directory`; `shown` is its path below the source. True when it is an
/// archive that nobody recognised as a whole and that look_inside() should see. `insist`: the file is
/// the whole source, so that it is looked at whatever its name.
bool look_at_file(const Pass& pass, HeadReader& reader, int directory, const std::string& name,
                  const std::string& shown, bool insist);

/// Indexes the archive `name` of the open `directory` and examines what is inside.
void look_inside(const Pass& pass, int directory, const std::string& name, const std::string& shown);

}  // namespace recover::scan
