#pragma once

#include "weir/base/interface_id.hpp"
#include "weir/engine/snapshot.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace weir::program {

/// A file and what it is for, as typed: `lan=a.pcap`, or `lan,wan=a.pcap` for a tap.
struct assignment {
  std::string option;  ///< as typed: `--in`, `--tap`, `--out`
  std::string text;
};

/// An input: a capture of one interface, or of a conversation between two.
struct input_assignment {
  std::string path;
  std::string words;                         ///< that name it, as typed
  interface_id inside{};                     ///< where its packets enter
  std::optional<interface_id> outside;       ///< tap: where those enter that come from elsewhere
  std::optional<std::uint64_t> records_max;  ///< read no more than so many
};

struct output_assignment {
  std::string path;
  interface_id interface {};
  std::string words;  ///< that name it, as typed
};

/// The assignments with their interfaces found. An unknown interface or one that is named twice
/// ends the program with what would be right.
std::vector<input_assignment> checked_inputs(const std::vector<assignment>& typed,
                                             const snapshot& config);
std::vector<output_assignment> checked_outputs(const std::vector<assignment>& typed,
                                               const std::string& folder, const snapshot& config);

/// The two interfaces that a tap lies between.
struct tap_sides {
  interface_id inside{};
  interface_id outside{};
};

/// The interfaces of a tap by their names, IN,OUT; `where` is what was typed.
tap_sides named_tap(const std::string& names, const std::string& where, const snapshot& config);

/// The interface of a name; the nearest one is suggested where there is none.
interface_id named_interface(const std::string& name, const std::string& where,
                             const snapshot& config);

}  // namespace weir::program
