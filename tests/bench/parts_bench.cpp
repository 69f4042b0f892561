// How fast the inner loops are that touch every byte or every name. Bytes per second are printed; what
// they mean for a whole run is measured by scan.sh and copy.sh.
#include "core/text/format.hpp"
#include "plugins/postgresql/page_checksum.hpp"
#include "plugins/redis/crc64.hpp"

#include <benchmark/benchmark.h>

#include <cstddef>
#include <string>
#include <vector>

namespace recover {
namespace {

void page_checksum(benchmark::State& state) {
  std::vector<std::byte> pages(1 << 20, std::byte{0x55});
  for (auto _ : state) {
    for (std::size_t at = 0; at < pages.size(); at += 8192) {
      benchmark::DoNotOptimize(postgresql::page_checksum({pages.data() + at, 8192}, 7));
    }
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(pages.size()));
}
BENCHMARK(page_checksum);

void redis_crc64(benchmark::State& state) {
  const std::string data(1 << 20, 'x');
  for (auto _ : state) benchmark::DoNotOptimize(redis::crc64(0, data));
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(data.size()));
}
BENCHMARK(redis_crc64);

void glob_match(benchmark::State& state) {
  for (auto _ : state)
    benchmark::DoNotOptimize(text::glob_match("*.sql.gz", "node_modules_index_of_something.js"));
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(glob_match);

}  // namespace
}  // namespace recover
