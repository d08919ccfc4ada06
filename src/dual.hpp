#pragma once

#include <cmath>
#include <numbers>

#include "deterministic_math.hpp"

namespace lockin {

/// A number and its derivative by one other number.
struct Dual {
  double value = 0, slope = 0;
  Dual() = default;
  Dual(double v, double s = 0) : value(v), slope(s) {}  // NOLINT: a constant is a number
};

inline Dual operator-(Dual a) { return {-a.value, -a.slope}; }
inline Dual operator+(Dual a, Dual b) { return {a.value + b.value, a.slope + b.slope}; }
inline Dual operator-(Dual a, Dual b) { return {a.value - b.value, a.slope - b.slope}; }
inline Dual operator*(Dual a, Dual b) { return {a.value * b.value, a.slope * b.value + a.value * b.slope}; }
inline Dual operator/(Dual a, Dual b) {
  const double q = a.value / b.value;
  return {q, (a.slope - q * b.slope) / b.value};
}
inline Dual& operator+=(Dual& a, Dual b) { return a = a + b; }
inline Dual& operator-=(Dual& a, Dual b) { return a = a - b; }
inline Dual& operator*=(Dual& a, Dual b) { return a = a * b; }
inline Dual& operator/=(Dual& a, Dual b) { return a = a / b; }

inline double value_of(double x) { return x; }
inline double value_of(Dual x) { return x.value; }

/// Reads a number of a market as it is.
struct Plain {
  double operator()(const double& x) const { return x; }
};
/// Reads a number as a constant, or as the variable if it is the one to differentiate by.
struct By {
  const double* variable = nullptr;
  Dual operator()(const double& x) const { return {x, &x == variable ? 1.0 : 0.0}; }
};
/// What a reader makes of a number.
template <class Read>
using NumberOf = decltype(Read{}(0.0));

namespace math {

inline Dual exp(Dual x) {
  const double e = exp(x.value);
  return {e, e * x.slope};
}
inline Dual log(Dual x) { return {log(x.value), x.slope / x.value}; }
inline Dual log1p(Dual x) { return {log1p(x.value), x.slope / (1 + x.value)}; }
inline Dual expm1(Dual x) { return {expm1(x.value), exp(x.value) * x.slope}; }
inline Dual pow(Dual x, double y) {
  return {pow(x.value, y), x.slope == 0 ? 0 : y * pow(x.value, y - 1) * x.slope};
}
inline Dual pow(double x, Dual y) {
  const double p = pow(x, y.value);
  return {p, y.slope == 0 ? 0 : p * log(x) * y.slope};
}
inline Dual erfc(Dual x) {
  return {erfc(x.value), -2 * std::numbers::inv_sqrtpi * exp(-x.value * x.value) * x.slope};
}
inline double sqrt(double x) { return std::sqrt(x); }
inline Dual sqrt(Dual x) {
  const double root = std::sqrt(x.value);
  return {root, x.slope / (2 * root)};
}

}  // namespace math
}  // namespace lockin
