// The side effects of a plan as JSON. Each alternative has its word under "do" and its fields beside it;
// a new alternative does not compile until it has a writer, and the tests fail until it has a reader.
#include "core/model/json_fields.hpp"

#include <array>

namespace recover::json {

namespace {

using Pairs = std::vector<std::pair<std::string, std::string>>;

void put_pairs(Json& object, const std::string& key, const Pairs& pairs) {
  Json list = Json::array();
  for (const auto& [from, to] : pairs) {
    Json entry = Json::object();
    put_text(entry, "from", from);
    put_text(entry, "to", to);
    list.push_back(std::move(entry));
  }
  object[key] = std::move(list);
}

Result<std::pair<std::string, std::string>> pair_from_json(const Json& object) {
  Fields fields(object);
  std::pair pair{fields.text("from"), fields.text("to")};
  return fields.finish(std::move(pair));
}

/// Writes one alternative into an object that already says which one it is.
struct Writer {
  Json& object;

  void operator()(const MakeDirectories& action) const {
    put_text(object, "root", action.root);
    put_texts(object, "relative", action.relative);
    put_text(object, "owner", action.owner);
    object["mode"] = action.mode;
  }
  void operator()(const CopyTree& action) const {
    put_text(object, "source_root", action.source_root);
    put_text(object, "from", action.from);
    put_text(object, "to", action.to);
    put_texts(object, "exclude", action.exclude);
    put_texts(object, "empty", action.empty);
    put_pairs(object, "rename", action.rename);
    put_texts(object, "last", action.last);
    put_text(object, "owner", action.owner);
    object["directory_mode"] = action.directory_mode;
    object["file_mode"] = action.file_mode;
    object["inspect"] = action.inspect;
    object["inspect_facts"] = to_json(action.inspect_facts);
    put_text(object, "manifest", action.manifest);
  }
  void operator()(const PlaceFiles& action) const {
    put_text(object, "source_root", action.source_root);
    put_pairs(object, "files", action.files);
    put_text(object, "owner", action.owner);
    object["file_mode"] = action.file_mode;
  }
  void operator()(const UnpackArchive& action) const {
    put_text(object, "source_root", action.source_root);
    put_text(object, "archive", action.archive);
    put_text(object, "to", action.to);
    put_text(object, "owner", action.owner);
    object["directory_mode"] = action.directory_mode;
    object["file_mode"] = action.file_mode;
    object["inspect"] = action.inspect;
    object["inspect_facts"] = to_json(action.inspect_facts);
  }
  void operator()(const WriteFile& action) const {
    put_text(object, "path", action.path);
    put_text(object, "content", action.content);
    put_text(object, "owner", action.owner);
    object["mode"] = action.mode;
  }
  void operator()(const MakeLink& action) const {
    put_text(object, "path", action.path);
    put_text(object, "points_to", action.points_to);
    put_text(object, "owner", action.owner);
  }
  void operator()(const CompareCopy& action) const {
    put_text(object, "manifest", action.manifest);
    put_text(object, "root", action.root);
  }
  void operator()(const SyncTree& action) const { put_text(object, "root", action.root); }
  void operator()(const Verify& action) const { object["level"] = action.level; }
  void operator()(const Activate& action) const {
    put_text(object, "staged", action.staged);
    put_text(object, "final", action.final);
    put_text(object, "kept", action.kept);
    object["inside"] = action.inside;
    put_texts(object, "last", action.last);
  }
  void operator()(const EngineCall& action) const {
    put_text(object, "name", action.name);
    object["arguments"] = to_json(action.arguments);
    put_texts(object, "reads", action.reads);
  }
};

Action read_make_directories(Fields& fields) {
  return MakeDirectories{fields.text("root"), fields.texts("relative"), fields.text("owner"),
                         fields.mode("mode")};
}

Action read_copy_tree(Fields& fields) {
  CopyTree copy;
  copy.source_root = fields.text("source_root");
  copy.from = fields.text("from");
  copy.to = fields.text("to");
  copy.exclude = fields.texts("exclude");
  copy.empty = fields.texts("empty");
  copy.rename = fields.list("rename", pair_from_json);
  copy.last = fields.texts("last");
  copy.owner = fields.text("owner");
  copy.directory_mode = fields.mode("directory_mode");
  copy.file_mode = fields.mode("file_mode");
  copy.inspect = fields.flag("inspect");
  copy.inspect_facts = fields.object("inspect_facts", facts_from_json);
  copy.manifest = fields.text("manifest");
  return copy;
}

Action read_place_files(Fields& fields) {
  return PlaceFiles{fields.text("source_root"), fields.list("files", pair_from_json), fields.text("owner"),
                    fields.mode("file_mode")};
}

Action read_unpack_archive(Fields& fields) {
  UnpackArchive unpack{fields.text("source_root"), fields.text("archive"),        fields.text("to"),
                       fields.text("owner"),       fields.mode("directory_mode"), fields.mode("file_mode")};
  unpack.inspect = fields.flag("inspect");
  unpack.inspect_facts = fields.object("inspect_facts", facts_from_json);
  return unpack;
}

Action read_write_file(Fields& fields) {
  return WriteFile{fields.text("path"), fields.text("content"), fields.text("owner"), fields.mode("mode")};
}

Action read_make_link(Fields& fields) {
  return MakeLink{fields.text("path"), fields.text("points_to"), fields.text("owner")};
}

Action read_compare_copy(Fields& fields) {
  return CompareCopy{fields.text("manifest"), fields.text("root")};
}
Action read_sync_tree(Fields& fields) {
  return SyncTree{fields.text("root")};
}
Action read_verify(Fields& fields) {
  return Verify{fields.text("level")};
}

Action read_activate(Fields& fields) {
  return Activate{fields.text("staged"), fields.text("final"), fields.text("kept"), fields.flag("inside"),
                  fields.texts("last")};
}

EngineCall read_call(Fields& fields) {
  return EngineCall{fields.text("name"), fields.object("arguments", facts_from_json), fields.texts("reads")};
}

Action read_engine_call(Fields& fields) {
  return read_call(fields);
}

struct Form {
  const char* word;
  Action (*read)(Fields&);
};

/// In the order of the alternatives of Action.
constexpr std::array forms{Form{"make_directories", read_make_directories},
                           Form{"copy_tree", read_copy_tree},
                           Form{"place_files", read_place_files},
                           Form{"unpack_archive", read_unpack_archive},
                           Form{"write_file", read_write_file},
                           Form{"make_link", read_make_link},
                           Form{"compare_copy", read_compare_copy},
                           Form{"sync_tree", read_sync_tree},
                           Form{"verify", read_verify},
                           Form{"activate", read_activate},
                           Form{"engine_call", read_engine_call}};
static_assert(forms.size() == std::variant_size_v<Action>);

Result<EngineCall> call_from_json(const Json& object) {
  Fields fields(object);
  EngineCall call = read_call(fields);
  return fields.finish(std::move(call));
}

}  // namespace

Json to_json(const Action& action) {
  Json object = {{"do", forms.at(action.index()).word}};
  std::visit(Writer{object}, action);
  return object;
}

Result<Action> action_from_json(const Json& object) {
  Fields fields(object);
  const std::string word = fields.text("do");
  Action action;
  bool known = false;
  for (const Form& form : forms) {
    if (word != form.word) continue;
    action = form.read(fields);
    known = true;
  }
  if (!known) fields.fail("do", "has the unknown word \"" + word + "\"");
  return fields.finish(std::move(action));
}

Json to_json(const Undo& undo) {
  struct Visitor {
    Json operator()(const UndoNothing& /*undo*/) const { return {{"do", "nothing"}}; }
    Json operator()(const UndoRemove& remove) const {
      Json object = {{"do", "remove"}};
      put_text(object, "path", remove.path);
      return object;
    }
    Json operator()(const UndoActivation& /*undo*/) const { return {{"do", "exchange_back"}}; }
    Json operator()(const UndoCall& undo_call) const {
      Json call = Json::object();
      Writer{call}(undo_call.call);
      return {{"do", "engine_call"}, {"call", std::move(call)}};
    }
    Json operator()(const UndoImpossible& impossible) const {
      Json object = {{"do", "impossible"}};
      put_text(object, "reason", impossible.reason);
      return object;
    }
  };
  return std::visit(Visitor{}, undo);
}

Result<Undo> undo_from_json(const Json& object) {
  Fields fields(object);
  const std::string word = fields.text("do");
  Undo undo;
  if (word == "remove") {
    undo = UndoRemove{fields.text("path")};
  } else if (word == "exchange_back") {
    undo = UndoActivation{};
  } else if (word == "engine_call") {
    undo = UndoCall{fields.object("call", call_from_json)};
  } else if (word == "impossible") {
    undo = UndoImpossible{fields.text("reason")};
  } else if (word != "nothing") {
    fields.fail("do", "has the unknown word \"" + word + "\"");
  }
  return fields.finish(std::move(undo));
}

}  // namespace recover::json
