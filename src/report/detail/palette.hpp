#pragma once

#include <array>
#include <cstddef>
#include <string_view>

namespace lockin::detail {

/// Colours of providers, in the order of the scenario. Found by a search for eight colours of at least 2:1 contrast with a white and a
/// dark page that stay far apart in OKLab (Ottosson 2020) for normal sight and the three dichromacies (Machado et al. 2009):
/// 0.137 at least, where the eight of Okabe and Ito have 0.076.
inline constexpr std::array<std::string_view, 8> palette = {"#3c3ce1", "#ff961e", "#2dc3ff", "#961e00",
                                                            "#966987", "#d24b0f", "#5a87e1", "#693c78"};
/// Strokes for the second and later rounds of the colours; the first is solid.
inline constexpr std::array<std::string_view, 4> strokes = {"", "6 3", "2 3", "8 3 2 3"};

constexpr std::string_view colour_of(std::size_t provider) { return palette[provider % palette.size()]; }
constexpr std::string_view stroke_of(std::size_t provider) {
  return strokes[provider / palette.size() % strokes.size()];
}

}  // namespace lockin::detail
