#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace lockin {

/// What a scenario says of one of its tables, for people: where its numbers come from.
struct Remark {
  std::string key;     ///< dotted path of the table; empty: the whole file
  std::string source,  ///< its `source`, empty: none
      note;            ///< its `note`, empty: none
};

/// The `source` and `note` of every table, in the order of the file.
/// @param scenario TOML without `extends`, as in `Scenario::resolved`
/// @throws InputError for what is no TOML
[[nodiscard]] std::vector<Remark> remarks(std::string_view scenario);

}  // namespace lockin
