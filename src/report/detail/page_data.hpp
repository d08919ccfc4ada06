#pragma once

#include <nlohmann/json.hpp>

#include "report/detail/palette.hpp"
#include "report/detail/run_results.hpp"

namespace lockin::detail {

/// What the page's program reads: columns by name, numbers as in the CSVs (src/report/web/data.js says what is where).
nlohmann::ordered_json page_data(const RunResults& results);

/// Name, shown name, colour and dashes of the providers of a run, comparison or variance split.
template <class Results>
nlohmann::ordered_json providers_data(const Results& results) {
  auto all = nlohmann::ordered_json::array();
  for (std::size_t j = 0; j < results.providers().size(); ++j)
    all.push_back({{"name", results.providers()[j].name},
                   {"shown", results.shown(j)},
                   {"colour", colour_of(results.place(j))},
                   {"stroke", stroke_of(results.place(j))}});
  return all;
}

}  // namespace lockin::detail
