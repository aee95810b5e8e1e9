# The rooms of weir and what each may include: the architecture, executable.
#
#   cmake [-D ROOT=<folder of include/ and backends/>] -P cmake/check_rooms.cmake
#
# Fails, naming file and line, on an include the table does not allow, a room the table does not
# know, another room's detail, a library the core may not use, a macro, a fork by the preprocessor,
# byte order outside wire, an umbrella that holds more than includes of its own, and a header or a
# room that its umbrella leaves out.

cmake_minimum_required(VERSION 3.25)

if(NOT DEFINED ROOT)
  cmake_path(GET CMAKE_CURRENT_LIST_DIR PARENT_PATH ROOT)
endif()

# --- the table --------------------------------------------------------------------------------
# In order: a room never includes one that stands below it.

set(rooms base time net wire packet link table route policy fragment session pool nat nat64
  offload ra observe engine config)
set(core_rooms ${rooms})
list(REMOVE_ITEM core_rooms config)

set(base_may)
set(time_may     base)
set(net_may      base)
set(wire_may     base net)
set(packet_may   base net wire)
set(link_may     base net wire packet)
set(table_may    base net time)
set(route_may    base net table)
set(policy_may   base net time table route)
set(fragment_may base net wire packet time table)
set(session_may  base net wire packet time table)
set(pool_may     base net time table)
set(nat_may      base time net wire packet link table route fragment session pool)
set(nat64_may    base time net wire packet link table route fragment session pool)
set(offload_may  ${nat_may} nat nat64)
set(ra_may       base net wire packet)
set(observe_may  base net wire time)
set(engine_may   ${offload_may} policy offload ra observe)
set(config_may   ${engine_may} engine)
set(backend_may  ${rooms})

# Headers that cost too much, or bring what the core must not know, in every room but config.
set(core_never chrono functional iostream)

# The one file that includes xxHash and defines its macro, and the one that asks for the CPU.
set(xxhash_file include/weir/table/hash.hpp)
set(simd_file include/weir/table/simd.hpp)

set(byte_order "(^|[^a-z0-9_])(hton[sl]|ntoh[sl]|htobe[0-9]+|be[0-9]+toh|load_be|store_be|__builtin_bswap[0-9]+|bswap_[0-9]+|byteswap|std::endian|rte_cpu_to_be_[0-9]+|rte_be_to_cpu_[0-9]+)([^a-z0-9_]|$)")

# --- the check --------------------------------------------------------------------------------

set(faults "")

macro(fault text)
  string(APPEND faults "${file}:${number}: ${text}\n")
endmacro()

# An include of one of ours.
function(check_include_of_weir file number room included)
  if(NOT included MATCHES "^weir/([a-z0-9_]+)/")
    fault("a room includes rooms by their headers, not \"${included}\"")
    return(PROPAGATE faults)
  endif()
  set(other "${CMAKE_MATCH_1}")
  if(other STREQUAL room)
    return()
  endif()
  if(NOT other IN_LIST ${room}_may)
    list(JOIN ${room}_may " " may)
    fault("${room} may not include ${other} (it may include: ${may})")
  elseif(included MATCHES "/detail/")
    fault("${room} may not include the detail of ${other}")
  endif()
  return(PROPAGATE faults)
endfunction()

# An include of somebody else's, in a room of the core.
function(check_include_of_others file number included)
  if(included IN_LIST core_never)
    fault("no room of the core includes <${included}>")
  elseif(NOT included MATCHES "^[a-z0-9_]+$"
      AND NOT (file STREQUAL xxhash_file AND included STREQUAL "xxhash.h")
      AND NOT (file STREQUAL simd_file))
    fault("the core includes the standard library alone, not <${included}>")
  endif()
  return(PROPAGATE faults)
endfunction()

