# Holds the README to the program it shows: what stands between the marks of the example is there.
#
#   cmake -D SOURCE=<repository> -P readme_test.cmake

cmake_minimum_required(VERSION 3.25)

file(READ "${SOURCE}/examples/embedding.cpp" program)
file(READ "${SOURCE}/README.md" readme)

set(mark "// [embedding]\n")
string(LENGTH "${mark}" length)
string(FIND "${program}" "${mark}" first)
string(FIND "${program}" "${mark}" last REVERSE)
if(first EQUAL last)
  message(FATAL_ERROR "examples/embedding.cpp does not mark what the README shows")
endif()
math(EXPR first "${first} + ${length}")
math(EXPR length "${last} - ${first}")
string(SUBSTRING "${program}" ${first} ${length} excerpt)

string(FIND "${readme}" "```cpp\n${excerpt}```\n" place)
if(place EQUAL -1)
  message(FATAL_ERROR "README.md does not show what examples/embedding.cpp does:\n${excerpt}")
endif()
