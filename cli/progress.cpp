// How far a phase is, without ever lying: its bytes, what is counted in it, and an estimate only where there
// is one. A phase whose bytes are all read and that goes on (indexes) says so in words instead of standing at
// 99 %. Pure; display.cpp knows when and where it is shown.
#include "cli/progress.hpp"

#include "core/text/format.hpp"

#include <algorithm>
#include <cmath>
#include <ctime>
#include <string_view>

namespace recover::cli {

namespace {

constexpr double worth_telling = 10;  // seconds without a byte

/// Sizes without the blank, for key=value lines.
std::string compact(Bytes size) {
  std::string text = text::bytes(size);
  std::erase(text, ' ');
  return text;
}

Bytes whole_bytes(double count) {
  return Bytes{static_cast<std::uint64_t>(std::max(count, 0.0))};
}

bool is_all_read(const PhaseState& state) {
  return state.total.count > 0 && state.done >= state.total;
}

/// "12/61 tables", "12 tables".
std::string counted(const Count& count) {
  if (count.things.empty()) return {};
  const std::string total = count.total > 0 ? "/" + std::to_string(count.total) : "";
  return std::to_string(count.done) + total + " " + text::printable(count.things);
}

std::string bar(const PhaseState& state, std::size_t length) {
  if (length == 0) return {};
  const std::size_t full = length * static_cast<std::size_t>(percent_done(state)) / 100;
  return "[" + std::string(full, '#') + std::string(length - full, '-') + "]  ";
}

/// A unit in which a range is read at a glance.
struct Unit {
  double seconds;
  std::string_view name;
};

Unit unit_for(double seconds) {
  if (seconds < 100) return {1, "s"};
  if (seconds < 100 * 60) return {60, "min"};
  return {3600, "h"};
}

}  // namespace

int percent_done(const PhaseState& state) {
  if (state.total.count == 0) return 0;
  const double share = static_cast<double>(state.done.count) / static_cast<double>(state.total.count);
  return std::clamp(static_cast<int>(share * 100), 0, 99);
}

std::string time_left(const std::optional<Estimate>& left) {
  constexpr double narrow = 1.15;
  constexpr double vague = 4;  // what comes behind the bytes is not known yet: the upper end says nothing
  constexpr double worth_a_number = 5;
  if (!left) return "estimating";
  const bool is_vague = left->least >= worth_a_number && left->most > left->least * vague;
  const Unit unit = unit_for(is_vague ? left->least : left->most);
  const auto least = std::to_string(static_cast<std::int64_t>(std::floor(left->least / unit.seconds)));
  const auto most = std::to_string(static_cast<std::int64_t>(std::ceil(left->most / unit.seconds)));
  std::string words = least + "-" + most;
  if (is_vague) {
    words = "at least " + least;
  } else if (left->most <= left->least * narrow) {
    words = "about " + std::to_string(std::llround((left->least + left->most) / 2 / unit.seconds));
  } else if (least == "0") {
    words = "less than " + most;
  }
  return words + " " + std::string(unit.name) + " left";
}

std::string amount_done(const PhaseState& state, std::size_t bar_length) {
  const std::string things = counted(state.count);
  const std::string also = things.empty() ? "" : ", " + things;
  if (is_all_read(state)) {
    return "all " + text::bytes(state.total) + " read" + also +
           (state.left ? "   " + time_left(state.left) : std::string{});
  }
  if (state.total.count == 0) return state.done.count > 0 ? text::bytes(state.done) + also : things;
  std::string text = bar(state, bar_length) + std::to_string(percent_done(state)) + " %   " +
                     text::bytes(state.done) + " / " + text::bytes(state.total) + also + "   ";
  if (state.idle >= worth_telling) return text + "nothing moved for " + text::duration(state.idle);
  if (state.rate > 0) text += text::bytes(whole_bytes(state.rate)) + "/s   ";
  return text + time_left(state.left);
}

std::string terminal_line(const PhaseState& state, unsigned width) {
  std::string line = text::printable(state.item) + (state.item.empty() ? "" : "  ") + state.phase;
  if (const std::string amount = amount_done(state, 0); !amount.empty()) line += "  " + amount;
  if (!state.detail.empty()) line += "  " + text::printable(state.detail);
  // One column stays free: some terminals wrap when the last one is written.
  std::size_t end = std::min<std::size_t>(line.size(), width > 1 ? width - 1 : 1);
  while (end > 0 && end < line.size() && (static_cast<unsigned char>(line[end]) & 0xC0U) == 0x80U) --end;
  return line.substr(0, end);
}

std::string plain_line(const PhaseState& state) {
  std::string line = text::timestamp(std::time(nullptr)) + " info  phase=" + state.phase;
  if (!state.item.empty()) line += " item=" + text::printable(state.item);
  line += " done=" + compact(state.done);
  if (state.total.count > 0) {
    line += " total=" + compact(state.total) + " pct=" + std::to_string(percent_done(state)) +
            " rate=" + compact(whole_bytes(state.rate)) + "/s";
  }
  if (!state.count.things.empty()) line += " counted=" + text::shell_quoted(counted(state.count));
  if (state.left) {
    line += " eta=" + std::to_string(std::llround(state.left->least)) + "-" +
            std::to_string(std::llround(state.left->most)) + "s";
  }
  if (!state.detail.empty()) line += " at=" + text::shell_quoted(text::printable(state.detail));
  return line;
}

json::Json amount_fields(const PhaseState& state) {
  json::Json fields{{"bytes_done", state.done.count}};
  if (state.total.count > 0) fields["bytes_total"] = state.total.count;
  fields["seconds"] = state.seconds;
  if (state.total.count > 0) fields["bytes_per_second"] = std::llround(state.rate);
  if (!state.count.things.empty()) {
    fields["count"] = {{"things", state.count.things}, {"done", state.count.done}};
    if (state.count.total > 0) fields["count"]["total"] = state.count.total;
  }
  if (state.left)
    fields["seconds_left"] = {{"least", std::llround(state.left->least)},
                              {"most", std::llround(state.left->most)}};
  return fields;
}

json::Json progress_fields(const std::string& id, const PhaseState& state) {
  json::Json fields{{"phase", state.phase}};
  if (!id.empty()) fields["id"] = id;
  json::put_text(fields, "item", state.item);
  fields.update(amount_fields(state));
  if (!state.detail.empty()) json::put_text(fields, "detail", state.detail);
  return fields;
}

}  // namespace recover::cli
