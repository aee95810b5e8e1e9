/// The one header that knows which Catch2 is there: version 3 where it is, else version 2.

#pragma once

#if __has_include(<catch2/catch_all.hpp>)
#include <catch2/catch_all.hpp>
#else
#include <catch2/catch.hpp>
#endif
