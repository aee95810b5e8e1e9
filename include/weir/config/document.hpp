#pragma once

// Overview: YAML text becomes a tree of nodes that know their place. The tree is built from parse
// events, so anchors and aliases are refused where they stand and nothing is ever expanded; a
// duplicate key is seen before it can replace its twin.
//
// Limits: `document_bytes_max`, `document_nodes_max`, `document_depth_max`.

#include "weir/base/ordered_places.hpp"
#include "weir/config/fault_text.hpp"
#include "weir/config/located_fault.hpp"
#include "weir/config/nesting.hpp"
#include "weir/config/source_text.hpp"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace weir::config::detail {

/// The most values of one file: some 100 000 rules.
inline constexpr std::size_t document_nodes_max = 2'000'000;

enum class node_kind : std::uint8_t {
  nothing,  ///< a key without a value, or `null`
  scalar,
  list,
  map,
};

struct node_key {
  std::string text;
  position at;
};

/// A value of the file. A map's `keys` and `items` are of equal length.
struct node {
  node_kind kind = node_kind::nothing;
  position at;
  std::string text;
  bool plain = true;  ///< a scalar without quotes
  std::vector<node> items;
  std::vector<node_key> keys;
};

/// What a file says, with the faults that do not spoil the rest.
struct document {
  node root;
  std::vector<text_fault> faults;
};

using parsed_document = std::variant<document, text_fault>;

/// The place of a mark, which counts bytes from 0.
inline position place_of(source_text& source, const YAML::Mark& mark) {
  if (mark.is_null()) {
    return {1, 1};
  }
  const auto byte = static_cast<std::size_t>(mark.pos);
  const auto column = static_cast<std::size_t>(mark.column);
  return source.place(static_cast<std::size_t>(mark.line) + 1, byte - std::min(byte, column), byte);
}

/// Builds the tree from yaml-cpp's events; throws a `text_fault` where the text cannot be used.
class tree_builder final : public YAML::EventHandler {
 public:
  explicit tree_builder(std::string_view text) : source_{text} {}

  document take() && { return std::move(made_); }

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (++documents_ > 1) {
      throw text_fault{place(mark), "a second YAML document begins here", "one document in a file"};
    }
  }
  void OnDocumentEnd() override {}

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override { refuse_anchor(mark); }

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    open(mark, "?", anchor);
    if (key_is_due()) {
      throw text_fault{place(mark), "a key is missing", "key: value"};
    }
    node made;
    made.at = place(mark);
    add(std::move(made));
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& text) override {
    open(mark, tag, anchor);
    if (tag == "!" && !source_.closes_quote(static_cast<std::size_t>(mark.pos))) {
      throw text_fault{place(mark), "a quote opens here and is never closed", "a closing quote"};
    }
    if (holds_control(text)) {
      throw text_fault{place(mark), "a value holds a control character or a line end",
                       "one line of text"};
    }
    if (key_is_due()) {
      stack_.back().key = node_key{text, place(mark)};
      return;
    }
    node made;
    made.kind = node_kind::scalar;
    made.at = place(mark);
    made.text = text;
    made.plain = tag != "!";
    if (made.plain && in_flow_list() && text.find("::") != std::string::npos) {
      refuse_unquoted(made);
    }
    add(std::move(made));
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value style) override {
    begin(node_kind::list, mark, tag, anchor, style);
  }
  void OnSequenceEnd() override { end(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value style) override {
    begin(node_kind::map, mark, tag, anchor, style);
  }
  void OnMapEnd() override {
    note_duplicates(stack_.back().made);
    end();
  }

 private:
  struct frame {
    node made;
    bool flow = false;
    std::optional<node_key> key;
  };

  position place(const YAML::Mark& mark) { return place_of(source_, mark); }

  [[noreturn]] void refuse_anchor(const YAML::Mark& mark) {
    throw text_fault{place(mark), "anchors and aliases are refused",
                     "write the value where it is used"};
  }

  /// Checks what any value may be wrong about.
  void open(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor) {
    if (anchor != YAML::NullAnchor) {
      refuse_anchor(mark);
    }
    if (!tag.empty() && tag != "?" && tag != "!") {
      throw text_fault{place(mark), shown(tag) + " without quotes is a YAML tag",
                       "quote what begins with \"!\""};
    }
    if (++nodes_ > document_nodes_max) {
      throw text_fault{place(mark), "the file holds too many values",
                       "at most " + std::to_string(document_nodes_max)};
    }
  }

  void begin(node_kind kind, const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
             YAML::EmitterStyle::value style) {
    open(mark, tag, anchor);
    if (key_is_due()) {
      throw text_fault{place(mark), "a key is a list or a map", "a word as key"};
    }
    if (stack_.size() >= document_depth_max) {
      throw too_deep(place(mark));
    }
    frame opened;
    opened.made.kind = kind;
    opened.made.at = place(mark);
    opened.flow = style == YAML::EmitterStyle::Flow;
    stack_.push_back(std::move(opened));
  }

  void end() {
    node made = std::move(stack_.back().made);
    stack_.pop_back();
    mend_split_address(made);
    add(std::move(made));
  }

  void add(node made) {
    if (stack_.empty()) {
      made_.root = std::move(made);
      return;
    }
    frame& parent = stack_.back();
    if (parent.made.kind == node_kind::map) {
      parent.made.keys.push_back(std::move(*parent.key));
      parent.key.reset();
    }
    parent.made.items.push_back(std::move(made));
  }

  bool key_is_due() const {
    return !stack_.empty() && stack_.back().made.kind == node_kind::map && !stack_.back().key;
  }
  bool in_list() const { return !stack_.empty() && stack_.back().made.kind == node_kind::list; }
  bool in_flow_list() const { return in_list() && stack_.back().flow; }

  void note(text_fault one) {
    if (made_.faults.size() <= faults_max) {
      made_.faults.push_back(std::move(one));
    }
  }

  void refuse_unquoted(const node& address) {
    note({address.at, shown(address.text) + " contains \"::\" and is not quoted",
          "\"" + address.text + "\" in quotes"});
  }

  /// `[2001:db8::]` without quotes is a map of the key `2001:db8:` to YAML.
  void mend_split_address(node& made) {
    const bool split = in_list() && made.kind == node_kind::map && made.keys.size() == 1 &&
                       made.items[0].kind == node_kind::nothing && made.keys[0].text.ends_with(':');
    if (!split) {
      return;
    }
    node address;
    address.kind = node_kind::scalar;
    address.at = made.keys[0].at;
    address.text = made.keys[0].text + ":";
    refuse_unquoted(address);
    made = std::move(address);
  }

  void note_duplicates(const node& map) {
    const auto order = ordered_places(
        map.keys.size(), [&](std::size_t at) -> std::string_view { return map.keys[at].text; });
    for (std::size_t i = 1; i < order.size(); ++i) {
      const node_key& first = map.keys[order[i - 1]];
      const node_key& second = map.keys[order[i]];
      if (first.text == second.text) {
        note({second.at, "the key " + shown(second.text) + " is there twice",
              "once; the other stands in line " + std::to_string(first.at.line)});
      }
    }
  }

  source_text source_;
  document made_;
  std::vector<frame> stack_;
  std::size_t nodes_ = 0;
  std::size_t documents_ = 0;
};

