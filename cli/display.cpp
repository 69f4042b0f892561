// One display for all threads of a run. Drawn when progress is reported and enough time has passed (a
// terminal ten times a second, a log every ten seconds, a program every second), so no thread is needed.
// The panel is drawn over itself: up to its first line, clear to the end of the screen, draw (ECMA-48 CUU
// and ED). Must never leave escape bytes where no terminal is, nor a half-drawn panel behind a message.
#include "cli/display.hpp"

#include "cli/estimate.hpp"
#include "cli/panel.hpp"
#include "cli/progress.hpp"
#include "core/text/format.hpp"
#include "core/text/redaction.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <ctime>
#include <map>
#include <mutex>

namespace recover::cli {

namespace {

using SteadyClock = std::chrono::steady_clock;

/// What comes behind the bytes, against the time for those: a dump of tables with many indexes is read in a
/// seventh of the time, a copy of a small server in a third (tests/fixtures/traces).
constexpr Tail behind_a_dump{0.05, 8};
constexpr Tail behind_a_copy{0.02, 3};

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
  SteadyClock::time_point noticed = SteadyClock::now();
  Estimator estimator;
  std::map<std::string, Notice> notices;  ///< the last one of each type
};

/// What is known of an item of the run.
struct ItemProgress {
  std::string id;
  std::string name;
  Bytes work;
  Bytes done;
  Bytes moved;         ///< as done, without what was skipped
  std::string result;  ///< empty while it has not ended
};

void estimate(PhaseState& phase, Estimator& estimator, Bytes moved, Bytes left, Counted tail = {}) {
  estimator.observe(phase.seconds, moved, left, tail);
  phase.left = estimator.left();
  phase.rate = estimator.rate();
  phase.idle = estimator.idle();
}

/// The word before a notice.
std::string label_of(const std::string& type) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 3> labels{
      {{"lock_wait", "lock"}, {"space", "temp"}, {"disk_low", "disk"}}};
  for (const auto& [known, label] : labels) {
    if (type == known) return std::string(label);
  }
  return type;
}

/// Foreign words are in it: the statement of whoever holds a lock.
Notice without_secrets(const Notice& notice) {
  Notice clean = notice;
  clean.text = text::redacted(clean.text);
  for (Fact& fact : clean.facts) {
    if (auto* words = std::get_if<std::string>(&fact.value)) *words = text::redacted(*words);
  }
  return clean;
}

}  // namespace

struct Display::State {
  State(Form chosen, unsigned columns, Events& sink) : form(chosen), width(columns), events(sink) {}

  ItemProgress* find(const std::string& id) {
    const auto found =
        std::find_if(items.begin(), items.end(), [&](const auto& item) { return item.id == id; });
    return found == items.end() ? nullptr : &*found;
  }

  std::string locked_name_of(const std::string& id) {
    const std::scoped_lock lock(mutex);
    return name_of(id);
  }

  std::string name_of(const std::string& id) {
    const ItemProgress* item = find(id);
    return item == nullptr ? id : item->name;
  }

  /// All items together.
  PhaseState overall() {
    PhaseState state;
    Bytes moved;
    std::uint64_t ended = 0;
    for (const ItemProgress& item : items) {
      state.total += item.work;
      state.done += item.done;
      moved += item.moved;
      ended += item.result.empty() ? 0 : 1;
    }
    if (items.size() > 1) state.count = {"databases", ended, items.size()};
    state.seconds = seconds_since(run_began);
    Counted tail;
    for (const auto& [key, lane] : lanes) {
      tail.done += lane.phase.count.done;
      tail.total += lane.phase.count.total;
    }
    estimate(state, estimator, moved, state.total - state.done, tail);
    return state;
  }

