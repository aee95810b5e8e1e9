# libdpdk's pkg-config file asks for -march=corei7, which would lower the -march of whoever links
# it. DPDK's headers need no more than the instructions that this name adds.

get_target_property(options PkgConfig::WEIR_DPDK INTERFACE_COMPILE_OPTIONS)
list(TRANSFORM options REPLACE "^-march=corei7$" "-msse4.2")
set_target_properties(PkgConfig::WEIR_DPDK PROPERTIES INTERFACE_COMPILE_OPTIONS "${options}")
