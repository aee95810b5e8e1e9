// Catch2's main, compiled once for all test programs. Version 2 is asked for it by the definition
// CATCH_CONFIG_MAIN, which tests/CMakeLists.txt gives; version 3 has it in a library.

#include "tests/support/catch.hpp"
