/// Calls of the system that a test makes fail (kill_sweep_test.cpp stands between the program and them).
#pragma once

#include <atomic>

namespace recover::test {

/// renameat2() knows no RENAME_EXCHANGE, as on NFS and some overlays.
extern std::atomic<bool> kernel_lacks_exchange;

}  // namespace recover::test
