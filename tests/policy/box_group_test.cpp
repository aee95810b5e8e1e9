#include "weir/policy/box_group.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/seeded.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

namespace {

using weir::flow_key;
using weir::ipv4;
using weir::ipv6;
using weir::detail::box_group;
using weir::detail::box_meaning;
using weir::detail::box_side;
using weir::detail::box_sides;
using weir::detail::found_word;
using weir::detail::group_boxes;
using weir::detail::group_point;
using weir::detail::rule_box;
using weir::detail::rule_point;
using weir::detail::whole_space;

template <class V>
constexpr std::size_t address_sides = box_sides<V> - 2;

/// A block of addresses or a range of ports with few distinct ends, so that points hit them.
box_side any_side(weir::test::seeded& random, bool is_address) {
  if (is_address) {
    const auto open = static_cast<std::uint32_t>(0xFFFF'FFFFull >> random.below(33));
    const auto first = static_cast<std::uint32_t>(random()) & 0x8001'8001 & ~open;
    return {first, first | open};
  }
  const auto one = static_cast<std::uint32_t>(random.below(4)) * 0x5555;
  const auto other = static_cast<std::uint32_t>(random.below(4)) * 0x5555;
  return {std::min(one, other), std::max(one, other)};
}

template <class V>
rule_box<V> any_box(weir::test::seeded& random, std::uint32_t rule) {
  rule_box<V> made = whole_space<V>();
  for (std::size_t side = 0; side < box_sides<V>; ++side) {
    if (random.one_in(2)) made.sides[side] = any_side(random, side < address_sides<V>);
  }
  made.rule = rule;
  made.meaning = random.one_in(3) ? box_meaning::ask : box_meaning::match;
  return made;
}

/// A number of each side.
template <class V>
using numbers = std::array<std::uint32_t, box_sides<V>>;

template <class V>
numbers<V> any_numbers(weir::test::seeded& random) {
  numbers<V> made;
  for (std::size_t side = 0; side < made.size(); ++side) {
    const bool is_address = side < address_sides<V>;
    made[side] = any_side(random, is_address).first + (random.one_in(4) ? 1u : 0u);
    if (!is_address) made[side] = std::min(made[side], 0xFFFFu);
  }
  return made;
}

template <class V>
group_point<V> point_of(const numbers<V>& at) {
  rule_point<V> made{};
  std::copy_n(at.begin(), address_sides<V>, made.begin());
  made.back() = at[address_sides<V>] | at[address_sides<V> + 1] << 16;
  return group_point<V>{made};
}

template <class V>
bool holds(const rule_box<V>& box, const numbers<V>& at) {
  for (std::size_t side = 0; side < at.size(); ++side) {
    if (at[side] < box.sides[side].first || at[side] > box.sides[side].last) return false;
  }
  return true;
}

}  // namespace

TEMPLATE_TEST_CASE("a group finds the first of its boxes that holds a point", "[policy][rules]",
                   ipv4, ipv6) {
  weir::test::seeded random;
  CAPTURE(random.seed());
  int found_count = 0;
  for (int round = 0; round < 20'000; ++round) {
    box_group<TestType> group;
    std::array<rule_box<TestType>, group_boxes> boxes;
    const std::size_t count = random.index(group_boxes + 1);
    for (std::size_t place = 0; place < count; ++place) {
      boxes[place] = any_box<TestType>(random, static_cast<std::uint32_t>(10 * place + 3));
      group.set(place, boxes[place]);
    }
    const auto at = any_numbers<TestType>(random);
    const auto point = point_of<TestType>(at);

    found_word after{};
    found_word expected{};
    for (std::size_t place = count; place-- > 0;) {
      if (!holds(boxes[place], at)) continue;
      after = expected;
      expected = {boxes[place].rule, boxes[place].meaning};
    }
    found_count += expected != found_word{};
    if (group.first(point) != expected || group.next(point, expected) != after) {
      CAPTURE(round, count);
      FAIL("the group found another box");
    }
  }
  CHECK(found_count > 400);
}

TEMPLATE_TEST_CASE("two groups find the first of all their boxes", "[policy][rules]", ipv4, ipv6) {
  weir::test::seeded random;
  CAPTURE(random.seed());
  int both_count = 0;
  for (int round = 0; round < 20'000; ++round) {
    std::array<box_group<TestType>, 2> groups;
    std::array<std::uint32_t, 2> next{};
    for (std::uint32_t rule = 0; rule < 2 * group_boxes; ++rule) {
      const auto which = random.index(2);
      if (next[which] == group_boxes) continue;
      groups[which].set(next[which]++, any_box<TestType>(random, rule));
    }
    const auto point = point_of<TestType>(any_numbers<TestType>(random));
    const auto one = groups[0].first(point);
    const auto other = groups[1].first(point);
    both_count += one != found_word{} && other != found_word{};
    if (box_group<TestType>::first(groups[0], groups[1], point) != std::min(one, other)) {
      CAPTURE(round);
      FAIL("the groups found another box");
    }
  }
  CHECK(both_count > 0);
}

TEMPLATE_TEST_CASE("a group is full when its last place is taken", "[policy][rules][limits]", ipv4,
                   ipv6) {
  weir::test::seeded random;
  CAPTURE(random.seed());
  box_group<TestType> group;
  for (std::uint32_t place = 0; place < group_boxes; ++place) {
    CHECK_FALSE(group.is_full());
    group.set(place, any_box<TestType>(random, place));
  }
  CHECK(group.is_full());
}
