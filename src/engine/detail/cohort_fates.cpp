#include <algorithm>

#include "engine/detail/cohort_split.hpp"

// What the slots of customers do: move by an event, leave their provider, rise a stage, or nothing.
namespace lockin::detail {
namespace {

// Adds and takes away what was drawn of lanes.
void give(const double* hits, double* to, double* from, std::size_t lanes) {
  for (std::size_t lane = 0; lane < lanes; ++lane) {
    to[lane] += hits[lane];
    from[lane] -= hits[lane];
  }
}

}  // namespace

LaneStreams CohortSplit::streams(std::size_t i, std::size_t step) const {
  Philox::Counter counter = counter_;
  counter[0] = static_cast<std::uint32_t>(step << 16 | i << 8);
  return {key_.data(), place_.data(), counter};
}

void CohortSplit::make_room(std::size_t lanes) {
  const std::size_t size = lanes + lane_room;
  const auto grow = [&](std::size_t least, auto&... of) {
    ((of.size() < least ? of.resize(least) : void()), ...);
  };
  grow(size, value_, chance_, hits_, key_, place_);
  grow(2 * size, uniform_);
}

// Where joint counts are when slot i is next: whoever may rise in it comes before the others.
void CohortSplit::lay_out(std::size_t i) {
  lanes_ = 0;
  for (std::size_t s = 0; s < used_; ++s) {
    Shape& shape = shapes_[s];
    const std::size_t own = i < slots_ ? shape.axes[i].own : 0;
    shape.next = {own == 0 ? shape.joint : shape.joint / own * (own - 1), lanes_, 0, shape.blocks};
    lanes_ += shape.next.rising * shape.blocks;
  }
  rising_lanes_ = lanes_;
  for (std::size_t s = 0; s < used_; ++s) {
    Shape& shape = shapes_[s];
    shape.next.first_top = lanes_;
    lanes_ += (shape.joint - shape.next.rising) * shape.blocks;
  }
}

// Replaces the states of slot i, which is the slowest index of the joint counts, by its fates, which become the fastest but for the
// block.
void CohortSplit::transform(std::size_t i) {
  const std::size_t lanes = lanes_, rising = rising_lanes_;
  make_room(lanes);
  double *const first = uniform_.data(), *const second = first + lanes + lane_room;
  std::size_t most_moves = 0;
  for (std::size_t s = 0; s < used_; ++s) {
    Shape& shape = shapes_[s];
    for (std::size_t joint = 0; joint < shape.joint; ++joint) {
      const std::size_t lane = shape.at.lane(joint);
      std::fill_n(&place_[lane], shape.blocks, joint);
      std::copy_n(&block_key_[shape.first_block], shape.blocks, &key_[lane]);
    }
    most_moves = std::max(most_moves, shape.axes[i].moves.size());
    shape.joint = shape.joint / shape.axes[i].own * shape.axes[i].fates;
  }
  lay_out(i + 1);
  if (other_.size() < lanes_ + lane_room) other_.resize(lanes_ + lane_room);
  std::fill_n(other_.begin(), lanes_, 0.0);
  // Calls of(axis, stage, lane, lanes of fate 0, blocks, lanes from fate to fate) for each joint state.
  const auto each = [&](const auto& of) {
    for (std::size_t s = 0; s < used_; ++s) {
      Shape& shape = shapes_[s];
      Axis& at = shape.axes[i];
      const std::size_t rest = shape.joint / at.fates;
      for (std::size_t d = 0; d < at.own; ++d)
        for (std::size_t r = 0; r < rest; ++r)
          of(at, d, shape.at.lane(d * rest + r), shape.blocks,
             [&, r](std::size_t fate) { return &other_[shape.next.lane(r * at.fates + fate)]; });
    }
  };
  const auto draw = [&](std::size_t step, std::size_t of, const double* uniform) {
    draw_binomials(of, value_.data(), chance_.data(), uniform, streams(i, step), hits_.data());
  };
  for (std::size_t m = 0; m < most_moves; ++m) {
    each([&](const Axis& at, std::size_t, std::size_t lane, std::size_t n, const auto&) {
      std::fill_n(&chance_[lane], n, m < at.moves.size() ? at.moves[m].share : 0);
    });
    draw_uniforms(lanes, streams(i, Step::move + m), first, second);
    draw(Step::move + m, lanes, first);
    each([&](const Axis& at, std::size_t d, std::size_t lane, std::size_t n, const auto& to) {
      if (m < at.moves.size())
        give(&hits_[lane], to(at.moves[m].fate + (at.moves[m].keep_stage ? d : 0)), &value_[lane], n);
    });
  }
  each([&](const Axis& at, std::size_t d, std::size_t lane, std::size_t n, const auto&) {
    std::copy_n(&at.leave[d * n], n, &chance_[lane]);
  });
  draw_uniforms(lanes, streams(i, Step::leave), first, second);
  draw(Step::leave, lanes, first);
  each([&](const Axis& at, std::size_t d, std::size_t lane, std::size_t n, const auto& to) {
    give(&hits_[lane], to(at.own + (at.leaving > 1 ? d : 0)), &value_[lane], n);
    if (d + 1 < at.own) std::fill_n(&chance_[lane], n, at.rise);
  });
  draw(Step::rise, rising, second);
  each([&](Axis& at, std::size_t d, std::size_t lane, std::size_t n, const auto& to) {
    if (d + 1 < at.own) give(&hits_[lane], to(d + 1), &value_[lane], n);
    double* const stay = to(d);
    for (std::size_t b = 0; b < n; ++b) stay[b] += value_[lane + b];
    if (d + 1 < at.own) return;
    for (std::size_t fate = 0; fate < at.fates; ++fate) {
      const double* const drawn = to(fate);
      double* const count = &at.count[fate * n];
      for (std::size_t b = 0; b < n; ++b) count[b] += drawn[b];
    }
  });
  value_.swap(other_);
  for (std::size_t s = 0; s < used_; ++s) shapes_[s].at = shapes_[s].next;
}

}  // namespace lockin::detail
