// One copy of a tree by recover's copier, as a process that a script can time beside cp and rsync.
//   recover_copy_bench SOURCE TARGET (durable|buffered) (inspect|hash) [THREADS]
// `inspect` verifies the checksum of every PostgreSQL page on the way, `hash` only hashes.
#include "core/model/silent.hpp"
#include "core/strategy/tree_copy.hpp"
#include "postgresql/page_checksum.hpp"

#include <cstdio>
#include <cstdlib>
#include <string>

int main(int count, char** words) {
  if (count != 5 && count != 6) {
    std::fprintf(stderr, "usage: %s SOURCE TARGET (durable|buffered) (inspect|hash) [THREADS]\n", words[0]);
    return 64;
  }
  recover::CopyTree spec;
  spec.source_root = words[1];
  spec.to = words[2];
  spec.inspect = std::string(words[4]) == "inspect";
  recover::set_fact(spec.inspect_facts, "block_size", std::int64_t{8192});
  recover::set_fact(spec.inspect_facts, "relation_segment_blocks", std::int64_t{131072});
  recover::set_fact(spec.inspect_facts, "checksums", true);
  recover::strategy::CopyOptions options;
  options.durable = std::string(words[3]) == "durable";
  if (spec.inspect) {
    options.make_inspector = [&] { return recover::postgresql::make_page_inspector(spec.inspect_facts); };
  }
  if (count == 6) options.threads = static_cast<unsigned>(std::strtoul(words[5], nullptr, 10));
  recover::Silent progress;
  const auto copied = recover::strategy::copy_tree(spec, options, progress, {});
  if (!copied) {
    std::fprintf(stderr, "%s: %s\n", copied.error().what.c_str(), copied.error().cause.c_str());
    return static_cast<int>(copied.error().exit);
  }
  std::printf("%zu files, %llu bytes, %lld pages\n", copied->files.size(),
              static_cast<unsigned long long>(copied->bytes.count),
              static_cast<long long>(recover::number_fact(copied->inspected, "checked")));
  return 0;
}
