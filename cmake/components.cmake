# The components of weir: one header-only target each, `weir::core` below them all.
#
#   weir_add_core()             weir::core, every room but config
#   weir_add_config()           weir::config, as WEIR_CONFIG says
#   weir_add_component(name)    weir::<name> with the headers below its include folder

# Defines weir::<name>, its headers from `base` matching the globs, exported as component <name>.
function(weir_add_component name base)
  file(GLOB_RECURSE headers CONFIGURE_DEPENDS ${ARGN})
  if(name STREQUAL "core")
    list(FILTER headers EXCLUDE REGEX "/include/weir/config[/.]")
  endif()

  add_library(weir_${name} INTERFACE)
  add_library(weir::${name} ALIAS weir_${name})
  set_target_properties(weir_${name} PROPERTIES
    EXPORT_NAME ${name}
    VERIFY_INTERFACE_HEADER_SETS ${PROJECT_IS_TOP_LEVEL})
  target_sources(weir_${name} INTERFACE
    FILE_SET HEADERS BASE_DIRS "${base}" FILES ${headers})
  target_compile_features(weir_${name} INTERFACE cxx_std_20)
  if(NOT name STREQUAL "core")
    target_link_libraries(weir_${name} INTERFACE weir::core)
  endif()
  set_property(GLOBAL APPEND PROPERTY WEIR_COMPONENTS ${name})
endfunction()

function(weir_add_core)
  list(PREPEND CMAKE_MODULE_PATH "${PROJECT_SOURCE_DIR}/cmake")
  find_package(xxhash_headers REQUIRED)
  weir_add_component(core "${PROJECT_SOURCE_DIR}/include"
    "${PROJECT_SOURCE_DIR}/include/weir/*.hpp")
  target_link_libraries(weir_core INTERFACE xxhash::headers)
endfunction()

function(weir_add_config)
  string(TOUPPER "${WEIR_CONFIG}" choice)
  if(NOT choice MATCHES "^(ON|YES|TRUE|Y|1|OFF|NO|FALSE|N|0|AUTO)$")
    message(FATAL_ERROR "WEIR_CONFIG is \"${WEIR_CONFIG}\"; it can be ON, OFF, or auto")
  endif()
  if(NOT WEIR_CONFIG)
    return()
  endif()
  if(NOT TARGET yaml-cpp::yaml-cpp AND NOT TARGET yaml-cpp)  # a project may bring it itself
    find_package(yaml-cpp QUIET GLOBAL)
  endif()
  if(NOT TARGET yaml-cpp::yaml-cpp AND NOT TARGET yaml-cpp)
    set(text "weir::config needs yaml-cpp (Debian package: libyaml-cpp-dev)")
    if(NOT choice STREQUAL "AUTO")
      message(FATAL_ERROR "${text}. Install it, or set WEIR_CONFIG to OFF.")
    endif()
    message(STATUS "weir::config is left out: ${text}")
    return()
  endif()
  weir_add_component(config "${PROJECT_SOURCE_DIR}/include"
    "${PROJECT_SOURCE_DIR}/include/weir/config.hpp"
    "${PROJECT_SOURCE_DIR}/include/weir/config/*.hpp")
  target_link_libraries(weir_config INTERFACE
    $<IF:$<TARGET_EXISTS:yaml-cpp::yaml-cpp>,yaml-cpp::yaml-cpp,yaml-cpp>)
endfunction()
