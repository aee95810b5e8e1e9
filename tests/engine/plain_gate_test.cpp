#include "weir/engine/plain_gate.hpp"

#include "tests/support/catch.hpp"

#include <cstdint>

namespace weir {
namespace {

TEST_CASE("the short cut is for packets to this station whose checksum nobody has to judge",
          "[engine][plain]") {
  const auto cast = GENERATE(link_cast::unicast, link_cast::broadcast, link_cast::multicast);
  const auto known =
      GENERATE(checksum_state::unverified, checksum_state::valid, checksum_state::partial);
  const packet_meta meta{interface_id{std::uint16_t(GENERATE(0, 1, 0x0101))}, cast, known};
  const bool is_to_station = cast == link_cast::unicast;

  CHECK(detail::plain_gate::to_station(false).admits(meta) == is_to_station);
  CHECK(detail::plain_gate::to_station(true).admits(meta) ==
        (is_to_station && known != checksum_state::unverified));
  CHECK_FALSE(detail::plain_gate{}.admits(meta));
}

}  // namespace
}  // namespace weir
