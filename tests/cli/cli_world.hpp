/// What the tests of the program share: real JSON validation, with the validator that people use.
#pragma once

#include "tests/support/sandbox.hpp"

#include <fstream>
#include <string>

namespace recover::test {

/// Why `document` is not exactly one JSON document (valid by docs/schema/SCHEMA when given), or "".
/// Needs python3-jsonschema; without it the answer says so, and the test fails.
inline std::string json_objection(const std::string& document, const std::string& schema = "") {
  const Sandbox world;
  world.write("document.json", document);
  const std::string program =
      "import json, sys\n"
      "document = json.load(open(sys.argv[1], encoding='utf-8'))\n"
      "if len(sys.argv) > 2:\n"
      "    try:\n"
      "        import jsonschema\n"
      "    except ImportError:\n"
      "        sys.exit('the package python3-jsonschema is missing')\n"
      "    schema = json.load(open(sys.argv[2], encoding='utf-8'))\n"
      "    jsonschema.Draft202012Validator(schema).validate(document)\n";
  std::vector<std::string> command{"python3", "-c", program, world.path("document.json")};
  if (!schema.empty()) command.push_back(std::string(RECOVER_SOURCE) + "/docs/schema/" + schema);
  const Outcome outcome = Sandbox::run(command);
  return outcome.exit == 0 ? "" : outcome.out + outcome.err;
}

}  // namespace recover::test
