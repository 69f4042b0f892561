// What a person wants to know who looks at a long run for two seconds: how far it is, what it does now, what
// is still to come, and that Ctrl-C is safe. Eight lines at most, so that it fits below the last command.
#include "cli/panel.hpp"

#include "core/text/format.hpp"

#include <algorithm>

namespace recover::cli {

namespace {

constexpr std::size_t most_rows = 4;  // of items under way and notices
constexpr std::size_t most_notices = 2;

/// Cut to the width; one column stays free, because some terminals wrap when the last one is written.
std::string fitted(const std::string& line, unsigned width) {
  std::size_t end = std::min<std::size_t>(line.size(), width > 1 ? width - 1 : 1);
  while (end > 0 && end < line.size() && (static_cast<unsigned char>(line[end]) & 0xC0U) == 0x80U) --end;
  return line.substr(0, end);
}

std::string padded(std::string text, std::size_t width) {
  if (text.size() < width) text.resize(width, ' ');
  return text;
}

std::string list_of(const std::vector<std::string>& names) {
  std::string list;
  for (const auto& name : names) list += (list.empty() ? "" : ", ") + text::printable(name);
  return list;
}

std::string header(const PanelState& state, unsigned width) {
  const std::string left = "recover " + state.run + "  " + state.strategy +
                           (state.at_once > 1 ? "  " + std::to_string(state.at_once) + " at a time" : "");
  const std::string right = "elapsed " + text::duration(state.elapsed);
  const std::size_t room = width > right.size() + 1 ? width - right.size() - 1 : 0;
  return padded(left + "  ", room) + right;
}

std::string item_line(const PhaseState& state, std::size_t name_width) {
  constexpr std::size_t bar_length = 20;
  std::string line = " " + padded(text::printable(state.item), name_width) + "  " + state.phase;
  if (const std::string amount = amount_done(state, bar_length); !amount.empty()) line += "  " + amount;
  return state.detail.empty() ? line : line + "   " + text::printable(state.detail);
}

}  // namespace

std::vector<std::string> panel_lines(const PanelState& state, unsigned width) {
  if (state.run.empty()) {
    return state.active.empty() ? std::vector<std::string>{}
                                : std::vector{terminal_line(state.active.front(), width)};
  }
  constexpr std::size_t longest_name = 20;
  std::size_t name_width = std::string("overall").size();
  for (const auto& item : state.active) {
    name_width = std::clamp(text::printable(item.item).size(), name_width, longest_name);
  }
  std::vector<std::string> lines{header(state, width)};
  lines.push_back(" " + padded("overall", name_width) + "  " + amount_done(state.overall, 30));
  const std::size_t notices = std::min(state.notices.size(), most_notices);
  const std::size_t items = std::min(state.active.size(), most_rows - notices);
  for (std::size_t at = 0; at < items; ++at) lines.push_back(item_line(state.active[at], name_width));
  for (std::size_t at = 0; at < notices; ++at) lines.push_back(" " + text::printable(state.notices[at]));
  std::string rest;
  if (state.active.size() > items) rest += std::to_string(state.active.size() - items) + " more under way   ";
  if (!state.waiting.empty()) rest += "waiting: " + list_of(state.waiting) + "   ";
  if (!state.finished.empty()) rest += "ended: " + list_of(state.finished);
  if (!rest.empty()) lines.push_back(" " + rest);
  lines.push_back(" Ctrl-C stops safely; go on later with: recover resume " + state.run);
  for (auto& line : lines) line = fitted(line, width);
  return lines;
}

}  // namespace recover::cli
