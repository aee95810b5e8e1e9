#include "weir/pcap/reader.hpp"

int main() { return weir::pcap::reader::open("there is no such capture") ? 1 : 0; }