  PanelState panel() {
    PanelState state;
    state.run = run;
    state.strategy = strategy;
    state.at_once = at_once;
    state.elapsed = seconds_since(run_began);
    state.overall = overall();
    for (const auto& [key, lane] : lanes) {
      if (!lane.phase.phase.empty()) state.active.push_back(lane.phase);
      for (const auto& [type, notice] : lane.notices) {
        const std::string name = key.empty() ? "" : name_of(key) + ": ";
        state.notices.push_back(label_of(type) + "  " + name + notice.text);
      }
    }
    for (const ItemProgress& item : items) {
      if (!item.result.empty()) {
        state.finished.push_back(item.name + " " + item.result);
      } else if (lanes.count(item.id) == 0) {
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
    const Bytes done = lane.phase.done;
    estimate(lane.phase, lane.estimator, done, lane.phase.total - std::min(done, lane.phase.total));
    // The panel is one for all; lines are one for each item.
    SteadyClock::time_point& last = form == Form::terminal ? panel_shown : lane.shown;
    if (SteadyClock::now() - last < interval_of(form)) return;
    last = SteadyClock::now();
    if (form == Form::terminal) {
      draw();
    } else if (form == Form::plain) {
      write_message(plain_line(lane.phase) + "\n");
    } else {
      json::Json fields = progress_fields(item, lane.phase);
      if (!item.empty()) fields["overall"] = amount_fields(overall());
      events.write(item.empty() ? "scan_progress" : "progress", fields);
    }
  }

  /// Under the lock. A new state of affairs is shown at once, the same one again now and then.
  void show_notice(const std::string& item, LaneState& lane, const Notice& notice, bool is_news) {
    if (form == Form::silent) return;
    if (!is_news && SteadyClock::now() - lane.noticed < interval_of(form)) return;
    lane.noticed = SteadyClock::now();
    if (form == Form::terminal) {
      if (!run.empty()) draw();
    } else if (form == Form::plain) {
      if (notice.text.empty()) return;
      const std::string name = item.empty() ? "" : " item=" + text::printable(name_of(item));
      write_message(text::timestamp(std::time(nullptr)) + " info  " + notice.type + name + ": " +
                    text::printable(notice.text) + "\n");
    } else {
      json::Json fields = json::Json::object();
      if (!item.empty()) fields["id"] = item;
      fields.update(json::to_json(notice.facts));
      json::put_text(fields, "text", notice.text);
      events.write(notice.type, fields);
    }
  }

  const Form form;
  const unsigned width;
  Events& events;
  std::mutex mutex;
  std::map<std::string, LaneState> lanes;  ///< by item id; "" = what belongs to no item
  std::vector<ItemProgress> items;
  Estimator estimator;  ///< of all items together
  std::string run;
  std::string strategy;
  unsigned at_once = 1;
  SteadyClock::time_point run_began = SteadyClock::now();
  SteadyClock::time_point panel_shown = SteadyClock::now();
  std::size_t drawn_lines = 0;
  std::function<void(const std::string&)> take_locks;  ///< set before the first lane
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
    lane.phase = {};
    lane.phase.item = item;
    lane.phase.phase = phase;
    lane.phase.total = total;
    lane.estimator = Estimator();
    lane.began = SteadyClock::now();
    state_.show_when_due(item_);
  }
  void advance(Bytes done) override {
    const std::scoped_lock lock(state_.mutex);
    PhaseState& phase = state_.lanes[item_].phase;
    phase.done += done;
    // A total is a plan, the bytes are the truth; more than everything is never shown.
    if (phase.total.count > 0) phase.done = std::min(phase.done, phase.total);
    if (ItemProgress* item = state_.find(item_)) {
      const Bytes before = item->done;
      item->done = std::min(before + done, item->work);
      item->moved += item->done - before;
    }
    state_.show_when_due(item_);
  }
  void detail(const std::string& text) override {
    const std::scoped_lock lock(state_.mutex);
    state_.lanes[item_].phase.detail = text;
    state_.show_when_due(item_);
  }
  void count(const std::string& things, std::uint64_t done, std::uint64_t total) override {
    const std::scoped_lock lock(state_.mutex);
    state_.lanes[item_].phase.count = {things, total > 0 ? std::min(done, total) : done, total};
    state_.show_when_due(item_);
  }
  void notice(const Notice& told) override {
    const Notice notice = without_secrets(told);
    if (state_.take_locks && notice.type == "lock_wait" && !notice.text.empty())
      state_.take_locks(state_.locked_name_of(item_) + ": " + notice.text);
    const std::scoped_lock lock(state_.mutex);
    LaneState& lane = state_.lanes[item_];
    Notice& known = lane.notices[notice.type];
    const bool is_news = text_fact(known.facts, "state") != text_fact(notice.facts, "state");
    known = notice;
    if (notice.text.empty()) lane.notices.erase(notice.type);
    state_.show_notice(item_, lane, notice, is_news);
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
  const bool has_dump = std::any_of(plan.plans.begin(), plan.plans.end(),
                                    [](const Plan& one) { return one.strategy == Strategy::dump; });
  state_->estimator = Estimator(has_dump ? behind_a_dump : behind_a_copy);
  state_->strategy.clear();
  state_->at_once = static_cast<unsigned>(std::min<std::size_t>(at_once, plan.plans.size()));
  for (const Plan& one : plan.plans) {
    ItemProgress item{one.id, one.finding.name.empty() ? one.id : one.finding.name, {}, {}, {}, {}};
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

void Display::tell_locks_to(std::function<void(const std::string& text)> take) {
  state_->take_locks = std::move(take);
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
