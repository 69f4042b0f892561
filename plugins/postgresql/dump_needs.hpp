/// What a dump asks of the server it goes into, as far as its beginning or its table of contents tells.
#pragma once

#include "postgresql/archive_toc.hpp"
#include "recover/facts.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace recover::postgresql {

struct DumpNeeds {
  std::vector<std::string> extensions;  ///< that it makes, sorted
  std::vector<std::string> features;    ///< see version_rules.hpp, sorted
  bool seen_whole = false;              ///< there is nothing else in the dump
};

/// `head` are the first bytes of a script; `is_whole` when it has no others. Rows of COPY are not looked at.
DumpNeeds needs_of_script(std::string_view head, bool is_whole);

/// The table of contents has every statement of the dump.
DumpNeeds needs_of_archive(const ArchiveToc& toc);

/// Keeps them as facts of the finding (facts.hpp: extensions, old_features, head_only).
void set_needs(Facts& facts, const DumpNeeds& needs);

}  // namespace recover::postgresql
