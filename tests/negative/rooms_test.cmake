# Plants one violation of each kind into a copy of the headers and sees the room check refuse it,
# naming file and line.
#
#   cmake -D SOURCE=<repository> -D WORK=<empty folder> -P rooms_test.cmake

cmake_minimum_required(VERSION 3.25)

function(plant file line expected)
  file(REMOVE_RECURSE "${WORK}")
  file(COPY "${SOURCE}/include" DESTINATION "${WORK}")
  file(WRITE "${WORK}/${file}" "#pragma once\n\n${line}\n")

  execute_process(
    COMMAND "${CMAKE_COMMAND}" -D "ROOT=${WORK}" -P "${SOURCE}/cmake/check_rooms.cmake"
    RESULT_VARIABLE result OUTPUT_VARIABLE output ERROR_VARIABLE output)
  if(result EQUAL 0)
    message(SEND_ERROR "${file} with \"${line}\" passes the room check")
  elseif(NOT output MATCHES "${file}:${expected}")
    message(SEND_ERROR "${file} with \"${line}\" should be told \"${expected}\" but is told:\n${output}")
  endif()
  file(REMOVE_RECURSE "${WORK}")
endfunction()

plant(include/weir/net/planted.hpp "#include \"weir/session/key.hpp\""
  "3: net may not include session")
plant(include/weir/wire/planted.hpp "#include \"weir/net/detail/digits.hpp\""
  "3: wire may not include the detail of net")
plant(include/weir/nat/planted.hpp "#include <weir/policy/zones.hpp>"
  "3: nat may not include policy")
plant(include/weir/attic/planted.hpp "// nothing"
  "1: there is no room .attic.")
plant(include/weir/base/planted.hpp "#define WEIR_ASSERT(x)"
  "3: public headers have no macros")
plant(include/weir/engine/planted.hpp "#ifdef NDEBUG"
  "3: public headers have no macros")
plant(include/weir/session/planted.hpp "auto port = ntohs(bytes);"
  "3: byte order belongs to wire, not .ntohs.")
plant(include/weir/pool/planted.hpp "#include <xxhash.h>"
  "3: the core includes the standard library alone")
plant(include/weir/time/planted.hpp "#include <chrono>"
  "3: no room of the core includes <chrono>")
plant(include/weir/net/planted.hpp "// nothing"
  "1: include/weir/net.hpp leaves it out")
plant(include/weir/ra.hpp "// nothing"
  "1: include/weir/weir.hpp leaves it out")
plant(include/weir/attic.hpp "// nothing"
  "1: there is no room .attic.")
plant(include/weir/net.hpp "#include \"weir/base/verdict.hpp\""
  "3: an umbrella holds nothing but includes of its own")
plant(include/weir/net.hpp "inline int planted = 0;"
  "3: an umbrella holds nothing but includes of its own")
plant(include/weir/weir.hpp "#include \"weir/config.hpp\""
  "3: an umbrella holds nothing but includes of its own")
plant(include/weir/nat/planted.hpp "#include \"weir/net.hpp\""
  "3: a room includes rooms by their headers")
