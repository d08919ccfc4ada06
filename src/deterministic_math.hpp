#pragma once

#include <sleef.h>

namespace lockin::math {

// glibc picks an implementation of these by processor; SLEEF's deterministic functions give the same bits on all.
inline double exp(double x) { return Sleef_cinz_expd1_u10purec(x); }
inline double log(double x) { return Sleef_cinz_logd1_u10purec(x); }
inline double pow(double x, double y) { return Sleef_cinz_powd1_u10purec(x, y); }
inline double expm1(double x) { return Sleef_cinz_expm1d1_u10purec(x); }
inline double log1p(double x) { return Sleef_cinz_log1pd1_u10purec(x); }
inline double erfc(double x) { return Sleef_cinz_erfcd1_u15purec(x); }

}  // namespace lockin::math
