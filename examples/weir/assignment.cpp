#include "examples/weir/assignment.hpp"

#include "examples/weir/failure.hpp"
#include "examples/weir/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <utility>

namespace weir::program {

namespace {

struct halves {
  std::string names;
  std::string path;
};

halves split(const assignment& typed) {
  const auto equals = typed.text.find('=');
  if (equals == std::string::npos || equals == 0 || equals + 1 == typed.text.size()) {
    const auto* const form = typed.option == "--tap" ? "IN,OUT=FILE" : "INTERFACE=FILE";
    throw usage_failure(
        fmt::format("{} {}: write it as {} {}", typed.option, typed.text, typed.option, form));
  }
  return {typed.text.substr(0, equals), typed.text.substr(equals + 1)};
}

std::string as_typed(const assignment& typed) { return typed.option + " " + typed.text; }

/// Refuses the second use of an interface.
class used_interfaces {
 public:
  void use(interface_id id, const assignment& typed, const snapshot& config) {
    const auto [before, is_new] = used_.emplace(id, as_typed(typed));
    if (is_new) {
      return;
    }
    const auto& name = config.interface(id).name;
    const bool is_input = typed.option != "--out";
    throw usage_failure(fmt::format(
        "{}: interface \"{}\" is named twice, first in {}; {}", as_typed(typed), name,
        before->second,
        is_input ? "give each interface one input (mergecap -w all.pcap a.pcap b.pcap makes one "
                   "capture of two)"
                 : "give each interface one output"));
  }

 private:
  std::map<interface_id, std::string> used_;
};

/// The file of an interface in a folder, which it must not lead out of.
std::string path_in(const std::string& folder, const std::string& interface) {
  if (interface.find('/') != std::string::npos) {
    throw usage_failure(
        fmt::format("--out-dir {}: interface \"{}\" cannot be the name of a file, it has a \"/\"; "
                    "name its file: --out \"{}=FILE\"",
                    folder, interface, interface));
  }
  return (std::filesystem::path{folder} / (interface + ".pcap")).string();
}

}  // namespace

interface_id named_interface(const std::string& name, const std::string& where,
                             const snapshot& config) {
  if (const auto found = config.find_interface(name)) {
    return *found;
  }
  std::vector<std::string> known;
  for (const auto& one : config.interfaces()) known.push_back(one.name);
  const auto near = nearest(name, known);
  throw usage_failure(
      near.empty() ? fmt::format("{}: the configuration has no interface \"{}\"; it has {}", where,
                                 name, listed(known))
                   : fmt::format("{}: the configuration has no interface \"{}\"; did you mean "
                                 "\"{}\"? It has {}",
                                 where, name, near, listed(known)));
}

tap_sides named_tap(const std::string& names, const std::string& where, const snapshot& config) {
  const auto comma = names.find(',');
  const tap_sides made{named_interface(names.substr(0, comma), where, config),
                       named_interface(names.substr(comma + 1), where, config)};
  if (made.outside == made.inside) {
    throw usage_failure(
        fmt::format("{}: a tap lies between two interfaces, and IN is OUT; name two", where));
  }
  return made;
}

std::vector<input_assignment> checked_inputs(const std::vector<assignment>& typed,
                                             const snapshot& config) {
  std::vector<input_assignment> made;
  used_interfaces used;
  for (const auto& one : typed) {
    const auto [names, path] = split(one);
    input_assignment input;
    input.path = path;
    input.words = as_typed(one);
    const auto comma = names.find(',');
    if ((comma != std::string::npos) != (one.option == "--tap")) {
      throw usage_failure(fmt::format(
          "{}: {}", as_typed(one),
          one.option == "--tap" ? "a tap lies between two interfaces; write --tap IN,OUT=FILE"
                                : "an input has one interface; a capture of both directions is a "
                                  "tap: --tap IN,OUT=FILE"));
    }
    if (comma == std::string::npos) {
      input.inside = named_interface(names, as_typed(one), config);
      used.use(input.inside, one, config);
    } else {
      const auto tap = named_tap(names, as_typed(one), config);
      input.inside = tap.inside;
      input.outside = tap.outside;
      used.use(tap.inside, one, config);
      used.use(tap.outside, one, config);
    }
    made.push_back(std::move(input));
  }
  if (made.empty()) {
    throw usage_failure("there is no input; give --in INTERFACE=FILE or --tap IN,OUT=FILE");
  }
  return made;
}

std::vector<output_assignment> checked_outputs(const std::vector<assignment>& typed,
                                               const std::string& folder, const snapshot& config) {
  std::vector<output_assignment> made;
  used_interfaces used;
  for (const auto& one : typed) {
    const auto [name, path] = split(one);
    const auto id = named_interface(name, as_typed(one), config);
    used.use(id, one, config);
    made.push_back({path, id, as_typed(one)});
  }
  if (folder.empty()) {
    return made;
  }
  for (const auto& one : config.interfaces()) {
    const bool has_output = std::any_of(
        made.begin(), made.end(), [&](const auto& output) { return output.interface == one.id; });
    if (!has_output) {
      made.push_back({path_in(folder, one.name), one.id, "--out-dir " + folder});
    }
  }
  return made;
}

}  // namespace weir::program
