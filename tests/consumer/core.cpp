#include "weir/base/version.hpp"
#include "weir/table/hash.hpp"

int main() { return weir::library_version.major == 0 ? 0 : 1; }
