// One display for all threads of a run. Drawn when progress is reported and enough time has passed (a
// terminal ten times a second, a log every ten seconds, a program every second), so no thread is needed.
// The panel is drawn over itself: up to its first line, clear to the end of the screen, draw (ECMA-48 CUU
// and ED). Must never leave escape bytes where no terminal is, nor a half-drawn panel behind a message.
#include "cli/display.hpp"

#include "cli/panel.hpp"
#include "cli/progress.hpp"

#include <algorithm>
#include <chrono>
#include <map>
#include <mutex>

namespace recover::cli {

namespace {

using SteadyClock = std::chrono::steady_clock;

enum class Form { silent, terminal, plain, json };

Form form_of(const config::Settings& settings, const Terminal& terminal) {
  const std::string asked = settings.text("progress");
  if (asked == "json") return Form::json;
  if (asked == "none" || settings.flag("quiet") || !settings.flag("enable_progress_tracking"))
    return Form::silent;
  // The redrawn panel needs escape sequences, so --color never and TERM=dumb rule it out.
  const bool redraw = asked == "auto" && terminal.error_is_terminal && terminal.color_messages;
  return redraw ? Form::terminal : Form::plain;
}

std::chrono::milliseconds interval_of(Form form) {
  switch (form) {
    case Form::terminal: return std::chrono::milliseconds(100);
    case Form::json: return std::chrono::seconds(1);
    default: return std::chrono::seconds(10);
  }
}

double seconds_since(SteadyClock::time_point moment) {
  return std::chrono::duration<double>(SteadyClock::now() - moment).count();
}

/// One item under way, or the scan.
struct LaneState {
  PhaseState phase;
  SteadyClock::time_point began = SteadyClock::now();
  SteadyClock::time_point shown = SteadyClock::now();
};

/// What is known of an item of the run.
struct ItemProgress {
  std::string id;
  std::string name;
  Bytes work;
  Bytes done;
  std::string result;  ///< empty while it has not ended
};

}  // namespace

struct Display::State {
  State(Form chosen, unsigned columns, Events& sink) : form(chosen), width(columns), events(sink) {}

  ItemProgress* find(const std::string& id) {
    const auto found =
        std::find_if(items.begin(), items.end(), [&](const auto& item) { return item.id == id; });
    return found == items.end() ? nullptr : &*found;
  }

  [[nodiscard]] PanelState panel() const {
    PanelState state;
    state.run = run;
    state.strategy = strategy;
    state.at_once = at_once;
    state.elapsed = seconds_since(run_began);
    for (const auto& [key, lane] : lanes) {
      if (!lane.phase.phase.empty()) state.active.push_back(lane.phase);
    }
    for (const ItemProgress& item : items) {
      state.total += item.work;
      state.done += item.done;
      const bool is_active =
          std::any_of(lanes.begin(), lanes.end(), [&](const auto& lane) { return lane.first == item.id; });
      if (!item.result.empty()) {
        state.finished.push_back(item.name + " " + item.result);
      } else if (!is_active) {
        state.waiting.push_back(item.name);
      }
    }
    return state;
  }

  void clear() {
    if (drawn_lines == 0) return;
    const std::string up = drawn_lines > 1 ? "\x1b[" + std::to_string(drawn_lines - 1) + "A" : "";
    write_message("\r" + up + "\x1b[J");
    drawn_lines = 0;
  }

  void draw() {
    const auto lines = panel_lines(panel(), width);
    std::string screen;
    for (const auto& line : lines) screen += (screen.empty() ? "" : "\n") + line;
    clear();
    write_message(screen);
    drawn_lines = lines.size();
  }

  /// Under the lock, whenever something is reported.
  void show_when_due(const std::string& item) {
    if (form == Form::silent) return;
    LaneState& lane = lanes[item];
    lane.phase.seconds = seconds_since(lane.began);
    // The panel is one for all; lines are one for each item.
    SteadyClock::time_point& last = form == Form::terminal ? panel_shown : lane.shown;
    if (SteadyClock::now() - last < interval_of(form)) return;
    last = SteadyClock::now();
    if (form == Form::terminal) {
      draw();
    } else if (form == Form::plain) {
      write_message(plain_line(lane.phase) + "\n");
    } else {
      events.write(item.empty() ? "scan_progress" : "progress", progress_fields(item, lane.phase));
    }
  }

