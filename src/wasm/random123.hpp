#pragma once

// Random123 refuses processors that it does not list. Of those that it lists, this one has nothing of its own.
#define __s390x__
#include <Random123/philox.h>
#undef __s390x__
