#pragma once

#ifdef __EMSCRIPTEN__
#include <cmath>
#else
#include <sleef.h>
#endif

namespace lockin::math {

#ifdef __EMSCRIPTEN__
// SLEEF is not built for WebAssembly, whose one mathematical library gives the same bits in every browser.
inline double exp(double x) { return std::exp(x); }
inline double log(double x) { return std::log(x); }
inline double pow(double x, double y) { return std::pow(x, y); }
inline double expm1(double x) { return std::expm1(x); }
inline double log1p(double x) { return std::log1p(x); }
inline double erfc(double x) { return std::erfc(x); }
#else
// glibc picks an implementation of these by processor; SLEEF's deterministic functions give the same bits on all.
inline double exp(double x) { return Sleef_cinz_expd1_u10purec(x); }
inline double log(double x) { return Sleef_cinz_logd1_u10purec(x); }
inline double pow(double x, double y) { return Sleef_cinz_powd1_u10purec(x, y); }
inline double expm1(double x) { return Sleef_cinz_expm1d1_u10purec(x); }
inline double log1p(double x) { return Sleef_cinz_log1pd1_u10purec(x); }
inline double erfc(double x) { return Sleef_cinz_erfcd1_u15purec(x); }
#endif

}  // namespace lockin::math
