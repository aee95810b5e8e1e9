#include "weir/policy/tree_builder.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/seeded.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace {

using weir::ipv4;
using weir::detail::box_meaning;
using weir::detail::rule_box;
using weir::detail::rule_forest;
using weir::detail::tree_builder;
using weir::detail::tree_grove;
using weir::detail::tree_node;
using weir::detail::whole_space;

constexpr std::size_t source_port = 2;
constexpr std::size_t destination_port = 3;
constexpr std::size_t replication = 32;

/// How many nodes the longest search below a node meets, itself included.
std::size_t depth(const rule_forest<ipv4>& forest, tree_node at) {
  std::size_t deepest = 0;
  for (std::size_t slice = 0; slice < at.cut.slices(); ++slice) {
    const auto place = forest.places()[at.first + slice];
    if (place.is_node()) {
      deepest = std::max(deepest, depth(forest, forest.node(place)));
    }
  }
  return deepest + 1;
}

std::size_t depth(const std::vector<rule_box<ipv4>>& boxes) {
  tree_builder<ipv4> builder{replication};
  const tree_grove grove = builder.plant(boxes);
  const auto forest = builder.forest();
  std::size_t deepest = 0;
  for (std::size_t tree = 0; tree < grove.trees; ++tree) {
    deepest = std::max(deepest, depth(forest, grove.roots[tree]));
  }
  return deepest;
}

}  // namespace

TEST_CASE("no search meets more nodes than packets have bits", "[policy][rules][limits]") {
  weir::test::seeded random;
  CAPTURE(random.seed());
  constexpr std::size_t bits = 2 * 32 + 2 * 16;
  for (int round = 0; round < 20; ++round) {
    // Ranges of ports that overlap: however they are cut, some reach into many slices.
    std::vector<rule_box<ipv4>> boxes;
    const std::size_t count = random.between(5, 400);
    for (std::uint32_t rule = 0; rule < count; ++rule) {
      auto box = whole_space<ipv4>();
      for (const auto side : {source_port, destination_port}) {
        const auto one = std::uint32_t{random.word()};
        const auto other = std::uint32_t{random.word()};
        box.sides[side] = {std::min(one, other), std::max(one, other)};
      }
      box.rule = rule;
      box.meaning = box_meaning::match;
      boxes.push_back(box);
    }
    CAPTURE(round, count);

    CHECK(depth(boxes) <= bits);
  }
}

TEST_CASE("a rule that matches every packet needs no tree", "[policy][rules]") {
  auto all = whole_space<ipv4>();
  all.rule = 0;
  all.meaning = box_meaning::match;

  tree_builder<ipv4> builder{replication};
  const tree_grove grove = builder.plant({all});

  CHECK(grove.otherwise.match() == weir::rule_match{0, weir::rule_answer::yes});
  const auto leaf = builder.forest().places()[grove.roots[0].first];
  CHECK_FALSE(leaf.is_node());
  CHECK(leaf.first_group() == 0);
}
