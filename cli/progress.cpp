// How far a run is, without ever lying: bytes of the current phase, a rate measured over that phase, and
// no estimate before there is something to estimate from. Drawn when progress is reported and enough
// time has passed (a terminal ten times a second, a log every ten seconds), so no thread is needed.
#include "cli/progress.hpp"

#include "core/model/json.hpp"
#include "core/text/format.hpp"

#include <algorithm>
#include <chrono>
#include <ctime>
#include <mutex>

namespace recover::cli {

namespace {

using SteadyClock = std::chrono::steady_clock;

double rate_of(const PhaseState& state) {
  return state.seconds > 0 ? static_cast<double>(state.done.count) / state.seconds : 0;
}

/// Sizes without the blank, for key=value lines.
std::string compact(Bytes size) {
  std::string text = text::bytes(size);
  std::erase(text, ' ');
  return text;
}

enum class Form { terminal, plain, json };

class Renderer final : public Progress {
 public:
  Renderer(Form form, unsigned width) : form_(form), width_(width) {}
  ~Renderer() override { clear(); }

  void begin(const std::string& item, const std::string& phase, Bytes total) override {
    const std::scoped_lock lock(mutex_);
    state_ = {item, phase, "", total, {}, 0};
    phase_began_ = SteadyClock::now();
    show_when_due();
  }
  void advance(Bytes done) override {
    const std::scoped_lock lock(mutex_);
    state_.done += done;
    // A total is a plan, the bytes are the truth; more than everything is never shown.
    if (state_.total.count > 0) state_.done = std::min(state_.done, state_.total);
    show_when_due();
  }
  void detail(const std::string& text) override {
    const std::scoped_lock lock(mutex_);
    state_.detail = text;
    show_when_due();
  }
  void end() override {
    const std::scoped_lock lock(mutex_);
    clear();
  }

 private:
  [[nodiscard]] std::chrono::milliseconds interval() const {
    switch (form_) {
      case Form::terminal: return std::chrono::milliseconds(100);
      case Form::plain: return std::chrono::seconds(10);
      case Form::json: return std::chrono::seconds(1);
    }
    return std::chrono::seconds(10);
  }

  void show_when_due() {
    const auto now = SteadyClock::now();
    if (now - last_shown_ < interval()) return;
    last_shown_ = now;
    state_.seconds = std::chrono::duration<double>(now - phase_began_).count();
    switch (form_) {
      case Form::terminal:
        write_message("\r\x1b[K" + terminal_line(state_, width_));
        drawn_ = true;
        break;
      case Form::plain: write_message(plain_line(state_) + "\n"); break;
      case Form::json: write_message(json_line(state_) + "\n"); break;
    }
  }

  void clear() {
    if (drawn_) write_message("\r\x1b[K");
    drawn_ = false;
  }

  const Form form_;
  const unsigned width_;
  std::mutex mutex_;
  PhaseState state_;
  SteadyClock::time_point phase_began_ = SteadyClock::now();
  SteadyClock::time_point last_shown_ = SteadyClock::now();
  bool drawn_ = false;
};

class Silence final : public Progress {
 public:
  void begin(const std::string&, const std::string&, Bytes) override {}
  void advance(Bytes) override {}
  void detail(const std::string&) override {}
  void end() override {}
};

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

std::string json_line(const PhaseState& state) {
  json::Json event{{"type", "progress"}, {"ts", text::timestamp(std::time(nullptr))}, {"phase", state.phase}};
  json::put_text(event, "item", state.item);
  event["bytes_done"] = state.done.count;
  if (state.total.count > 0) event["bytes_total"] = state.total.count;
  event["seconds"] = state.seconds;
  if (!state.detail.empty()) json::put_text(event, "detail", state.detail);
  return json::dump(event);
}

std::unique_ptr<Progress> make_progress(const config::Settings& settings, const Terminal& terminal) {
  const std::string asked = settings.text("progress");
  if (asked == "none" || settings.flag("quiet") || !settings.flag("enable_progress_tracking")) {
    return std::make_unique<Silence>();
  }
  if (asked == "json") return std::make_unique<Renderer>(Form::json, terminal.width);
  // The redrawn line needs escape sequences, so --color never and TERM=dumb rule it out.
  const bool redraw = asked == "auto" && terminal.error_is_terminal && terminal.color_messages;
  return std::make_unique<Renderer>(redraw ? Form::terminal : Form::plain, terminal.width);
}

}  // namespace recover::cli
