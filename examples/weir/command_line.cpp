// The command line, as people type it: one function per subcommand says which options it has. What
// a subcommand does stands in the file of its name.

#include "examples/weir/command_line.hpp"

#include "weir/base/version.hpp"

#include "examples/weir/check.hpp"
#include "examples/weir/explain.hpp"
#include "examples/weir/failure.hpp"
#include "examples/weir/generate.hpp"
#include "examples/weir/replay.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <exception>
#include <map>
#include <memory>
#include <string>
#include <vector>

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

/// What options were typed, in their order across options: `--in a --tap b --in c`.
std::vector<assignment> in_order(const CLI::App& command, const std::vector<std::string>& names) {
  std::map<const CLI::Option*, std::size_t> used;
  std::vector<assignment> made;
  for (const auto* option : command.parse_order()) {
    const auto name = "--" + option->get_lnames().front();
    if (std::find(names.begin(), names.end(), name) != names.end()) {
      made.push_back({name, option->results().at(used[option]++)});
    }
  }
  return made;
}

/// The options of a replay, and the words of those whose order counts.
struct replay_words : replay_options {
  std::vector<std::string> words;
};

void add_replay(CLI::App& program, outcome& result) {
  auto& command = *program.add_subcommand("replay", "Judge captures: packets in, packets out");
  const auto options = std::make_shared<replay_words>();
  command.add_option("--config", options->config, "The configuration file")->required();
  const auto repeated = [&](const char* name, const char* about) {
    command.add_option(name, options->words, about)->expected(1)->take_all();
  };
  repeated("--in", "INTERFACE=FILE: a capture of what enters an interface; - is standard input");
  repeated("--tap",
           "IN,OUT=FILE: a capture of whole conversations: sources of IN's networks enter there, "
           "all others enter OUT, readdressed to what their flows were mapped to");
  repeated("--out", "INTERFACE=FILE: what leaves an interface; - is standard output");
  command.add_option("--out-dir", options->out_dir,
                     "Write what leaves the other interfaces to FOLDER/INTERFACE.pcap");
  command.add_option("--report", options->report, "Write a report as JSON");
  command.add_option("--seed", options->seed, "The same seed makes the same bytes")
      ->capture_default_str();
  command.add_flag("--complete-checksums", options->complete_checksums,
                   "Complete the checksums that the sender's hardware was to complete");
  command.add_flag("--verify", options->verify, "Prove the engine's state at the end");
  command.callback([options, &command, &result] {
    options->inputs = in_order(command, {"--in", "--tap"});
    options->outputs = in_order(command, {"--out"});
    result.code = run_replay(*options);
  });
}

void add_check(CLI::App& program, outcome& result) {
  auto& command = *program.add_subcommand("check", "Say what is wrong with a configuration");
  const auto path = std::make_shared<std::string>();
  command.add_option("FILE", *path, "The configuration file; - is standard input")->required();
  command.callback([path, &result] { result.code = run_check(*path); });
}

void add_explain(CLI::App& program, outcome& result) {
  auto& command =
      *program.add_subcommand("explain", "Say what would happen to one packet, and why");
  const auto options = std::make_shared<explain_options>();
  command.add_option("--config", options->config, "The configuration file")->required();
  command.add_option("--packet", options->packet,
                     "The packet in hexadecimal, from the IP or the Ethernet header on");
  command.add_option("--pcap", options->capture,
                     "FILE#NUMBER: a packet of a capture; the first is number 1");
  command.add_option("--in", options->in, "The interface it enters; else by its source");
  command.add_option("--tap", options->tap, "IN,OUT: it was captured between these two");
  command.add_option("--after", options->after,
                     "FILE, INTERFACE=FILE or IN,OUT=FILE: replay this before; of the packet's own "
                     "capture, what comes before it");
  command.add_option("--reverse", options->reverse,
                     "ADDRESS:PORT: say whose this external endpoint is");
  command.add_option("--protocol", options->protocol, "With --reverse: tcp, udp, icmp, ...")
      ->capture_default_str();
  command.add_option("--seed", options->seed, "As in weir replay")->capture_default_str();
  command.add_flag("--complete-checksums", options->complete_checksums, "As in weir replay");
  command.callback([options, &result] { result.code = run_explain(*options); });
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
    // App::help() of the program would answer with the help of the command being run: this one.
    const std::string name = about == &program ? about->get_name() : "weir " + about->get_name();
    fmt::print("{}", about->get_formatter()->make_help(about, name, CLI::AppFormatMode::Normal));
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
  add_replay(program, result);
  add_check(program, result);
  add_explain(program, result);
  add_generate(program, result);
  add_help(program);
  if (argc < 2) {
    fmt::print(stderr, "{}", program.help());
    return static_cast<int>(exit_code::usage);
  }
  return parse_and_run(program, result, argc, argv);
}

}  // namespace weir::program
