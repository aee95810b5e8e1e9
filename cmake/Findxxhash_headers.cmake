# Finds xxhash.h and offers it as xxhash::headers: weir uses xxHash inline and links nothing.
# The same file serves the build tree and the installed package. A project that brings xxHash itself
# has the target xxHash::xxhash, whose headers are taken, or xxhash::headers, which is left as it is.

if(TARGET xxhash::headers)
  set(xxhash_headers_FOUND TRUE)
  return()
endif()
if(TARGET xxHash::xxhash AND NOT xxhash_headers_INCLUDE_DIR)
  get_target_property(xxhash_headers_brought xxHash::xxhash INTERFACE_INCLUDE_DIRECTORIES)
  if(xxhash_headers_brought)
    set(xxhash_headers_INCLUDE_DIR "${xxhash_headers_brought}")
  endif()
endif()

find_path(xxhash_headers_INCLUDE_DIR xxhash.h DOC "The folder that holds xxhash.h")
mark_as_advanced(xxhash_headers_INCLUDE_DIR)

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(xxhash_headers
  REQUIRED_VARS xxhash_headers_INCLUDE_DIR
  REASON_FAILURE_MESSAGE "xxhash.h is missing (Debian package: libxxhash-dev)")

if(xxhash_headers_FOUND)
  add_library(xxhash::headers INTERFACE IMPORTED GLOBAL)
  target_include_directories(xxhash::headers INTERFACE "${xxhash_headers_INCLUDE_DIR}")
endif()
