#pragma once

#include <gtest/gtest.h>

#include <ctime>
#include <string>
#include <string_view>
#include <vector>

#include "lockin/error.hpp"
#include "lockin/scenario/load.hpp"

namespace lockin {

/// A sound scenario in which nearly every key of the format is given.
inline constexpr std::string_view whole_scenario = R"(title = "Everything"
currency = "CNY bn"
portability = 1.0

[horizon]
start = "2025Q1"
end = "2026Q4"
period = "quarter"

[market]
size = { 2025 = 10.0, 2026 = 12.0 }

[layers.iaas]
share = 0.6
lock_in = { stages = 2, advance = 0.5, curve_tau = 1.2, opening = [0.2, 0.3, 0.5] }
nests = { groups = [["a", "b"]], dissimilarity = 0.7 }

[layers.maas]
share = "rest"
unit = "tokens"
slots = 2
lock_in = { stages = 1, curve = [0.0, 1.0] }

[providers.a]
iaas = { share = 0.7, price = 1.0, quality = 1.0, reach = 0.2, appeal = 0.1 }
maas = { share = 0.5, price_per_million_tokens = 2.0 }
policy = { price = { rule = "learning_curve", rate = 0.85, pass_through = 0.7, experience = 1.0, layers = ["maas"] } }

[providers.b]
iaas = { share = 0.3, price = 0.9 }
maas = { share = "rest", price_per_million_tokens = 1.5 }

[segments.x]
customers = 1000
entry = 0.1
exit = 0.05
size = { spread = "pareto", tail = 1.5, classes = 4, switching_cost = 0.1 }
intensity = { iaas = 2.0, maas = 1.0 }
taste = { price = 1.2, quality = 1.1, switching_cost = 1.0, reach = 0.5 }
re_evaluate = { iaas = 0.3, maas = 0.5 }
switching_cost = { iaas = { initial = 0.5, full = 1.5 }, maas = 0.4 }
adopted = { iaas = 0.5, maas = 0.4 }
adopt = { iaas = { innovate = 0.2, imitate = 0.3 }, maas = { innovate = 0.3 } }
network = { iaas = 0.2 }
affinity = { maas_from_iaas = 0.5, iaas_from_maas = 0.3 }
multi_home = { maas = { share_of_customers = 0.4, primary_spend = 0.7 } }
private_share = 0.2

[segments.y]
customers = 500
size = { spread = "lognormal", sigma = 1.2, classes = 4 }
taste = { classes = [{ weight = 2, price = 0.5 }, { price = 1.5 }] }
re_evaluate = 0.4

[[events]]
name = "rule"
at = "2025Q3"
ramp = "2 quarters"
scale = { "portability" = 0.6 }

[[events]]
name = "leave"
at = "2026Q1"
move = { layer = "iaas", from = "a", to = "b", share = 0.3, segment = "x" }

[run]
engine = "agent"
replications = 2
seed = 7
customers = 300
)";

/// The text with one part replaced; the part must be there exactly once.
inline std::string with(std::string text, std::string_view part, std::string_view by) {
  const std::size_t at = text.find(part);
  EXPECT_NE(at, std::string::npos) << part;
  EXPECT_EQ(text.find(part, at + 1), std::string::npos) << part << " is there twice";
  return at == std::string::npos ? text : text.replace(at, part.size(), by);
}

/// What a function refuses, and the whole message; fails where it refuses nothing, or takes a second or more of processor time.
struct Refusal {
  std::vector<PlacedProblem> problems;
  std::string message;
};
template <class Function>
Refusal refusal_by(const Function& function) {
  const std::clock_t start = std::clock();
  Refusal refusal;
  try {
    function();
    ADD_FAILURE() << "nothing was refused";
  } catch (const InputError& error) {
    refusal = {error.problems(), error.what()};
  }
#ifdef NDEBUG
  constexpr double seconds = 1;
#else
  constexpr double seconds = 10;  // without optimisation
#endif
  EXPECT_LT(static_cast<double>(std::clock() - start), seconds * CLOCKS_PER_SEC) << "too slow";
  return refusal;
}
inline Refusal refusal_of(std::string_view text, const std::vector<std::string>& overrides = {}) {
  return refusal_by([&] { (void)parse_scenario(text, "file.toml", overrides); });
}

}  // namespace lockin
