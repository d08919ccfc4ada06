#include "engine/detail/mean_field_layout.hpp"

namespace lockin::detail {
MeanFieldLayout::MeanFieldLayout(const std::vector<SlotStates>& slots, bool paired)
    : axes(slots.size()),
      providers(slots.front().providers()),
      width((providers + row_unit) / row_unit * row_unit) {  // J + 1, rounded up
  const std::size_t J = providers, n = axes.size(), singles = paired ? 2 : 0;
  for (std::size_t i = n; i-- > 0;) {
    Axis& axis = axes[i];
    axis.states = slots[i];
    axis.stride = places;
    axis.block_stride = blocks;
    if (i >= singles) places *= i + 1 == n ? width : J + 1;
    blocks *= axis.states.stage_count();
  }
  for (std::size_t i = singles; i < n; ++i) none += axes[i].stride * J;
  const std::size_t run = places;  // at each pair of incumbents
  if (paired) {
    pair_at.resize((J + 1) * (J + 1));
    places = 0;
    for (std::size_t x = 0; x <= J; ++x)
      for (std::size_t y = x; y <= J; ++y, places += run)
        pair_at[x * (J + 1) + y] = pair_at[y * (J + 1) + x] = places;
    none += pair_at.back();
    square = std::make_unique<MeanFieldLayout>(slots);
  }
  for (std::size_t i = 0; i < n; ++i) {
    Axis& axis = axes[i];
    const std::size_t incumbents = i + 1 == n ? width : J + 1;
    axis.incumbent.resize(places);
    if (i >= singles) {
      for (std::size_t p = 0; p < places; ++p)
        axis.incumbent[p] = p % width > J ? J + 1 : p / axis.stride % incumbents;
    } else {
      for (std::size_t x = 0; x <= J; ++x)
        for (std::size_t y = x; y <= J; ++y)
          for (std::size_t p = pair_at[x * (J + 1) + y], end = p + run; p < end; ++p)
            axis.incumbent[p] = p % width > J ? J + 1 : (i == 0 ? x : y);
    }
    axis.first.resize(J + 1);
    for (std::size_t p = places; p-- > 0;)
      if (axis.incumbent[p] <= J) axis.first[axis.incumbent[p]] = p;
    for (std::size_t p = 0; p < places; p += i + 1 == n ? width : axis.stride)
      axis.incumbents.push_back({p, axis.incumbent[p]});
    axis.at.resize(axis.states.size());
    for (std::size_t state = 0; state < axis.at.size(); ++state)
      axis.at[state] = axis.block_stride * places * axis.states.stage(state) +
                       (i < singles ? 0 : axis.stride * axis.states.provider(state));
  }
  others.assign((J + 1) * width, 1.0);
  for (std::size_t x = 0; x <= J; ++x) others[x * width + x] = 0;
  starts.resize(n << n);
  for (std::size_t fixed = 0; fixed < std::size_t{1} << n; ++fixed)
    for (std::size_t s = 0; s < n; ++s) {
      std::vector<std::size_t>& of = starts[fixed * n + s];
      of.assign(1, 0);
      for (std::size_t i = s; i-- > singles;) {
        if (fixed >> i & 1) continue;
        const std::size_t old = of.size();
        for (std::size_t x = 1; x <= J; ++x)
          for (std::size_t k = 0; k < old; ++k) of.push_back(of[k] + x * axes[i].stride);
      }
      for (std::size_t k = 0, old = of.size(); k < (places / run - 1) * old; ++k) of.push_back(of[k] + run);
    }
}

std::vector<std::size_t> MeanFieldLayout::joint_places() const {
  std::vector<std::size_t> found{0};
  if (square) found = pair_places();
  for (std::size_t i = square ? 2 : 0; i < axes.size(); ++i) {
    std::vector<std::size_t> longer;
    longer.reserve(found.size() * axes[i].at.size());
    for (const std::size_t before : found)
      for (const std::size_t at : axes[i].at) longer.push_back(before + at);
    found.swap(longer);
  }
  return found;
}

// By the states of a pair, row-major: the place where all others are at their first state.
std::vector<std::size_t> MeanFieldLayout::pair_places() const {
  const SlotStates& states = axes.front().states;
  std::vector<std::size_t> found;
  for (std::size_t a = 0; a < states.size(); ++a)
    for (std::size_t b = 0; b < states.size(); ++b) {
      const std::size_t x = states.provider(a), y = states.provider(b);
      const bool swapped = x > y;
      found.push_back(pair_at[x * (providers + 1) + y] + axes[0].at[swapped ? b : a] +
                      axes[1].at[swapped ? a : b]);
    }
  return found;
}

std::vector<double> MeanFieldLayout::joint(const Numbers& counts) const {
  const std::vector<std::size_t> places_of = joint_places();
  const SlotStates& states = axes.front().states;
  const std::size_t each = square ? places_of.size() / (states.size() * states.size()) : places_of.size();
  std::vector<double> found;
  for (std::size_t i = 0; i < places_of.size(); ++i) {
    double here = counts[places_of[i]];
    const std::size_t pair = i / each, a = pair / states.size(), b = pair % states.size();
    if (square && a != b) {
      const double mirrored = counts[places_of[(b * states.size() + a) * each + i % each]];
      here = (here + mirrored) * (states.provider(a) == states.provider(b) ? 0.5 : 0.25);
    }
    found.push_back(here);
  }
  return found;
}

}  // namespace lockin::detail
