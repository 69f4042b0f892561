#include "core/model/json.hpp"

#include <gtest/gtest.h>

#include <functional>

#include "core/model/json_fields.hpp"
#include "recover/errors.hpp"

namespace recover::json {
namespace {

const std::string bad_name = "caf\xe9/\xff";  // Latin-1, not UTF-8

template <typename T>
std::string again(const T& value, Result<T> (*read)(const Json&)) {
  auto parsed = parse(dump(to_json(value)));
  EXPECT_TRUE(parsed);
  auto copy = read(*parsed);
  EXPECT_TRUE(copy) << (copy ? "" : copy.error().cause);
  return copy ? dump(to_json(*copy)) : "";
}

Facts some_facts() {
  return {{"flag", true},
          {"number", std::int64_t{-7}},
          {"large", std::int64_t{INT64_MAX}},
          {"real", 3.0},
          {"text", std::string("t")},
          {"bytes", bad_name},
          {"list", std::vector<std::string>{"a", bad_name}},
          {"empty", std::vector<std::string>{}}};
}

std::vector<Action> every_action() {
  CopyTree copy;
  copy.source_root = "/mnt";
  copy.from = bad_name;
  copy.to = "/to";
  copy.exclude = {"pg_wal", bad_name};
  copy.empty = {"pg_notify"};
  copy.rename = {{"a", bad_name}, {bad_name, "b"}};
  copy.last = {"global/pg_control"};
  copy.owner = "postgres";
  copy.directory_mode = 0750;
  copy.file_mode = 0640;
  copy.inspect = true;
  copy.inspect_facts = some_facts();
  copy.manifest = "/run/copy.json";
  return {MakeDirectories{"/root", {"a", bad_name}, "postgres", 0711},
          copy,
          PlaceFiles{"/mnt", {{"a.gz", "/to/a"}}, "postgres", 0400},
          UnpackArchive{"/mnt", "base.tar.gz", "/to", "postgres", 0701, 0604, true, some_facts()},
          WriteFile{"/to/postgresql.conf", "port = 5432\n# \xff", "postgres", 0444},
          MakeLink{"/to/pg_tblspc/1", "/ts", "postgres"},
          CompareCopy{"/run/copy.json", "/to"},
          SyncTree{"/to"},
          Verify{"full"},
          Activate{"/staged", "/final", "/kept", true, {"global/pg_control"}},
          EngineCall{"load", some_facts(), {"dump.sql.gz", bad_name}}};
}

std::vector<Undo> every_undo() {
  return {UndoNothing{}, UndoRemove{bad_name}, UndoActivation{}, UndoCall{{"stop", some_facts()}},
          UndoImpossible{"because"}};
}

Finding some_finding() {
  Finding finding;
  finding.id = "pg-1";
  finding.engine = "postgresql";
  finding.kind = "data directory";
  finding.name = "main";
  finding.product = "PostgreSQL";
  finding.version = {"16.4", "PG_VERSION"};
  finding.path = "srv/" + bad_name;
  finding.size = {Bytes{UINT64_MAX}, Bytes{4096}, 17};
  finding.confidence = Confidence::probable;
  finding.role = Role::leftover;
  finding.health = {HealthState::torn, "copied while running", {"Pages are newer than the log."}};
  finding.identity = "7300000000000000001";
  finding.content_time = 1'795'255'200;
  finding.databases = {"app", bad_name};
  finding.evidence = {"pg_control: CRC is right"};
  finding.advice = "advice";
  finding.facts = some_facts();
  finding.related = {{"pg-2", "older copy of"}};
  return finding;
}

Plan some_plan() {
  Plan plan;
  plan.id = "pg-1";
  plan.run = "01RUN";
  plan.engine = "postgresql";
  plan.strategy = Strategy::dump;
  plan.finding = some_finding();
  plan.target = {TargetKind::directory,
                 "postgresql-16-a1b2c3",
                 "postgresql://db.example",
                 "/final",
                 "/staged",
                 "postgres",
                 false};
  plan.databases = {{"shop", "shop_copy"}, {"crm", "crm"}};
  const std::vector<Undo> undo = every_undo();
  std::size_t number = 0;
  for (const Action& action : every_action()) {
    plan.steps.push_back({"step-" + std::to_string(number), "staged", "title", action,
                          undo[number % undo.size()], Bytes{number * 10}});
    ++number;
  }
  plan.warnings = {"warning"};
  plan.ignored_settings = {{"archive_command", std::string("a:1 rm")},
                           {"archive_command", std::string("b:2 rm")}};
  plan.space_needed = Bytes{99};
  plan.replaces = "/final";
  plan.keeps_old_as = "/final.old";
  plan.facts = some_facts();
  return plan;
}

/// Every object of a document and the place of every member in it.
void visit_members(Json& value, const std::function<void(Json&, const std::string&)>& visit) {
  if (value.is_array()) {
    for (auto& element : value) visit_members(element, visit);
  }
  if (!value.is_object()) return;
  std::vector<std::string> keys;
  for (const auto& [key, member] : value.items()) keys.push_back(key);
  for (const auto& key : keys) {
    visit(value, key);
    visit_members(value[key], visit);
  }
}

TEST(ModelJson, EveryActionAndUndoComesBack) {
  const std::vector<Action> actions = every_action();
  EXPECT_EQ(actions.size(), std::variant_size_v<Action>);
  for (std::size_t i = 0; i < actions.size(); ++i) {
    EXPECT_EQ(actions[i].index(), i);
    const Json written = to_json(actions[i]);
    EXPECT_EQ(again(actions[i], action_from_json), dump(written));
    EXPECT_EQ(action_from_json(written)->index(), i);
  }
  const std::vector<Undo> undo = every_undo();
  EXPECT_EQ(undo.size(), std::variant_size_v<Undo>);
  for (std::size_t i = 0; i < undo.size(); ++i) {
    EXPECT_EQ(undo[i].index(), i);
    EXPECT_EQ(again(undo[i], undo_from_json), dump(to_json(undo[i])));
    EXPECT_EQ(undo_from_json(to_json(undo[i]))->index(), i);
  }
  const auto copy = std::get<CopyTree>(*action_from_json(to_json(actions[1])));
  EXPECT_EQ(copy.from, bad_name);
  EXPECT_EQ(copy.exclude[1], bad_name);
  EXPECT_EQ(copy.rename[0].second, bad_name);
  EXPECT_EQ(copy.inspect_facts, some_facts());
}

TEST(ModelJson, PlansFindingsAndItemsComeBack) {
  EXPECT_EQ(again(some_plan(), plan_from_json), dump(to_json(some_plan())));
  EXPECT_EQ(again(some_finding(), finding_from_json), dump(to_json(some_finding())));
  const auto finding = *finding_from_json(to_json(some_finding()));
  EXPECT_EQ(finding.path, "srv/" + bad_name);
  EXPECT_EQ(finding.size, some_finding().size);
  EXPECT_EQ(finding.facts, some_facts());
  EXPECT_EQ(plan_from_json(to_json(some_plan()))->ignored_settings, some_plan().ignored_settings);

  ItemReport item;
  item.id = "pg-1";
  item.engine = "postgresql";
  item.name = bad_name;
  item.source_version = "16";
  item.target_version = "16.4";
  item.strategy = Strategy::pg_upgrade;
  item.state = ItemState::kept_for_inspection;
  item.result = ItemResult::restored_beside;
  item.bytes = Bytes{5};
  item.rows = 81'204'551;
  item.seconds = 1.5;
  item.checks = {
      {"rows", "every table read", Verdict::failed, "61 tables", some_facts(),
       make_error(errors::verify_failed, "what", "cause").with("table", std::string("t")).during("d")}};
  item.warnings = {"w"};
  item.ignored_settings = some_facts();
  item.target_directory = "/final";
  item.databases = {{"shop", "shop_copy"}};
  item.kept_old = "/old";
  item.kept_until = 1;
  item.connect_line = "psql -h /run";
  item.error = make_error(errors::disk_full, "what " + bad_name).leaving("as it was");
  EXPECT_EQ(again(item, item_from_json), dump(to_json(item)));
  item.rows.reset();
  item.error.reset();
  const auto copy = *item_from_json(to_json(item));
  EXPECT_FALSE(copy.rows);
  EXPECT_FALSE(copy.error);
  EXPECT_EQ(copy.checks[0].error->id, "verify.failed");
  EXPECT_EQ(copy.checks[0].error->trail, std::vector<std::string>{"d"});
}

TEST(ModelJson, EveryFieldOfAPlanIsRequiredByName) {
  const Json whole = to_json(some_plan());
  Json changing = whole;
  std::size_t removed = 0;
  visit_members(changing, [&](Json& object, const std::string& key) {
    const Json kept = object;
    // Facts are free, and the exact form of a text belongs to the readable one.
    const bool is_fact = object.contains("empty") && object.contains("large");
    if (is_fact || key.ends_with("_b64")) return;
    object.erase(key);
    auto read = plan_from_json(changing);
    EXPECT_FALSE(read) << "without " << key;
    if (!read) {
      EXPECT_EQ(read.error().id, "plan.invalid");
      EXPECT_TRUE(text_fact(read.error().facts, "field").ends_with(key))
          << read.error().cause << " for " << key;
    }
    object = kept;
    object[key] = Json::array({Json::object()});
    EXPECT_FALSE(plan_from_json(changing)) << "with a wrong " << key;
    object = kept;
    ++removed;
  });
  EXPECT_EQ(dump(changing), dump(whole));
  EXPECT_GT(removed, 100U);
}

TEST(ModelJson, AWrongFieldIsNamedWithItsPlace) {
  Json plan = to_json(some_plan());
  plan["steps"][1]["action"]["file_mode"] = "rw";
  EXPECT_EQ(text_fact(plan_from_json(plan).error().facts, "field"), "steps[1].action.file_mode");
  plan = to_json(some_plan());
  plan["finding"]["health"]["state"] = "fine";
  auto read = plan_from_json(plan);
  EXPECT_EQ(text_fact(read.error().facts, "field"), "finding.health.state");
  EXPECT_NE(read.error().cause.find("\"fine\""), std::string::npos);
  EXPECT_EQ(plan_from_json(Json::array()).error().id, "plan.invalid");
  Json negative = to_json(some_finding());
  negative["files"] = -1;
  EXPECT_FALSE(finding_from_json(negative));
}

TEST(ModelJson, EveryWordComesBack) {
  EXPECT_EQ(from_word<HealthState>("needs_recovery"), HealthState::needs_recovery);
  EXPECT_EQ(from_word<HealthState>("unknown"), HealthState::unknown);
  EXPECT_EQ(from_word<ItemState>("skipped"), ItemState::skipped);
  EXPECT_EQ(from_word<RunStatus>("nothing_found"), RunStatus::nothing_found);
  EXPECT_EQ(from_word<Strategy>("pg_upgrade"), Strategy::pg_upgrade);
  EXPECT_FALSE(from_word<Role>("none"));
}

TEST(ModelJson, TheHashIsOfTheMeaningAndNotOfTheForm) {
  const std::string hash = plan_hash(some_plan());
  EXPECT_EQ(hash.size(), 64U);
  EXPECT_EQ(plan_hash(*plan_from_json(*parse(dump(to_json(some_plan()), 4)))), hash);
  Plan changed = some_plan();
  std::get<CopyTree>(changed.steps[1].action).owner = "root";
  EXPECT_NE(plan_hash(changed), hash);
  changed = some_plan();
  changed.finding.path = "srv/caf\xe9/\xfe";  // the same approximation, another name
  EXPECT_NE(plan_hash(changed), hash);
}

TEST(ModelJson, TextsAreExactAndReadable) {
  Json object = Json::object();
  for (const std::string bytes : {"", "plain", "\xff", "\xff\xfe", "a\xff\xfe", "nul\xff", "\xe2\x82\xac"}) {
    put_text(object, "path", bytes);
    EXPECT_EQ(get_text(object, "path"), bytes);
    object = Json::object();
  }
  put_text(object, "path", bad_name);
  EXPECT_EQ(object["path"], "caf\xEF\xBF\xBD/\xEF\xBF\xBD");
  EXPECT_EQ(object["path_b64"], "Y2Fm6S//");
  EXPECT_EQ(get_text(object, "none"), "");
  EXPECT_EQ(dump(Json("\xff")), "\"\xEF\xBF\xBD\"") << "never throws";
}

TEST(ModelJson, ForeignTextIsAnErrorAndNeverAnException) {
  EXPECT_EQ(parse("{").error().id, "plan.invalid");
  EXPECT_EQ(parse("").error().id, "plan.invalid");
  EXPECT_EQ(parse("\"\xff\"").error().id, "plan.invalid");
  EXPECT_TRUE(parse(std::string(60, '[') + std::string(60, ']')));
  EXPECT_EQ(parse(std::string(1'000'000, '[')).error().id, "plan.invalid");
  EXPECT_NE(parse(std::string(70, '[') + std::string(70, ']')).error().cause.find("64"), std::string::npos);
  for (const std::string text : {"{\"a\":", "[1,2", "nul", "{\"a\":1}x"}) EXPECT_FALSE(parse(text)) << text;
}

}  // namespace
}  // namespace recover::json
