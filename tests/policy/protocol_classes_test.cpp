#include "weir/policy/protocol_classes.hpp"

#include "tests/support/catch.hpp"

#include <cstddef>
#include <initializer_list>

namespace {

using weir::protocol;
using weir::protocol_classes;

protocol_classes::protocol_set set_of(std::initializer_list<protocol> members) {
  protocol_classes::protocol_set made;
  for (const auto one : members) {
    made.set(number(one));
  }
  return made;
}

/// Whether every protocol is a member of its class and of no other.
bool is_partition(const protocol_classes& classes) {
  for (unsigned value = 0; value < 256; ++value) {
    for (std::size_t place = 0; place < classes.count(); ++place) {
      const bool is_own = classes.class_of(protocol(value)) == place;
      if (classes.members(place).test(value) != is_own) return false;
    }
  }
  return true;
}

}  // namespace

TEST_CASE("protocols that no rule names are one class", "[policy][protocols]") {
  protocol_classes classes;

  classes.part({});
  classes.part(protocol_classes::protocol_set{}.set());

  CHECK(classes.count() == 1);
  CHECK(is_partition(classes));
}

TEST_CASE("protocols that rules treat alike share a class", "[policy][protocols]") {
  protocol_classes classes;

  classes.part(set_of({protocol::tcp, protocol::udp}));
  classes.part(set_of({protocol::udp, protocol::esp}));
  classes.part(set_of({protocol::tcp, protocol::udp}));

  CHECK(classes.count() == 4);
  CHECK(is_partition(classes));
  CHECK(classes.class_of(protocol::tcp) != classes.class_of(protocol::udp));
  CHECK(classes.class_of(protocol::icmp) == classes.class_of(protocol::gre));
}

TEST_CASE("there are no more classes than the limit", "[policy][protocols][limits]") {
  protocol_classes classes;
  for (unsigned value = 1; value < protocol_classes::classes_max; ++value) {
    classes.part(set_of({protocol(value)}));
  }
  REQUIRE(classes.count() == protocol_classes::classes_max);

  classes.part(set_of({protocol(200)}));

  CHECK(classes.count() == protocol_classes::classes_max);
  CHECK(is_partition(classes));
  CHECK(classes.class_of(protocol(200)) == classes.class_of(protocol(201)));
}
