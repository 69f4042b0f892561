// The template plugin joins the contract. A new plugin starts with a copy of this file.
#include "tests/contract/engine_contract.hpp"

namespace recover::test {

namespace {

const Joins sample("template", {
                                   {"sample_file", "srv/notes.txt", "1",
                                    made_of({{"srv/notes.txt", "recover-sample 1\nfirst\nsecond\nend 2\n"}})},
                                   {"sample_file", "cut.txt", "3",
                                    made_of({{"cut.txt", "recover-sample 3\nfirst\nsec"}})},
                               });

}  // namespace

}  // namespace recover::test
