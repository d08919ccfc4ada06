#include "report/detail/palette.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <string>

namespace lockin::detail {
namespace {

using Three = std::array<double, 3>;
using Matrix = std::array<Three, 3>;

Three times(const Matrix& m, const Three& v) {
  Three result{};
  for (std::size_t i = 0; i < 3; ++i)
    for (std::size_t j = 0; j < 3; ++j) result[i] += m[i][j] * v[j];
  return result;
}

// Linear light of sRGB (IEC 61966-2-1).
Three linear(std::string_view colour) {
  Three result{};
  for (std::size_t i = 0; i < 3; ++i) {
    const double c = std::stoi(std::string(colour.substr(1 + 2 * i, 2)), nullptr, 16) / 255.0;
    result[i] = c <= 0.04045 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4);
  }
  return result;
}

// Ottosson (2020).
Three oklab(const Three& rgb) {
  Three lms = times({{{0.4122214708, 0.5363325363, 0.0514459929},
                      {0.2119034982, 0.6806995451, 0.1073969566},
                      {0.0883024619, 0.2817188376, 0.6299787005}}},
                    rgb);
  for (double& x : lms) x = std::cbrt(x);
  return times({{{0.2104542553, 0.7936177850, -0.0040720468},
                 {1.9779984951, -2.4285922050, 0.4505937099},
                 {0.0259040371, 0.7827717662, -0.8086757660}}},
               lms);
}

// Normal sight, then protanopia, deuteranopia and tritanopia: Machado, Oliveira and Fernandes (2009), severity 1.
constexpr std::array<Matrix, 4> sights = {
    {{{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}},
     {{{0.152286, 1.052583, -0.204868}, {0.114503, 0.786281, 0.099216}, {-0.003882, -0.048116, 1.051998}}},
     {{{0.367322, 0.860646, -0.227968}, {0.280085, 0.672501, 0.047413}, {-0.011820, 0.042940, 0.968881}}},
     {{{1.255528, -0.076749, -0.178779}, {-0.078411, 0.930809, 0.147602}, {0.004733, 0.691367, 0.303900}}}}};

double distance(std::string_view a, std::string_view b, const Matrix& sight) {
  const auto seen = [&](std::string_view colour) {
    Three rgb = times(sight, linear(colour));
    for (double& x : rgb) x = std::clamp(x, 0.0, 1.0);
    return oklab(rgb);
  };
  const Three x = seen(a), y = seen(b);
  return std::hypot(x[0] - y[0], x[1] - y[1], x[2] - y[2]);
}

// WCAG 2.
double contrast(std::string_view a, std::string_view b) {
  const auto light = [](std::string_view colour) {
    const Three rgb = linear(colour);
    return 0.2126 * rgb[0] + 0.7152 * rgb[1] + 0.0722 * rgb[2] + 0.05;
  };
  return std::max(light(a), light(b)) / std::min(light(a), light(b));
}

TEST(Palette, ColoursAreApartForEverySight) {
  // 0.076 is what the colours of Okabe and Ito have, the usual choice.
  for (std::size_t i = 0; i < palette.size(); ++i)
    for (std::size_t j = 0; j < i; ++j)
      for (std::size_t sight = 0; sight < sights.size(); ++sight)
        EXPECT_GT(distance(palette[i], palette[j], sights[sight]), 0.137)
            << palette[i] << " " << palette[j] << " sight " << sight;
  EXPECT_NEAR(distance("#009E73", "#CC79A7", sights[2]), 0.076, 1e-3);  // as an independent program says
}

TEST(Palette, ColoursStandOutFromLightAndDarkPages) {
  for (const std::string_view colour : palette)
    for (const std::string_view page : {"#ffffff", "#15171c"})
      EXPECT_GT(contrast(colour, page), 2.0) << colour;
}

TEST(Palette, MoreProvidersHaveOtherStrokes) {
  EXPECT_EQ(colour_of(0), colour_of(palette.size()));
  EXPECT_NE(stroke_of(0), stroke_of(palette.size()));
  EXPECT_EQ(stroke_of(0), "");
}

}  // namespace
}  // namespace lockin::detail
