#include "lockin/market/parameter.hpp"

#include <stdexcept>

namespace lockin {

const ParameterRule& parameter_rule(ParameterKind kind) {
  constexpr double inf = std::numeric_limits<double>::infinity();
  static constexpr ParameterRule any{"a finite number", -inf, inf, false, false, false};
  static constexpr ParameterRule probability{"a probability per year (0..1)", 0, 1, false, false, false};
  static constexpr ParameterRule not_negative{"a number >= 0", 0, inf, false, false, false};
  static constexpr ParameterRule positive_ratio{"a number > 0", 0, inf, true, false, true};
  static constexpr ParameterRule ratio{"a number >= 0", 0, inf, false, false, true};
  static constexpr ParameterRule below_one{"a share per year (0 to below 1)", 0, 1, false, true, false};
  static constexpr ParameterRule share{"a share (0..1)", 0, 1, false, false, false};
  switch (kind) {
    case ParameterKind::portability:
    case ParameterKind::intensity:
      return ratio;
    case ParameterKind::price:
      return positive_ratio;
    case ParameterKind::quality:
    case ParameterKind::reach:
    case ParameterKind::appeal:
    case ParameterKind::network:
    case ParameterKind::affinity:
      return any;
    case ParameterKind::entry:
    case ParameterKind::cost_initial:
    case ParameterKind::cost_full:
      return not_negative;
    case ParameterKind::exit:
      return below_one;
    case ParameterKind::advance:
    case ParameterKind::re_evaluate:
    case ParameterKind::innovate:
    case ParameterKind::imitate:
      return probability;
    case ParameterKind::private_share:
      return share;
  }
  throw std::invalid_argument("unknown kind of parameter");
}

}  // namespace lockin
