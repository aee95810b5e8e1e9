#include "examples/weir/text.hpp"

#include "weir/net/text.hpp"

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <vector>

namespace weir::program {

namespace {

/// How many letters must change to make one word the other.
std::size_t edits(std::string_view left, std::string_view right) {
  std::vector<std::size_t> row(right.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < left.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i + 1;
    for (std::size_t j = 0; j < right.size(); ++j) {
      const std::size_t replaced = diagonal + (left[i] == right[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, row[j] + 1, diagonal + 1});
    }
  }
  return row.back();
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
  std::string best;
  std::size_t best_edits = text.size() / 2 + 2;
  for (const auto& one : known) {
    const auto count = edits(text, one);
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
