/// Builders of the strategies every engine shares. Composition, not inheritance: a spec is a struct,
/// a builder a pure function; the engine inserts its own steps at the named places.
#pragma once

#include "recover/model.hpp"

#include <string>
#include <vector>

namespace recover::steps {

/// Direct copy: staging directory -> copy -> read back and compare -> the engine's middle steps ->
/// sync -> verify in isolation -> activate -> the engine's last steps.
struct DirectCopy {
  std::vector<CopyTree> copies;  ///< the data directory first, then what belongs to it
  std::vector<Step> after_copy;  ///< engine steps that make the copy startable
  std::string staging;           ///< private directory of this run; removed by undo and at the end
  std::string owner;
  Verify verify;
  Activate activate;
  std::vector<Step> after_activate;  ///< start, health check
};

/// The canonical list of steps. Pure.
std::vector<Step> direct_copy(const DirectCopy& spec);

/// Loading a dump into a fresh server: staging directory -> the engine's preparation -> load -> sync ->
/// verify in isolation -> activate -> the engine's last steps.
struct DumpLoad {
  std::string staging;  ///< private directory of this run; removed by undo and at the end
  std::string owner;
  std::vector<Step> before_load;  ///< an empty server: initialise, configuration files
  std::vector<Step> load;         ///< engine calls here read the dump through StepContext::source
  Verify verify;
  Activate activate;
  std::vector<Step> after_activate;  ///< start, health check
};

/// The canonical list of steps. Pure.
std::vector<Step> dump_load(const DumpLoad& spec);

/// Files of another version: staging directory -> copy -> read back and compare -> what makes the copy
/// startable by a server of its own version -> then as a dump, which is what that server gives. The load
/// removes the copy when nothing more will be asked of it.
struct ConvertedCopy {
  std::vector<CopyTree> copies;  ///< the data directory first, then what belongs to it
  std::vector<Step> after_copy;  ///< engine steps that make the copy startable
  DumpLoad load;
};

/// The canonical list of steps. Pure.
std::vector<Step> converted_copy(const ConvertedCopy& spec);

}  // namespace recover::steps
