// says: snapshot_parts\)' is private|private constructor of class 'weir::snapshot'

#include "weir/engine/snapshot.hpp"

const weir::snapshot unproven{weir::snapshot_parts{}};
