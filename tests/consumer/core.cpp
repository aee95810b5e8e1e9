#include "weir/weir.hpp"

int main() { return weir::library_version.major == 0 ? 0 : 1; }
