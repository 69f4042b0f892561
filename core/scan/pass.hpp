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

/// An open directory and its path below the source.
struct Whereabouts {
  int descriptor = -1;
  const std::string& path;
};

enum class Look {
  as_named,  ///< as far as the name leaves it open
  insist,    ///< the file is the whole source: whatever its name
};

/// Examines one file of a directory. True when it is an archive that nobody recognised as a whole and
/// that look_inside() should see.
bool look_at_file(const Pass& pass, HeadReader& reader, const Whereabouts& directory, const std::string& name,
                  Look look);

/// Examines a stream of which only the beginning is known.
void look_at_stream(const Pass& pass, const std::string& beginning);

/// Indexes the archive `name` of a directory and examines what is inside.
void look_inside(const Pass& pass, const Whereabouts& directory, const std::string& name);

}  // namespace recover::scan
