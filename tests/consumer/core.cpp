// As dataplanes define them before they include anything.
#define always_inline static inline __attribute__((__always_inline__))
#define noinline __attribute__((__noinline__))
#define flatten __attribute__((__flatten__))

#include "weir/weir.hpp"

int main() { return weir::library_version.major == 0 ? 0 : 1; }
