#pragma once

#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace lockin {

/// How a key's value is written.
enum class ValueShape {
  text,            ///< any text
  choice,          ///< one of a few words
  date,            ///< `2025`, `2025Q1` or `2025-01`
  duration,        ///< `4 quarters`
  integer,         ///< a whole number, never uncertain
  plain_number,    ///< a number, never uncertain
  number,          ///< a number, or a distribution
  path,            ///< a number over time
  annual,          ///< a number, or numbers by year
  list,            ///< a list
  layer_share,     ///< annual, or `rest`
  opening_share,   ///< a number, or `rest`
  boolean,         ///< true or false
  switching_cost,  ///< a path, or paths of initial and full
  adopt,           ///< paths of innovate and imitate
  size,            ///< 1, or a spread
  taste,           ///< a number, a spread, or values with weights
  taste_classes,   ///< a list of latent classes
  multi_home,      ///< a table of layers
  nests,           ///< groups and dissimilarity
  correlations,    ///< a list of pairs of uncertain numbers, with a number each
  learning_curve,  ///< a price rule and its numbers
  trigger,         ///< `MEASURE.LAYER[.PROVIDER] OP number`
  effects,         ///< event targets and a number each
  table            ///< a table
};

/// Whether a key takes one value for all, or a table of names.
enum class KeyedBy { nothing, layer, segment };

/// One row a key: what parser, checks and the page of the format all read.
struct SchemaKey {
  std::string_view path;                ///< dotted, `*` for a name; `<path>.start`: in any value of that type
  ValueShape shape = ValueShape::text;  ///< how the value is written
  KeyedBy by = KeyedBy::nothing;        ///< whether it may be a table by layer or segment
  std::string_view forms = {};          ///< forms of the value that have the key, comma between; empty: all
  std::string_view unit = {};           ///< for the page; empty: none
  std::string_view allowed = {};        ///< range or choices in words, for messages and the page
  double min = -std::numeric_limits<double>::infinity();  ///< lower bound of a number
  double max = std::numeric_limits<double>::infinity();   ///< upper bound of a number
  bool min_is_excluded = false,                           ///< numbers lie above the lower bound
      max_is_excluded = false;                            ///< numbers lie below the upper bound
  bool ratio = false;                                     ///< constant growth between dates
  bool event_target = false;                              ///< events may change it
  bool required = false;                                  ///< it has no default
  std::string_view default_value = {};                    ///< in words, for the page
  std::string_view meaning = {};                          ///< one line for the page

  /// True if a number is finite and within the bounds.
  [[nodiscard]] bool holds(double value) const {
    return value - value == 0 && value >= min && value <= max && !(min_is_excluded && value == min) &&
           !(max_is_excluded && value == max);
  }
};

/// The table of keys, in the order of the page.
[[nodiscard]] std::span<const SchemaKey> schema();

/// The row of a pattern such as `layers.*.lock_in.advance`. @throws std::out_of_range if there is none.
[[nodiscard]] const SchemaKey& schema_key(std::string_view path);

/// Keys that stand directly below a pattern, in the order of the table. Left out are names (`*`), and `source` and `note`,
/// which may stand anywhere.
/// @param pattern as `segments.*.size`; empty: the top of the file
/// @param form only keys of this form of the value, as `pareto`; empty: of all forms
[[nodiscard]] std::vector<std::string> schema_children(std::string_view pattern, std::string_view form = {});

/// The words in quotes that a key allows, in the order of the table: the choices of `ValueShape::choice`.
[[nodiscard]] std::vector<std::string> schema_choices(const SchemaKey& key);

/// The reference page of the format, written from the table.
[[nodiscard]] std::string scenario_format_markdown();

}  // namespace lockin