  const Form form;
  const unsigned width;
  Events& events;
  std::mutex mutex;
  std::map<std::string, LaneState> lanes;  ///< by item id; "" = what belongs to no item
  std::vector<ItemProgress> items;
  std::string run;
  std::string strategy;
  unsigned at_once = 1;
  SteadyClock::time_point run_began = SteadyClock::now();
  SteadyClock::time_point panel_shown = SteadyClock::now();
  std::size_t drawn_lines = 0;
};

class Display::Lane final : public Progress {
 public:
  Lane(State& state, std::string item) : state_(state), item_(std::move(item)) {}
  ~Lane() override {
    const std::scoped_lock lock(state_.mutex);
    state_.lanes.erase(item_);
  }
  Lane(const Lane&) = delete;
  Lane& operator=(const Lane&) = delete;

  void begin(const std::string& item, const std::string& phase, Bytes total) override {
    const std::scoped_lock lock(state_.mutex);
    LaneState& lane = state_.lanes[item_];
    lane.phase = {item, phase, "", total, {}, 0};
    lane.began = SteadyClock::now();
    state_.show_when_due(item_);
  }
  void advance(Bytes done) override {
    const std::scoped_lock lock(state_.mutex);
    PhaseState& phase = state_.lanes[item_].phase;
    phase.done += done;
    // A total is a plan, the bytes are the truth; more than everything is never shown.
    if (phase.total.count > 0) phase.done = std::min(phase.done, phase.total);
    if (ItemProgress* item = state_.find(item_)) item->done = std::min(item->done + done, item->work);
    state_.show_when_due(item_);
  }
  void detail(const std::string& text) override {
    const std::scoped_lock lock(state_.mutex);
    state_.lanes[item_].phase.detail = text;
    state_.show_when_due(item_);
  }
  void end() override {
    const std::scoped_lock lock(state_.mutex);
    state_.lanes[item_].phase = {};
    if (item_.empty()) state_.clear();
  }

 private:
  State& state_;
  const std::string item_;
};

Display::Display(const config::Settings& settings, const Terminal& terminal, Events& events)
    : state_(std::make_unique<State>(form_of(settings, terminal), terminal.width, events)),
      whole_(std::make_unique<Lane>(*state_, "")) {}

Display::~Display() {
  end();
}

Progress& Display::whole() {
  return *whole_;
}

std::unique_ptr<Progress> Display::lane(const std::string& item) {
  return std::make_unique<Lane>(*state_, item);
}

void Display::run_begins(const run::RunPlan& plan, unsigned at_once) {
  const std::scoped_lock lock(state_->mutex);
  state_->run = plan.run;
  state_->run_began = SteadyClock::now();
  state_->items.clear();
  state_->strategy.clear();
  state_->at_once = static_cast<unsigned>(std::min<std::size_t>(at_once, plan.plans.size()));
  for (const Plan& one : plan.plans) {
    ItemProgress item{one.id, one.finding.name.empty() ? one.id : one.finding.name, {}, {}, {}};
    for (const Step& step : one.steps) item.work += step.work;
    state_->items.push_back(std::move(item));
    const std::string strategy = to_text(one.strategy);
    if (state_->strategy.find(strategy) != std::string::npos) continue;
    state_->strategy += (state_->strategy.empty() ? "" : ", ") + strategy;
  }
}

void Display::item_ends(const ItemReport& report) {
  const std::scoped_lock lock(state_->mutex);
  ItemProgress* item = state_->find(report.id);
  if (item == nullptr) return;
  item->result = to_text(report.result);
  item->done = item->work;
  if (state_->form == Form::terminal && state_->drawn_lines > 0) state_->draw();
}

void Display::message(const std::string& line) {
  const std::scoped_lock lock(state_->mutex);
  const bool was_drawn = state_->drawn_lines > 0;
  state_->clear();
  write_message(line);
  if (was_drawn) state_->draw();
}

void Display::end() {
  const std::scoped_lock lock(state_->mutex);
  state_->clear();
  state_->run.clear();
}

}  // namespace recover::cli
