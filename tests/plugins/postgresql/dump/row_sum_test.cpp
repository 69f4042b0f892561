// Sums of rows: what must not change them, and that everything else does.
#include "postgresql/dump/row_sum.hpp"

#include <gtest/gtest.h>

namespace recover::postgresql::dump {
namespace {

std::string sum(std::string_view rows, RowForm form = {}) {
  RowSum sum(std::move(form));
  sum.add_rows(rows);
  return sum.text();
}

TEST(RowSum, ForgetsTheOrderAndNothingElse) {
  const std::string rows = sum("a\t1\nb\t2\nb\t2\n");
  EXPECT_EQ(rows, sum("b\t2\na\t1\nb\t2\n"));
  EXPECT_TRUE(rows.starts_with("3:"));
  EXPECT_NE(rows, sum("a\t1\na\t1\nb\t2\n"));
  EXPECT_NE(rows, sum("a\t1\nb\t2\n"));
  EXPECT_NE(rows, sum("a\t1\nb\t2\nb\t3\n"));
  EXPECT_NE(sum("a\t1\nb\t2\n"), sum("a\t2\nb\t1\n"));
  EXPECT_EQ(sum(""), "0:00000000000000000000000000000000");
  EXPECT_NE(sum("\n"), sum(""));
}

TEST(RowSum, IsTheSumOfTheHashes) {
  // XXH3-128 of no bytes at all (xxhsum -H2 /dev/null), and twice that.
  EXPECT_EQ(sum("\n"), "1:99aa06d3014798d86001c324468d497f");
  EXPECT_EQ(sum("\n\n"), "2:33540da6028f31b0c00386488d1a92fe");
}

TEST(RowSum, PartsAddUp) {
  RowSum one;
  RowSum two;
  RowSum whole;
  for (int i = 0; i < 1000; ++i) {
    const std::string row = std::to_string(i) + "\n";
    (i % 3 == 0 ? one : two).add_rows(row);
    whole.add_rows(row);
  }
  one.merge(two);
  EXPECT_EQ(one, whole);
  EXPECT_EQ(one.text(), whole.text());
  EXPECT_EQ(one.rows(), 1000U);
}

TEST(RowSum, LineEndsAreNotContent) {
  EXPECT_EQ(sum("a\r\nb\r\n"), sum("a\nb\n"));
  EXPECT_EQ(sum("a\\\nb\n"), sum("a\\nb\n"));
  EXPECT_EQ(sum("a\\\\\nb\n"), sum("b\na\\\\\n"));
  RowForm lines;
  lines.lines_are_rows = true;
  EXPECT_TRUE(sum("a\\\nb\n", lines).starts_with("2:"));
}

TEST(RowForm, TimestampsAreBroughtToUtc) {
  EXPECT_EQ(at_utc("2024-03-01 01:30:00+02"), "2024-02-29 23:30:00+00");
  EXPECT_EQ(at_utc("2023-12-31 23:30:00.25-05:30"), "2024-01-01 05:00:00.25+00");
  EXPECT_EQ(at_utc("1890-01-01 00:00:00+00:53:28"), "1889-12-31 23:06:32+00");
  EXPECT_EQ(at_utc("0001-01-01 00:00:00+02"), "0001-12-31 22:00:00+00 BC");
  EXPECT_EQ(at_utc("0044-03-15 12:00:00-00 BC"), "0044-03-15 12:00:00+00 BC");
  EXPECT_EQ(at_utc("294276-12-31 23:59:59.999999+00"), "294276-12-31 23:59:59.999999+00");
  EXPECT_EQ(at_utc("2024-03-01 24:00:00+00"), "2024-03-02 00:00:00+00");
  EXPECT_EQ(at_utc("2024-03-01 01:30:00+00:30"), "2024-03-01 01:00:00+00");
  EXPECT_EQ(at_utc("0044-03-15 12:00:00+00 BC"), "0044-03-15 12:00:00+00 BC");
  EXPECT_EQ(at_utc("{\"2024-03-01 01:30:00+02\",NULL}"), "{\"2024-02-29 23:30:00+00\",NULL}");
  EXPECT_EQ(at_utc("[\"2024-03-01 01:30:00+02\",infinity)"), "[\"2024-02-29 23:30:00+00\",infinity)");
  for (const char* text :
       {"\\N", "infinity", "-infinity", "2024-03-01 01:30:00", "2024-03-01", "12024", ""}) {
    EXPECT_EQ(at_utc(text), text);
  }
}

TEST(RowForm, FloatsAreBroughtToTheShortestForm) {
  EXPECT_EQ(shortest_double("0.10000000000000001"), shortest_double("0.1"));
  EXPECT_EQ(shortest_double("1e+20"), shortest_double("100000000000000000000"));
  EXPECT_EQ(shortest_real("0.100000001"), shortest_real("0.1"));
  EXPECT_NE(shortest_double("0.1"), shortest_double("0.10000000000000002"));
  EXPECT_NE(shortest_double("0"), shortest_double("-0"));
  EXPECT_EQ(shortest_double("5e-324"), "5e-324");
  for (const char* text : {"NaN", "Infinity", "-Infinity", "\\N", "{1,2}", ""}) {
    EXPECT_EQ(shortest_double(text), text);
    EXPECT_EQ(shortest_real(text), text);
  }
}

TEST(RowForm, NumbersInsideOfTexts) {
  EXPECT_EQ(with_shortest_doubles("{0.10000000000000001,1.00000000000000003e-300,NaN}"), "{0.1,1e-300,NaN}");
  EXPECT_EQ(with_shortest_doubles("(-0.33333333333333331,\"a b\")"), "(-0.3333333333333333,\"a b\")");
  EXPECT_NE(with_shortest_doubles("{0.1}"), with_shortest_doubles("{0.10000000000000002}"));
  EXPECT_EQ(with_shortest_reals("(0.333333333333333315,0.142857149)"),
            with_shortest_reals("(0.3333333333333333,0.14285715)"));
  EXPECT_EQ(with_shortest_reals("{1.00000000000000003e-300,-0}"), "{1e-300,-0}");
  EXPECT_NE(with_shortest_reals("{0.1,0.2}"), with_shortest_reals("{0.1,0.20001}"));
  const RowForm form{{}, {}, {}, {1}, {}, false};
  EXPECT_EQ(sum("0.10\t[0.10000000000000001,\"2001-01-01 01:00:00+01\"]\n", form),
            sum("0.10\t[0.1,\"2001-01-01 00:00:00+00\"]\n", form));
  EXPECT_NE(sum("0.10\t1\n", form), sum("0.1\t1\n", form));
}

TEST(RowForm, OnlyTheNamedColumns) {
  const RowForm form{{1}, {2}, {3}, {}, {}, false};
  EXPECT_EQ(sum("2024-03-01 01:30:00+02\t2024-03-01 01:30:00+02\t0.10000000000000001\t0.100000001\n", form),
            sum("2024-03-01 01:30:00+02\t2024-02-29 23:30:00+00\t0.1\t0.1\n", form));
  EXPECT_NE(sum("2024-03-01 01:30:00+02\ta\n", form), sum("2024-02-29 23:30:00+00\ta\n", form));
  EXPECT_EQ(sum("a\n", form), sum("a\n"));
}

}  // namespace
}  // namespace recover::postgresql::dump
