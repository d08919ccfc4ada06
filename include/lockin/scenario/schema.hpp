#pragma once

#include <limits>
#include <span>
#include <string>
#include <string_view>

namespace lockin {

/// How a key's value is written.
enum class ValueShape {
  text,
  choice,
  date,
  duration,
  integer,
  plain_number,
  number,
  path,
  annual,
  list,
  layer_share,
  opening_share,
  boolean,
  switching_cost,
  adopt,
  size,
  taste,
  taste_classes,
  multi_home,
  nests,
  learning_curve,
  trigger,
  effects,
  table
};

/// Whether a key takes one value for all, or a table of names.
enum class KeyedBy { nothing, layer, segment };

/// One row a key: what parser, checks and the page of the format all read.
struct SchemaKey {
  std::string_view path;  ///< dotted, `*` for a name
  ValueShape shape = ValueShape::text;
  KeyedBy by = KeyedBy::nothing;
  std::string_view unit = {};
  std::string_view allowed = {};  ///< range or choices in words, for messages and the page
  double min = -std::numeric_limits<double>::infinity();
  double max = std::numeric_limits<double>::infinity();
  bool min_is_excluded = false, max_is_excluded = false;
  bool ratio = false;  ///< constant growth between dates
  bool event_target = false;
  bool required = false;
  std::string_view default_value = {};
  std::string_view meaning = {};

  [[nodiscard]] bool holds(double value) const {
    return value - value == 0 && value >= min && value <= max && !(min_is_excluded && value == min) &&
           !(max_is_excluded && value == max);
  }
};

/// The table of keys, in the order of the page.
[[nodiscard]] std::span<const SchemaKey> schema();

/// The row of a pattern such as `layers.*.lock_in.advance`. @throws std::out_of_range if there is none.
[[nodiscard]] const SchemaKey& schema_key(std::string_view path);

/// The reference page of the format, written from the table.
[[nodiscard]] std::string scenario_format_markdown();

}  // namespace lockin
