// The command line, as people type it: one function per subcommand says which options it has. What
// a subcommand does stands in the file of its name.

#include "examples/weir/command_line.hpp"

#include "weir/base/version.hpp"

#include "examples/weir/failure.hpp"
#include "examples/weir/generate.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <cstdio>
#include <exception>
#include <memory>
#include <string>

namespace weir::program {

namespace {

/// What the chosen subcommand answered.
struct outcome {
  exit_code code = exit_code::ok;
};

void add_generate(CLI::App& program, outcome& result) {
  auto& command = *program.add_subcommand("generate", "Make traffic: a capture to replay");
  const auto options = std::make_shared<generate_options>();
  command
      .add_option("--out", options->out,
                  "FILE: the capture, as seen on the home's cable; or NAME=FILE twice: what the "
                  "hosts send, then what the Internet sends; - is standard output")
      ->required()
      ->take_all();
  command.add_option("--seed", options->seed, "The same seed makes the same bytes")
      ->capture_default_str();
  command.add_option("--inside", options->inside, "The home's IPv4 prefix")->capture_default_str();
  command.add_option("--inside-ipv6", options->inside_ipv6,
                     "The home's IPv6 prefix; without it there is no IPv6");
  command.add_option("--hosts", options->hosts, "Hosts in the home")->capture_default_str();
  command.add_option("--conversations", options->conversations, "Conversations they have")
      ->capture_default_str();
  command.add_option("--duration", options->seconds, "Seconds in which these begin")
      ->capture_default_str();
  command.add_option("--packets", options->packets,
                     "Instead of conversations: this many small UDP packets, both ways");
  command.add_option("--flows", options->flows, "With --packets: flows")->capture_default_str();
  command.add_option("--size", options->size, "With --packets: bytes of each frame")
      ->capture_default_str();
  command.callback([options, &result] { result.code = run_generate(*options); });
}

void add_help(CLI::App& program) {
  auto& command = *program.add_subcommand("help", "Say how the program is used");
  const auto subject = std::make_shared<std::string>();
  command.add_option("COMMAND", *subject, "A command to explain");
  command.callback([subject, &program] {
    const CLI::App* about = &program;
    if (!subject->empty()) {
      about = nullptr;
      for (const auto* one : program.get_subcommands({})) {
        about = one->get_name() == *subject ? one : about;
      }
    }
    if (about == nullptr) {
      throw usage_failure(fmt::format("there is no command \"{}\"; see weir help", *subject));
    }
    fmt::print("{}", about->help());
  });
}

int complain(const std::string& message, exit_code code) {
  fmt::print(stderr, "weir: {}\n", message);
  return static_cast<int>(code);
}

int parse_and_run(CLI::App& program, const outcome& result, int argc, const char* const* argv) {
  try {
    program.parse(argc, argv);
  } catch (const CLI::Success& wish) {
    program.exit(wish);  // help or the version, printed
  } catch (const CLI::ParseError& error) {
    return complain(fmt::format("{}; see weir help", error.what()), exit_code::usage);
  } catch (const failure& fault) {
    return complain(fault.what(), fault.code());
  } catch (const std::exception& error) {
    return complain(error.what(), exit_code::input_output);
  }
  return static_cast<int>(result.code);
}

}  // namespace

int run(int argc, const char* const* argv) {
  CLI::App program{"weir judges packets: a firewall and a NAT, from a configuration"};
  program.name("weir");
  program.require_subcommand(1);
  const auto& version = library_version;
  program.set_version_flag(
      "--version", fmt::format("weir {}.{}.{}", version.major, version.minor, version.patch));
  outcome result;
  add_generate(program, result);
  add_help(program);
  return parse_and_run(program, result, argc, argv);
}

}  // namespace weir::program
