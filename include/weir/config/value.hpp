#pragma once

// A value of the file together with its name, its path and the run that reads it: what every
// reader of a section is given. Readers put what is right into the raw configuration and refuse
// what is wrong; they never stop at a fault.

#include "weir/config/document.hpp"
#include "weir/config/fault_text.hpp"
#include "weir/config/list_origins.hpp"
#include "weir/config/located_fault.hpp"
#include "weir/config/scalar.hpp"
#include "weir/engine/configuration.hpp"
#include "weir/engine/path_set.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace weir::config::detail {

/// A fault with its place in the text.
struct placed_fault {
  position at;
  fault found;
};

/// What the members of a set are.
enum class set_kind : std::uint8_t {
  addresses,
  numbers,  ///< ports or ICMP types
  names,    ///< protocols or ICMP types
  faulty,   ///< refused where it is defined
};

struct set_facts {
  std::string_view name;
  set_kind kind = set_kind::faulty;
  const node* members = nullptr;
};

/// What the readers of one file share.
class reading {
 public:
  std::vector<set_facts> sets;
  session_timeouts timeouts{};  ///< the box's, which policies override
  std::size_t expanded = 0;     ///< members of sets that rules hold by now
  list_origins origins;
  path_set unread;  ///< what only follows from the absence of these is no fault

  void add(placed_fault one) {
    std::string part = one.found.path;
    add(std::move(one), std::move(part));
  }
  /// A fault for which another part is unread than the one it is about.
  void add(placed_fault one, std::string part) {
    if (!part.empty()) {
      unread.add(std::move(part));
    }
    ++count_;
    if (faults_.size() < faults_max) {
      faults_.push_back(std::move(one));
    }
  }
  /// How many faults there are, those that are not kept included.
  std::size_t count() const noexcept { return count_; }
  std::vector<placed_fault> take() && { return std::move(faults_); }

 private:
  std::vector<placed_fault> faults_;
  std::size_t count_ = 0;
};

/// One choice of a key that takes words. Without a value: a word the engine has no part for.
template <class T>
struct choice {
  std::string_view word;
  std::optional<T> value;
};

class value {
 public:
  value(reading& run, const node& here, std::string path, std::string_view name, position key_at)
      : run_{&run}, node_{&here}, path_{std::move(path)}, name_{name}, key_at_{key_at} {}

  reading& run() const noexcept { return *run_; }
  const node& here() const noexcept { return *node_; }
  const std::string& path() const noexcept { return path_; }
  /// The key, or the key of the list it stands in.
  std::string_view name() const noexcept { return name_; }
  bool is(node_kind kind) const noexcept { return node_->kind == kind; }
  std::string_view text() const noexcept { return node_->text; }

  void refuse(std::string what, std::string fix) const {
    run_->add({place(), {path_, std::move(what), std::move(fix)}});
  }
  /// Refuses the map for one of its keys: the others can be relied on.
  void refuse_for(std::string_view key, std::string what, std::string fix) const {
    run_->add({place(), {path_, std::move(what), std::move(fix)}}, path_of(key));
  }
  void refuse(const complaint& bad) const {
    refuse(std::string{name_} + ": " + shown(text()) + " " + bad.what, bad.fix);
  }
  /// The key is known, the engine cannot do it.
  void refuse_key() const {
    run_->add({key_at_, {path_, std::string{name_} + " has no engine part yet", "remove it"}});
  }
  /// The value is known, the engine cannot do it.
  void refuse_choice() const {
    refuse(std::string{name_} + ": " + std::string{text()} + " has no engine part yet",
           "remove it");
  }
  void refuse_kind(std::string_view expected) const {
    constexpr std::array<std::string_view, 4> kinds{"has no value", "is one value", "is a list",
                                                    "is a map"};
    refuse(std::string{name_} + " " + std::string{kinds[static_cast<std::size_t>(node_->kind)]},
           std::string{expected});
  }

  /// Says that the map cannot do without it.
  void require() noexcept { required_ = true; }

  /// Whether it is of this kind; refused otherwise.
  bool expect(node_kind kind, std::string_view expected) const {
    if (!is(kind)) {
      refuse_kind(expected);
    }
    return is(kind);
  }

  /// The value of a map's key, if it is there.
  std::optional<value> find(std::string_view key) const {
    for (std::size_t i = 0; i < node_->keys.size(); ++i) {
      if (node_->keys[i].text == key) {
        return entry(i);
      }
    }
    return std::nullopt;
  }
  /// The value of a map's key with this number.
  value entry(std::size_t i) const {
    const node_key& key = node_->keys[i];
    return {*run_, node_->items[i], path_of(key.text), key.text, key.at};
  }
  /// The path of a map's key.
  std::string path_of(std::string_view key) const {
    return path_.empty() ? std::string{key} : path_ + "." + std::string{key};
  }
  /// The element of a list with this number.
  value element(std::size_t i) const {
    const node& item = node_->items[i];
    return {*run_, item, path_ + "[" + std::to_string(i) + "]", name_, item.at};
  }

  /// Calls `each(value)` for every element of a list, or for the one value there is.
  /// An empty list is refused: it could be taken for "any".
  template <class Each>
  void for_each(std::string_view expected, Each each) const {
    if (is(node_kind::scalar)) {
      each(*this);
      return;
    }
    if (!expect(node_kind::list, expected)) {
      return;
    }
    if (node_->items.empty()) {
      refuse(std::string{name_} + " is an empty list",
             std::string{expected} + (required_ ? "" : ", or remove the key"));
    }
    for (std::size_t i = 0; i < node_->items.size(); ++i) {
      each(element(i));
    }
  }

 private:
  position place() const noexcept { return is(node_kind::nothing) ? key_at_ : node_->at; }

  reading* run_;
  const node* node_;
  std::string path_;
  std::string_view name_;
  position key_at_;
  bool required_ = false;
};

}  // namespace weir::config::detail
