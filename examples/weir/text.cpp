#include "examples/weir/text.hpp"

#include "weir/net/text.hpp"

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <utility>
#include <vector>

namespace weir::program {

namespace {

/// How many edits make one word the other: a letter more, less or another one, or two neighbours
/// exchanged.
std::size_t edits(std::string_view left, std::string_view right) {
  std::vector<std::size_t> before(right.size() + 1);
  std::vector<std::size_t> above(right.size() + 1);
  std::vector<std::size_t> row(right.size() + 1);
  std::iota(above.begin(), above.end(), std::size_t{0});
  for (std::size_t i = 1; i <= left.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= right.size(); ++j) {
      const std::size_t replaced = above[j - 1] + (left[i - 1] == right[j - 1] ? 0 : 1);
      row[j] = std::min({replaced, row[j - 1] + 1, above[j] + 1});
      if (i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1]) {
        row[j] = std::min(row[j], before[j - 2] + 1);
      }
    }
    std::swap(before, above);
    std::swap(above, row);
  }
  return above.back();
}

/// A word without the dashes that make it an option.
std::string_view bare(std::string_view word) {
  return word.substr(std::min(word.find_first_not_of('-'), word.size()));
}

}  // namespace

std::string text(const ip_address& address, port one) {
  return address.is_ipv4() ? to_text(endpoint<ipv4>{address.v4(), one})
                           : to_text(endpoint<ipv6>{address.v6(), one});
}

std::string text(std::uint64_t count) {
  auto made = std::to_string(count);
  for (auto at = static_cast<std::ptrdiff_t>(made.size()) - 3; at > 0; at -= 3) {
    made.insert(static_cast<std::size_t>(at), 1, ' ');
  }
  return made;
}

std::string nearest(std::string_view text, std::span<const std::string> known) {
  const auto wanted = bare(text);
  if (wanted.empty()) {
    return {};
  }
  std::string best;
  const std::size_t most = std::max<std::size_t>(1, wanted.size() / 3);
  std::size_t best_edits = std::min(most, wanted.size() - 1) + 1;
  for (const auto& one : known) {
    const auto count = edits(wanted, bare(one));
    if (count < best_edits) {
      best = one;
      best_edits = count;
    }
  }
  return best;
}

std::string listed(std::span<const std::string> words) {
  std::string made;
  for (std::size_t at = 0; at < words.size(); ++at) {
    made += at == 0 ? "" : at + 1 == words.size() ? " and " : ", ";
    made += words[at];
  }
  return made;
}

}  // namespace weir::program
