#pragma once

// As much of JSON Schema as the report's schema uses.

#include <nlohmann/json.hpp>

#include <algorithm>
#include <regex>
#include <string>
#include <vector>

namespace weir::test {

/// Holds values against a schema, and collects what does not fit.
class schema_check {
 public:
  explicit schema_check(const nlohmann::json& schema) : root_(schema) {}

  std::vector<std::string> faults_of(const nlohmann::json& value) {
    faults_.clear();
    check(value, root_, "report");
    return faults_;
  }

 private:
  using json = nlohmann::json;

  static bool is_of(const json& value, const std::string& type) {
    if (type == "integer") return value.is_number_integer();
    if (type == "string") return value.is_string();
    if (type == "boolean") return value.is_boolean();
    if (type == "object") return value.is_object();
    if (type == "array") return value.is_array();
    return type == "null" && value.is_null();
  }

  void check(const json& value, const json& schema, const std::string& where) {
    if (schema.contains("$ref")) {
      const auto target = schema["$ref"].get<std::string>().substr(1);
      check(value, root_.at(json::json_pointer{target}), where);
    }
    if (schema.contains("const") && value != schema["const"]) fault(where, "is another constant");
    if (schema.contains("minimum") && value < schema["minimum"]) fault(where, "is too small");
    if (schema.contains("type")) check_type(value, schema["type"], where);
    if (value.is_object()) check_object(value, schema, where);
    if (value.is_array() && schema.contains("items")) {
      for (const auto& one : value) check(one, schema["items"], where + "[]");
    }
  }

  void check_type(const json& value, const json& types, const std::string& where) {
    const bool fits = types.is_array()
                          ? std::any_of(types.begin(), types.end(),
                                        [&](const json& one) { return is_of(value, one); })
                          : is_of(value, types);
    if (!fits) fault(where, "is of another type");
  }

  void check_object(const json& value, const json& schema, const std::string& where) {
    const auto required = schema.value("required", json::array());
    for (const auto& name : required) {
      if (!value.contains(name.get<std::string>())) fault(where, "lacks " + name.dump());
    }
    const auto properties = schema.value("properties", json::object());
    const auto additional = schema.value("additionalProperties", json(true));
    for (const auto& [name, one] : value.items()) {
      const auto inside = where + "." + name;
      if (schema.contains("propertyNames") &&
          !std::regex_match(name,
                            std::regex{schema["propertyNames"]["pattern"].get<std::string>()})) {
        fault(inside, "has an illegal name");
      }
      if (properties.contains(name)) {
        check(one, properties[name], inside);
      } else if (additional == json(false)) {
        fault(inside, "is unknown");
      } else if (additional.is_object()) {
        check(one, additional, inside);
      }
    }
  }

  void fault(const std::string& where, const std::string& what) {
    faults_.push_back(where + " " + what);
  }

  json root_;
  std::vector<std::string> faults_;
};

}  // namespace weir::test
