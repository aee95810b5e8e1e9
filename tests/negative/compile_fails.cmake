# Compiles a wrong program and checks what the compiler says about it.
#
#   cmake -D COMMAND=<compiler;flags> -D PROGRAM=<file.cpp> -P compile_fails.cmake
#
# The program's first line is a comment `// says: <regular expression>`. A program that compiles,
# or whose diagnostics do not match, fails.

cmake_minimum_required(VERSION 3.25)

file(READ "${PROGRAM}" text)
if(NOT text MATCHES "^// says: ([^\n]+)\n")
  message(FATAL_ERROR "${PROGRAM}:1: the first line must be `// says: <regular expression>`")
endif()
set(says "${CMAKE_MATCH_1}")

set(ENV{LC_ALL} C)
execute_process(COMMAND ${COMMAND} -fsyntax-only "${PROGRAM}"
  RESULT_VARIABLE result OUTPUT_VARIABLE output ERROR_VARIABLE output)
if(result EQUAL 0)
  message(FATAL_ERROR "${PROGRAM} compiles; it should be refused with: ${says}")
elseif(NOT output MATCHES "${says}")
  message(NOTICE "${output}")
  message(FATAL_ERROR "${PROGRAM} should be refused with: ${says}")
endif()
