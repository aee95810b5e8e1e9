// Reads arbitrary text as a configuration and checks that it is either loaded or refused with
// places inside the text, in order.

#include "weir/config/load.hpp"
#include "weir/config/reader.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <variant>
#include <vector>

namespace {

using namespace weir;

void must(bool holds) {
  if (!holds) std::abort();
}

/// Bytes of the line with a number, counted from 1; nothing if there is no such line.
std::size_t line_bytes(std::string_view text, std::size_t number) {
  for (; number > 1; --number) {
    const auto end = text.find('\n');
    must(end != std::string_view::npos);
    text.remove_prefix(end + 1);
  }
  return std::min(text.find('\n'), text.size());
}

void check(const std::vector<config::located_fault>& faults, std::string_view text) {
  must(!faults.empty());
  for (std::size_t i = 0; i < faults.size(); ++i) {
    const auto& one = faults[i];
    must(!one.what.empty() && !one.fix.empty());
    must(one.at.line >= 1 && one.at.column >= 1);
    must(one.at.column <= line_bytes(text, one.at.line) + 1);
    must(i == 0 || faults[i - 1].at <= one.at);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  const auto loaded = config::load_text(text, "fuzz.yaml");
  const auto read = config::read(text, "fuzz.yaml");
  if (const auto* faults = std::get_if<std::vector<config::located_fault>>(&loaded)) {
    check(*faults, text);
  } else {
    must(std::holds_alternative<config::loaded>(read));
  }
  if (const auto* faults = std::get_if<std::vector<config::located_fault>>(&read)) {
    check(*faults, text);
  }
  return 0;
}
