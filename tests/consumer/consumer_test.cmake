# Uses weir as a stranger would.
#
#   cmake -D CASE=<case> -D SOURCE=<repository> -D WORK=<folder> -D CXX=<compiler> -P consumer_test.cmake
#
# install            puts the library below WORK, for the cases that need it installed, and the
#                    schemas where editors look for them
# subdirectory       builds against the sources, and installs nothing of them
# subdirectory-config builds against the sources with a component that is asked for
# brought            takes what the project has targets for, and looks for no library
# package-<name>     builds against the installed component
# pkg-config         builds with what pkg-config says of an installation that was moved
# bare               compiles by -I alone, without exceptions and run-time types, and without a warning
# checking-library   compiles with a standard library that checks itself
# missing-component  is told by name that there is no such component
# missing-library    is told by name that a component lacks its library
# option             is told what an option can be, and that naming a backend twice is no harm
# other-version      is refused

cmake_minimum_required(VERSION 3.25)

set(consumer "${SOURCE}/tests/consumer")
set(prefix "${WORK}/prefix")

function(run)
  execute_process(COMMAND ${ARGV} RESULT_VARIABLE result OUTPUT_VARIABLE output ERROR_VARIABLE output)
  if(NOT result EQUAL 0)
    list(JOIN ARGV " " command)
    message(NOTICE "${output}")
    message(FATAL_ERROR "failed: ${command}")
  endif()
  set(output "${output}" PARENT_SCOPE)
endfunction()

function(run_told expected)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE result OUTPUT_VARIABLE output ERROR_VARIABLE output)
  string(REGEX REPLACE "[ \n]+" " " output "${output}")
  if(result EQUAL 0)
    message(FATAL_ERROR "succeeds; it should say: ${expected}")
  elseif(NOT output MATCHES "${expected}")
    message(FATAL_ERROR "should say \"${expected}\" but says:\n${output}")
  endif()
endfunction()

set(build "${WORK}/${CASE}")
file(REMOVE_RECURSE "${build}")
set(configure "${CMAKE_COMMAND}" -G Ninja -S "${consumer}" -B "${build}"
  "-DCMAKE_CXX_COMPILER=${CXX}" -DCMAKE_CXX_FLAGS=-march=x86-64-v3
  "-DCMAKE_PREFIX_PATH=${prefix}")

if(CASE STREQUAL "install")
  file(REMOVE_RECURSE "${prefix}")
  run("${CMAKE_COMMAND}" -G Ninja -S "${SOURCE}" -B "${build}" "-DCMAKE_CXX_COMPILER=${CXX}"
    "-DCMAKE_INSTALL_PREFIX=${prefix}"
    -DWEIR_BUILD_TESTS=OFF -DWEIR_BUILD_EXAMPLES=OFF -DWEIR_BUILD_BENCHMARKS=OFF)
  run("${CMAKE_COMMAND}" --install "${build}")
  foreach(schema IN ITEMS weir report)
    if(NOT EXISTS "${prefix}/share/weir/${schema}.schema.json")
      message(FATAL_ERROR "share/weir/${schema}.schema.json is not installed")
    endif()
  endforeach()
elseif(CASE STREQUAL "subdirectory")
  run(${configure} "-DSUBDIRECTORY=${SOURCE}")
  run("${CMAKE_COMMAND}" --build "${build}")
  run("${build}/consumer")
  run("${CMAKE_COMMAND}" --install "${build}" --prefix "${build}/prefix")
  file(GLOB_RECURSE installed RELATIVE "${build}/prefix" "${build}/prefix/*")
  if(NOT installed STREQUAL "bin/consumer")
    message(FATAL_ERROR "the project installs more than its program: ${installed}")
  endif()
elseif(CASE STREQUAL "subdirectory-config")
  run(${configure} "-DSUBDIRECTORY=${SOURCE}" -DCOMPONENT=config)
  run("${CMAKE_COMMAND}" --build "${build}")
  run("${build}/consumer")
