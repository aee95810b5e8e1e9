# Installs each component with an export set of its own, so that find_package(weir) asks for a
# component's library only when the component is named.

include(CMakePackageConfigHelpers)

set(package_dir "${CMAKE_INSTALL_LIBDIR}/cmake/weir")
get_property(components GLOBAL PROPERTY WEIR_COMPONENTS)
foreach(component IN LISTS components)
  install(TARGETS weir_${component} EXPORT weir_${component} FILE_SET HEADERS)
  install(EXPORT weir_${component} NAMESPACE weir:: DESTINATION "${package_dir}"
    FILE weir_${component}.cmake)
endforeach()

list(JOIN components ", " components_listed)
configure_package_config_file(cmake/weirConfig.cmake.in weirConfig.cmake
  INSTALL_DESTINATION "${package_dir}" NO_SET_AND_CHECK_MACRO)
write_basic_package_version_file(weirConfigVersion.cmake
  COMPATIBILITY SameMinorVersion ARCH_INDEPENDENT)

# weir.pc says where things are from where it lies itself: what is installed may be moved.
file(RELATIVE_PATH pc_to_prefix "${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig" "${CMAKE_INSTALL_PREFIX}")
string(REGEX REPLACE "/$" "" pc_to_prefix "${pc_to_prefix}")
file(RELATIVE_PATH prefix_to_headers "${CMAKE_INSTALL_PREFIX}" "${CMAKE_INSTALL_FULL_INCLUDEDIR}")
# xxHash is used inline: of its own package only the headers matter, where they are out of the way.
set(xxhash_cflags "")
if(xxhash_headers_INCLUDE_DIR
    AND NOT xxhash_headers_INCLUDE_DIR IN_LIST CMAKE_CXX_IMPLICIT_INCLUDE_DIRECTORIES)
  set(xxhash_cflags " -I${xxhash_headers_INCLUDE_DIR}")
endif()
configure_file(cmake/weir.pc.in weir.pc @ONLY)

install(FILES
  "${PROJECT_BINARY_DIR}/weirConfig.cmake"
  "${PROJECT_BINARY_DIR}/weirConfigVersion.cmake"
  cmake/Findxxhash_headers.cmake
  cmake/dpdk_flags.cmake
  DESTINATION "${package_dir}")
install(FILES "${PROJECT_BINARY_DIR}/weir.pc" DESTINATION "${CMAKE_INSTALL_LIBDIR}/pkgconfig")

# What configurations and reports look like, for editors and for programs that read them.
install(FILES
  examples/configs/weir.schema.json
  examples/weir/report.schema.json
  DESTINATION "${CMAKE_INSTALL_DATADIR}/weir")
