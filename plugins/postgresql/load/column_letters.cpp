// See the header.
#include "postgresql/load/column_letters.hpp"

namespace recover::postgresql::load {

dump::RowForm row_form(const std::string& letters) {
  dump::RowForm form;
  for (std::size_t column = 0; column < letters.size(); ++column) {
    if (letters[column] == 'z') form.timestamps.push_back(column);
    if (letters[column] == 'f') form.doubles.push_back(column);
    if (letters[column] == 'r') form.reals.push_back(column);
  }
  return form;
}

}  // namespace recover::postgresql::load