elseif(CASE STREQUAL "brought")
  foreach(sources IN ITEMS "${SOURCE}" "")  # empty: the installed package
    run(${configure} "-DSUBDIRECTORY=${sources}" -DCOMPONENT=config "-DBROUGHT=${build}"
      -DCMAKE_DISABLE_FIND_PACKAGE_yaml-cpp=ON)
    file(REMOVE_RECURSE "${build}")
  endforeach()
elseif(CASE MATCHES "^package-(.+)$")
  run(${configure} "-DCOMPONENT=${CMAKE_MATCH_1}")
  run("${CMAKE_COMMAND}" --build "${build}")
  run("${build}/consumer")
elseif(CASE STREQUAL "pkg-config")
  file(COPY "${prefix}/" DESTINATION "${build}/moved")
  file(GLOB_RECURSE pc "${build}/moved/*/weir.pc")
  cmake_path(GET pc PARENT_PATH folder)
  set(ENV{PKG_CONFIG_LIBDIR} "${folder}")  # and nothing else: weir needs no other package
  run(pkg-config --cflags --libs --static weir)
  if(NOT output MATCHES "/moved/" OR output MATCHES "${prefix}")
    message(FATAL_ERROR "weir.pc does not move: ${output}")
  endif()
  if(output MATCHES " -l")
    message(FATAL_ERROR "weir links nothing, and weir.pc does: ${output}")
  endif()
  separate_arguments(flags UNIX_COMMAND "${output}")
  file(MAKE_DIRECTORY "${build}")
  run("${CXX}" -std=c++20 "${consumer}/core.cpp" ${flags} -o "${build}/consumer")
  run("${build}/consumer")
elseif(CASE STREQUAL "bare")
  run("${CXX}" -std=c++20 -march=x86-64-v3 -fno-exceptions -fno-rtti
    -Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow -Wold-style-cast
    -Wno-unknown-warning-option -Wuseless-cast -Wcast-align=strict -Werror  # g++ knows the two
    -fsyntax-only "-I${SOURCE}/include" "${consumer}/bare.cpp")
elseif(CASE STREQUAL "checking-library")
  file(WRITE "${build}/umbrella.cpp" "#include \"weir/weir.hpp\"\n")
  run("${CXX}" -std=c++20 -D_GLIBCXX_DEBUG -fsyntax-only "-I${SOURCE}/include"
    "${build}/umbrella.cpp")
elseif(CASE STREQUAL "missing-component")
  run_told("weir component \"nonesuch\": this installation does not have it .it has: core[,)]"
    ${configure} -DCOMPONENT=nonesuch)
elseif(CASE STREQUAL "missing-library")
  run_told("weir component \"config\": it needs yaml-cpp"
    ${configure} -DCOMPONENT=config -DCMAKE_DISABLE_FIND_PACKAGE_yaml-cpp=ON)
  run_told("weir::config needs yaml-cpp" ${configure} "-DSUBDIRECTORY=${SOURCE}"
    -DCOMPONENT=config -DCMAKE_DISABLE_FIND_PACKAGE_yaml-cpp=ON)
elseif(CASE STREQUAL "option")
  set(configure ${configure} "-DSUBDIRECTORY=${SOURCE}" -DCOMPONENT=config)
  run_told("WEIR_CONFIG is \"maybe\"; it can be ON, OFF, or auto" ${configure} -DWEIR_CONFIG=maybe)
  foreach(none IN ITEMS OFF none)
    run_told("WEIR_BACKENDS names \"${none}\"; weir has: pcap, dpdk. Leave it empty for none"
      ${configure} -DWEIR_CONFIG=auto -DWEIR_BACKENDS=${none})
  endforeach()
  run(${configure} -DWEIR_CONFIG=auto "-DWEIR_BACKENDS=pcap\\;pcap")
elseif(CASE STREQUAL "other-version")
  run_told("compatible with requested version \"0.2\"" ${configure} -DVERSION=0.2)
else()
  message(FATAL_ERROR "there is no case \"${CASE}\"")
endif()
