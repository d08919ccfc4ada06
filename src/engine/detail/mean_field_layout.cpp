#include "engine/detail/mean_field_layout.hpp"

namespace lockin::detail {

MeanFieldLayout::MeanFieldLayout(const std::vector<SlotStates>& slots)
    : axes(slots.size()),
      providers(slots.front().providers()),
      width((providers + row_unit) / row_unit * row_unit) {  // J + 1, rounded up
  const std::size_t J = providers;
  for (std::size_t i = slots.size(); i-- > 0;) {
    Axis& axis = axes[i];
    axis.states = slots[i];
    axis.stride = places;
    axis.block_stride = blocks;
    places *= i + 1 == slots.size() ? width : J + 1;
    blocks *= axis.states.stage_count();
    none += axis.stride * J;
  }
  for (std::size_t i = 0; i < axes.size(); ++i) {
    Axis& axis = axes[i];
    const std::size_t incumbents = i + 1 == axes.size() ? width : J + 1;
    axis.incumbent.resize(places);
    for (std::size_t p = 0; p < places; ++p)
      axis.incumbent[p] = p % width > J ? J + 1 : p / axis.stride % incumbents;
    axis.at.resize(axis.states.size());
    for (std::size_t state = 0; state < axis.at.size(); ++state)
      axis.at[state] =
          axis.block_stride * places * axis.states.stage(state) + axis.stride * axis.states.provider(state);
  }
  others.assign((J + 1) * width, 1.0);
  for (std::size_t x = 0; x <= J; ++x) others[x * width + x] = 0;
  const std::size_t n = axes.size();
  starts.resize(n << n);
  for (std::size_t fixed = 0; fixed < std::size_t{1} << n; ++fixed)
    for (std::size_t s = 0; s < n; ++s) {
      std::vector<std::size_t>& of = starts[fixed * n + s];
      of.assign(1, 0);
      for (std::size_t i = s; i-- > 0;) {
        if (fixed >> i & 1) continue;
        const std::size_t old = of.size();
        for (std::size_t x = 1; x <= J; ++x)
          for (std::size_t k = 0; k < old; ++k) of.push_back(of[k] + x * axes[i].stride);
      }
    }
}

std::vector<std::size_t> MeanFieldLayout::joint_places() const {
  std::vector<std::size_t> found{0};
  for (const Axis& axis : axes) {
    std::vector<std::size_t> longer;
    for (const std::size_t before : found)
      for (const std::size_t at : axis.at) longer.push_back(before + at);
    found.swap(longer);
  }
  return found;
}

}  // namespace lockin::detail
