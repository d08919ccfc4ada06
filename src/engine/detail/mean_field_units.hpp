#pragma once

#include <memory>
#include <vector>

#include "engine/detail/mean_field_layout.hpp"
#include "engine/detail/mean_field_split.hpp"
#include "lockin/engine/mean_field_engine.hpp"

namespace lockin {

namespace detail {
/// What an engine works in, and of which nothing depends on the market but the number of providers.
struct MeanFieldRoom {
  std::size_t providers = 0;
  std::vector<std::unique_ptr<MeanFieldSplit>> splits;    ///< by thread
  std::vector<std::unique_ptr<MeanFieldLayout>> layouts;  ///< those of groups so far
};
}  // namespace detail

struct MeanFieldEngine::Group {
  std::vector<std::size_t> slots;
  const detail::MeanFieldLayout* layout = nullptr;
  detail::JointCounts joint;
};

struct MeanFieldEngine::Unit {
  std::vector<std::size_t> types;
  double present = 0;
  std::vector<Group> groups;
};

}  // namespace lockin
