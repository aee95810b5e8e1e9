#include "examples/weir/command_line.hpp"

int main(int argc, char** argv) { return weir::program::run(argc, argv); }
