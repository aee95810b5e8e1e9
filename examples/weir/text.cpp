#include "examples/weir/text.hpp"

#include "weir/config/nearest.hpp"
#include "weir/net/text.hpp"

#include <algorithm>
#include <cstddef>
#include <vector>

namespace weir::program {

namespace {

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
  std::vector<std::string_view> words;
  for (const auto& one : known) words.push_back(bare(one));
  const auto best = config::nearest(bare(text), words);
  if (!best) {
    return {};
  }
  return known[static_cast<std::size_t>(std::ranges::find(words, *best) - words.begin())];
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