function(check_line file number room line)
  if(line MATCHES "^ *# *include *[<\"]([^>\"]+)[>\"]")
    set(included "${CMAKE_MATCH_1}")
    if(included MATCHES "^weir/")
      if(NOT (room STREQUAL "backend" AND included MATCHES "^weir/(pcap|xdp|dpdk|tun)/"))
        check_include_of_weir(${file} ${number} ${room} "${included}")
      endif()
    elseif(NOT room MATCHES "^(config|backend)$")
      check_include_of_others(${file} ${number} "${included}")
    endif()
  elseif(line MATCHES "^ *# *(define|undef|if|ifdef|ifndef|elif)" AND NOT file STREQUAL simd_file
      AND NOT (file STREQUAL xxhash_file AND line MATCHES "XXH_INLINE_ALL"))
    fault("public headers have no macros and no forks by the preprocessor")
  elseif(NOT room MATCHES "^(wire|backend)$" AND line MATCHES "${byte_order}")
    fault("byte order belongs to wire, not \"${CMAKE_MATCH_2}\" here")
  endif()
  return(PROPAGATE faults)
endfunction()

# The lines of a file, none where there is no file. What CMake's lists would take apart, and what a
# comment says, is no concern of this check.
function(read_lines file)
  set(text "")
  if(EXISTS "${ROOT}/${file}")
    file(READ "${ROOT}/${file}" text)
  endif()
  string(REGEX REPLACE "//[^\n]*" "" text "${text}")
  string(REGEX REPLACE "[][;\\]" " " text "${text}")
  string(REPLACE "\n" ";" lines "${text}")
  return(PROPAGATE lines)
endfunction()

function(check_file file room)
  read_lines(${file})
  set(number 0)
  foreach(line IN LISTS lines)
    math(EXPR number "${number} + 1")
    if(line MATCHES "#|${byte_order}")
      check_line(${file} ${number} ${room} "${line}")
    endif()
  endforeach()
  return(PROPAGATE faults)
endfunction()

# An umbrella: weir.hpp is that of the core's rooms, <room>.hpp that of the headers in <room>/.
function(check_umbrella file name)
  set(own "${name}/[a-z0-9_]+")
  if(name STREQUAL "weir")
    list(JOIN core_rooms "|" own)
  endif()
  read_lines(${file})
  set(number 0)
  foreach(line IN LISTS lines)
    math(EXPR number "${number} + 1")
    if(NOT line MATCHES "^(#pragma once|#include \"weir/(${own})\\.hpp\"|)$")
      fault("an umbrella holds nothing but includes of its own")
    endif()
  endforeach()
  return(PROPAGATE faults)
endfunction()

function(check_is_under file number umbrella)
  read_lines(${umbrella})
  string(REGEX REPLACE "^.*include/" "" included "${file}")
  if(NOT "#include \"${included}\"" IN_LIST lines)
    fault("${umbrella} leaves it out")
  endif()
  return(PROPAGATE faults)
endfunction()

file(GLOB_RECURSE files RELATIVE "${ROOT}" "${ROOT}/include/weir/*" "${ROOT}/backends/*.hpp")
set(checked 0)
foreach(file IN LISTS files)
  set(number 1)
  if(file MATCHES "^backends/")
    set(room backend)
  else()
    string(REGEX REPLACE "^include/weir/([^/.]+).*$" "\\1" room "${file}")
    if(NOT room IN_LIST rooms AND NOT file STREQUAL "include/weir/weir.hpp")
      fault("there is no room \"${room}\"")
      continue()
    endif()
  endif()
  if(file MATCHES "include/weir/([^/]+)\\.hpp$")
    check_umbrella(${file} ${CMAKE_MATCH_1})
  else()
    check_file(${file} ${room})
  endif()
  cmake_path(GET file PARENT_PATH folder)
  if(folder MATCHES "include/weir/[^/]+$")
    check_is_under(${file} ${number} ${folder}.hpp)
  elseif(folder STREQUAL "include/weir" AND room IN_LIST core_rooms)
    check_is_under(${file} ${number} include/weir/weir.hpp)
  endif()
  math(EXPR checked "${checked} + 1")
endforeach()

if(NOT faults STREQUAL "")
  message(NOTICE "${faults}")
  message(FATAL_ERROR "The rooms are not kept.")
endif()
if(checked EQUAL 0)
  message(FATAL_ERROR "There are no headers below ${ROOT}.")
endif()
message(STATUS "${checked} headers keep to their rooms")
