// How fast a plain dump is cut: COPY data, INSERT statements, short statements; and what the sum of rows
// costs beside it. The dump is in memory, so only the splitter is measured.
#include "postgresql/dump/policy.hpp"
#include "postgresql/dump/row_sum.hpp"
#include "postgresql/dump/splitter.hpp"
#include "postgresql/dump/statement.hpp"
#include "tests/support/text_source.hpp"

#include <benchmark/benchmark.h>

#include <string>

namespace recover::postgresql::dump {
namespace {

constexpr std::size_t dump_size = std::size_t{64} << 20;

std::string repeated(const std::string& begin, const std::string& part, const std::string& end) {
  std::string text = begin;
  while (text.size() < dump_size) text += part;
  return text + end;
}

template <typename Use>
void split(benchmark::State& state, const std::string& dump, Use use) {
  for (auto _ : state) {
    recover::test::TextSource source(dump);
    Splitter splitter(source);
    for (;;) {
      auto piece = splitter.next();
      if (!piece || !*piece) break;
      use(**piece);
    }
    if (splitter.offset() != dump.size()) state.SkipWithError("the dump was not split");
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(dump.size()));
}

const std::string row =
    "4711\tsome words of a name\t2024-03-01 01:30:00+00\t3.14\t\\N\tmore text that fills the row\n";

void copy_data(benchmark::State& state) {
  const std::string dump = repeated("COPY t FROM stdin;\n", row, "\\.\n");
  split(state, dump, [](const Piece& piece) { benchmark::DoNotOptimize(piece.text.size()); });
}
BENCHMARK(copy_data);

void copy_data_of_two_bytes(benchmark::State& state) {
  const std::string dump = repeated("COPY t FROM stdin;\n", "7\n", "\\.\n");
  split(state, dump, [](const Piece& piece) { benchmark::DoNotOptimize(piece.text.size()); });
}
BENCHMARK(copy_data_of_two_bytes);

void copy_data_with_sum(benchmark::State& state) {
  const std::string dump = repeated("COPY t FROM stdin;\n", row, "\\.\n");
  RowSum sum;
  split(state, dump, [&](const Piece& piece) {
    if (piece.kind == PieceKind::copy_rows) sum.add_rows(piece.text);
  });
}
BENCHMARK(copy_data_with_sum);

void insert_statements(benchmark::State& state) {
  const std::string dump = repeated(
      "",
      "INSERT INTO public.t VALUES (4711, 'some words of a name', '2024-03-01 01:30:00+00', 3.14, NULL);\n",
      "");
  split(state, dump, [](const Piece& piece) { benchmark::DoNotOptimize(piece.text.size()); });
}
BENCHMARK(insert_statements);

void one_insert_of_everything(benchmark::State& state) {
  const std::string dump = repeated("INSERT INTO public.t VALUES ",
                                    "(4711, 'some words of a name', '2024-03-01', 3.14, NULL),\n", "(1);\n");
  split(state, dump, [](const Piece& piece) { benchmark::DoNotOptimize(piece.text.size()); });
}
BENCHMARK(one_insert_of_everything);

void insert_statements_described_and_judged(benchmark::State& state) {
  const std::string dump = repeated(
      "",
      "INSERT INTO public.t VALUES (4711, 'some words of a name', '2024-03-01 01:30:00+00', 3.14, NULL);\n",
      "");
  split(state, dump, [](const Piece& piece) {
    benchmark::DoNotOptimize(describe(piece.text).kind);
    benchmark::DoNotOptimize(judge(piece, {}).has_value());
  });
}
BENCHMARK(insert_statements_described_and_judged);

}  // namespace
}  // namespace recover::postgresql::dump
