// How far a phase is, without ever lying: its bytes, a rate measured over it, and no estimate before there
// is something to estimate from. Pure; display.cpp knows when and where it is shown.
#include "cli/progress.hpp"

#include "core/text/format.hpp"

#include <algorithm>
#include <ctime>

namespace recover::cli {

namespace {

double rate_of(const PhaseState& state) {
  return state.seconds > 0 ? static_cast<double>(state.done.count) / state.seconds : 0;
}

/// Sizes without the blank, for key=value lines.
std::string compact(Bytes size) {
  std::string text = text::bytes(size);
  std::erase(text, ' ');
  return text;
}

}  // namespace

int percent_done(const PhaseState& state) {
  if (state.total.count == 0) return 0;
  const double share = static_cast<double>(state.done.count) / static_cast<double>(state.total.count);
  return std::clamp(static_cast<int>(share * 100), 0, 99);
}

double seconds_left(const PhaseState& state) {
  constexpr double too_early = 5;
  const double rate = rate_of(state);
  if (state.total.count == 0 || state.seconds < too_early || percent_done(state) < 2 || rate <= 0) return -1;
  const Bytes left = state.total - std::min(state.done, state.total);
  return static_cast<double>(left.count) / rate;
}

std::string terminal_line(const PhaseState& state, unsigned width) {
  std::string line = text::printable(state.item) + (state.item.empty() ? "" : "  ") + state.phase;
  if (state.total.count > 0) {
    const double left = seconds_left(state);
    line += "  " + std::to_string(percent_done(state)) + " %  " + text::bytes(state.done) + " / " +
            text::bytes(state.total) + "  " + text::bytes({static_cast<std::uint64_t>(rate_of(state))}) +
            "/s  " + (left < 0 ? "estimating" : "about " + text::duration(left) + " left");
  } else if (state.done.count > 0) {
    line += "  " + text::bytes(state.done);
  }
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
            " rate=" + compact({static_cast<std::uint64_t>(rate_of(state))}) + "/s";
  }
  const double left = seconds_left(state);
  if (left >= 0) line += " eta=" + std::to_string(static_cast<std::int64_t>(left)) + "s";
  if (!state.detail.empty()) line += " at=" + text::shell_quoted(text::printable(state.detail));
  return line;
}

json::Json progress_fields(const std::string& id, const PhaseState& state) {
  json::Json fields{{"phase", state.phase}};
  if (!id.empty()) fields["id"] = id;
  json::put_text(fields, "item", state.item);
  fields["bytes_done"] = state.done.count;
  if (state.total.count > 0) fields["bytes_total"] = state.total.count;
  fields["seconds"] = state.seconds;
  if (!state.detail.empty()) json::put_text(fields, "detail", state.detail);
  return fields;
}

}  // namespace recover::cli