/// What would be right where yaml-cpp stumbled.
inline text_fault explained(const YAML::Exception& stumble, std::string_view text) {
  source_text source{text};
  const position at = place_of(source, stumble.mark);
  const auto byte = std::min(static_cast<std::size_t>(std::max(stumble.mark.pos, 0)), text.size());
  const std::string_view rest = text.substr(byte);
  const std::string_view before = text.substr(0, byte);
  const std::size_t line_end = before.rfind('\n');
  const std::size_t line_start = line_end == std::string_view::npos ? 0 : line_end + 1;
  const std::string_view line = text.substr(line_start, text.find('\n', line_start) - line_start);
  if (rest.starts_with('@') || rest.starts_with('`')) {
    return {at, "a value begins with \"" + std::string{rest.substr(0, 1)} + "\" and is not quoted",
            "\"@name\" in quotes"};
  }
  if (rest.starts_with('*') || rest.starts_with('&')) {
    return {at, "anchors and aliases are refused", "write the value where it is used"};
  }
  if (line.find("::") != std::string_view::npos) {
    return {at, "this is not valid YAML: " + printable(stumble.msg),
            "quote the addresses that contain \"::\""};
  }
  return {at, "this is not valid YAML: " + printable(stumble.msg),
          "close quotes and brackets, indent alike, put a space behind each colon"};
}

/// The tree of a text, or the one fault that keeps it from being one.
inline parsed_document parse_document(std::string_view text) {
  if (text.starts_with("\xEF\xBB\xBF")) {
    text.remove_prefix(3);
  }
  if (auto unfit = find_unfit(text)) {
    return std::move(*unfit);
  }
  if (auto abyss = find_abyss(text)) {
    return std::move(*abyss);
  }
  try {
    std::istringstream stream{std::string{text}};
    YAML::Parser parser{stream};
    tree_builder builder{text};
    while (parser.HandleNextDocument(builder)) {
    }
    return std::move(builder).take();
  } catch (const text_fault& refused) {
    return refused;
  } catch (const YAML::Exception& stumble) {
    return explained(stumble, text);
  }
}

}  // namespace weir::config::detail
