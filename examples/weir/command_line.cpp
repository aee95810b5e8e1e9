// The command line, as people type it: one function per subcommand says which options it has. What
// a subcommand does stands in the file of its name.

#include "examples/weir/command_line.hpp"

#include "weir/base/version.hpp"

#include "examples/weir/check.hpp"
#include "examples/weir/explain.hpp"
#include "examples/weir/failure.hpp"
#include "examples/weir/generate.hpp"
#include "examples/weir/replay.hpp"
#include "examples/weir/text.hpp"

#include <CLI/CLI.hpp>
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <concepts>
#include <cstddef>
#include <cstdio>
#include <cstring>
#include <exception>
#include <limits>
#include <map>
#include <memory>
#include <string>
#include <system_error>
#include <vector>

namespace weir::program {

namespace {

/// Refuses what is no whole number, less than `first`, or more than `Number` can hold. Leading
/// zeros are taken off: the parser would read an octal number, and `seq -w` writes a decimal one.
template <std::unsigned_integral Number>
CLI::Validator whole_number(Number first) {
  return CLI::Validator{[first](std::string& text) {
                          Number value{};
                          const auto* const end = text.data() + text.size();
                          const auto [rest, error] = std::from_chars(text.data(), end, value);
                          if (error != std::errc{} || rest != end || value < first) {
                            return fmt::format("{}: not a whole number from {} to {}", text, first,
                                               std::numeric_limits<Number>::max());
                          }
                          text = std::to_string(value);
                          return std::string{};
                        },
                        ""};
}

/// Refuses an empty word: what it names is nothing.
CLI::Validator not_empty() {
  return CLI::Validator{[](const std::string& text) {
                          return text.empty()
                                     ? std::string{"is empty; give a value, or leave it out"}
                                     : std::string{};
                        },
                        ""};
}

/// Adds an option that is a number.
template <std::unsigned_integral Number>
CLI::Option& add_number(CLI::App& command, const char* name, Number& into, const char* about,
                        Number first = 0) {
  return *command.add_option(name, into, about)->transform(whole_number(first));
}

void add_generate(CLI::App& program, exit_code& result) {
  auto& command = *program.add_subcommand("generate", "Make traffic: a capture to replay");
  const auto options = std::make_shared<generate_options>();
  command
      .add_option("--out", options->out,
                  "FILE: the capture, as seen on the home's cable; or NAME=FILE twice: what the "
                  "hosts send, then what the Internet sends; - is standard output")
      ->required()
      ->take_all()
      ->check(not_empty());
  add_number(command, "--seed", options->seed, "The same seed makes the same bytes")
      .capture_default_str();
  command.add_option("--inside", options->inside, "The home's IPv4 prefix")->capture_default_str();
  command
      .add_option("--inside-ipv6", options->inside_ipv6,
                  "The home's IPv6 prefix; without it there is no IPv6")
      ->check(not_empty());
  add_number(command, "--hosts", options->hosts, "Hosts in the home").capture_default_str();
  add_number(command, "--conversations", options->conversations, "Conversations they have")
      .capture_default_str();
  add_number(command, "--duration", options->seconds, "Seconds in which these begin")
      .capture_default_str();
  add_number(command, "--packets", options->packets,
             "Instead of conversations: this many small UDP packets, both ways", std::uint64_t{1});
  add_number(command, "--flows", options->flows, "With --packets: flows").capture_default_str();
  add_number(command, "--size", options->size, "With --packets: bytes of each frame")
      .capture_default_str();
  for (const char* const one : {"--flows", "--size"}) {
    command.get_option(one)->needs("--packets");
  }
  for (const char* const one : {"--conversations", "--duration", "--hosts", "--inside-ipv6"}) {
    command.get_option("--packets")->excludes(one);
  }
  command.callback([options, &result] { result = run_generate(*options); });
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

void add_replay(CLI::App& program, exit_code& result) {
  auto& command = *program.add_subcommand("replay", "Judge captures: packets in, packets out");
  const auto options = std::make_shared<replay_words>();
  command.add_option("--config", options->config, "The configuration file")->required();
  const auto repeated = [&](const char* name, const char* about) {
    command.add_option(name, options->words, about)
        ->expected(1)
        ->take_all()
        ->allow_extra_args(false);  // else [a,b] would be two values
  };
  repeated("--in", "INTERFACE=FILE: a capture of what enters an interface; - is standard input");
  repeated("--tap",
           "IN,OUT=FILE: a capture of whole conversations: sources of IN's networks enter there, "
           "all others enter OUT, readdressed to what their flows show outside");
  repeated("--out", "INTERFACE=FILE: what leaves an interface; - is standard output");
  command
      .add_option("--out-dir", options->out_dir,
                  "Write what leaves the other interfaces to FOLDER/INTERFACE.pcap")
      ->check(not_empty());
  command.add_option("--report", options->report, "Write a report as JSON")->check(not_empty());
  add_number(command, "--seed", options->seed, "The same seed makes the same bytes")
      .capture_default_str();
  command.add_flag("--complete-checksums", options->complete_checksums,
                   "Complete the checksums that the sender's hardware was to complete");
  command.add_flag("--verify", options->verify, "Prove the engine's state at the end");
  command.callback([options, &command, &result] {
    options->inputs = in_order(command, {"--in", "--tap"});
    options->outputs = in_order(command, {"--out"});
    result = run_replay(*options);
  });
}

void add_check(CLI::App& program, exit_code& result) {
  auto& command = *program.add_subcommand("check", "Say what is wrong with a configuration");
  const auto path = std::make_shared<std::string>();
  command.add_option("FILE", *path, "The configuration file; - is standard input")->required();
  command.callback([path, &result] { result = run_check(*path); });
}

void add_explain(CLI::App& program, exit_code& result) {
  auto& command =
      *program.add_subcommand("explain", "Say what would happen to one packet, and why");
  const auto options = std::make_shared<explain_options>();
  command.add_option("--config", options->config, "The configuration file")->required();
  const auto text = [&](const char* name, std::string& into, const char* about) -> CLI::Option& {
    return *command.add_option(name, into, about)->check(not_empty());
  };
  text("--packet", options->packet,
       "The packet in hexadecimal, from the IP or the Ethernet header on");
  text("--link", options->link,
       "With --packet: raw, it begins with the IP header, or ethernet; else by its looks")
      .check(CLI::IsMember({"raw", "ethernet"}))
      ->needs("--packet");
  text("--pcap", options->capture, "FILE#NUMBER: a packet of a capture; the first is number 1");
  text("--in", options->in, "The interface it enters; else by its source");
  text("--tap", options->tap, "IN,OUT: it was captured between these two");
  command.add_option("--after", options->after,
                     "FILE, INTERFACE=FILE or IN,OUT=FILE: replay this before; of the packet's own "
                     "capture, what comes before it");
  text("--reverse", options->reverse, "ADDRESS:PORT: say whose this external endpoint is");
  text("--protocol", options->protocol, "With --reverse: tcp, udp, icmp, ...")
      .capture_default_str()
      ->needs("--reverse");
  add_number(command, "--seed", options->seed, "As in weir replay").capture_default_str();
  command.add_flag("--complete-checksums", options->complete_checksums, "As in weir replay");
  command.callback([options, &result] { result = run_explain(*options); });
}

/// The command of a name; one that is not there ends the program with those that are.
const CLI::App& named_command(const std::string& name, const CLI::App& program) {
  std::vector<std::string> known;
  for (const auto* one : program.get_subcommands({})) {
    if (one->get_name() == name) {
      return *one;
    }
    known.push_back(one->get_name());
  }
  const auto near = nearest(name, known);
  throw usage_failure(fmt::format("there is no command \"{}\"; {}weir has {}", name,
                                  near.empty() ? "" : fmt::format("did you mean \"{}\"? ", near),
                                  listed(known)));
}

[[noreturn]] void refuse_option(const std::string& name, const CLI::App& command) {
  std::vector<std::string> known;
  for (const auto* one : command.get_options()) {
    for (const auto& word : one->get_lnames()) known.push_back("--" + word);
  }
  const auto near = nearest(name, known);
  const bool is_program = command.get_parent() == nullptr;
  throw usage_failure(fmt::format("{}there is no option {}; {} weir help{}",
                                  is_program ? "" : command.get_name() + ": ", name,
                                  near.empty() ? "see" : fmt::format("did you mean {}? See", near),
                                  is_program ? "" : " " + command.get_name()));
}

/// Refuses a word that looks like an option as the value of the option before it: that one was
/// forgotten. The parser would take it.
void refuse_option_as_value(const CLI::Option& option, const std::string& next,
                            const CLI::App& command) {
  if (option.get_items_expected_min() > 0 && next.starts_with("--")) {
    throw usage_failure(
        fmt::format("{}: --{}: its value is missing before {}; write ./{} if a file is meant",
                    command.get_name(), option.get_lnames().front(), next, next));
  }
}

/// Names the first word that no command knows. The parser would first ask for what is missing.
void refuse_strangers(const CLI::App& program, const std::vector<std::string>& words) {
  if (words.empty()) {
    return;
  }
  const bool has_command = !words.front().starts_with('-');
  const auto& command = has_command ? named_command(words.front(), program) : program;
  for (std::size_t at = 0; at < words.size(); ++at) {
    const auto name = words[at].substr(0, words[at].find('='));
    if (name == "--") {
      return;
    }
    if (!name.starts_with("--")) {
      continue;
    }
    const auto* const option = command.get_option_no_throw(name);
    if (option == nullptr) {
      refuse_option(name, command);
    }
    if (name == words[at] && at + 1 < words.size()) {
      refuse_option_as_value(*option, words[at + 1], command);
    }
  }
}

void add_help(CLI::App& program) {
  auto& command = *program.add_subcommand("help", "Say how the program is used");
  const auto subject = std::make_shared<std::string>();
  command.add_option("COMMAND", *subject, "A command to explain");
  command.callback([subject, &program] {
    const auto& about = subject->empty() ? program : named_command(*subject, program);
    // App::help() of the program would answer with the help of the command being run: this one.
    const std::string name = (subject->empty() ? "" : "weir ") + about.get_name();
    fmt::print("{}", about.get_formatter()->make_help(&about, name, CLI::AppFormatMode::Normal));
  });
}

int complain(const std::string& message, exit_code code) {
  std::fputs(("weir: " + message + "\n").c_str(), stderr);
  return static_cast<int>(code);
}

/// Where the options stand that the words may have.
std::string helpful(const std::string& first_word) {
  return first_word.starts_with('-') ? "weir help" : "weir help " + first_word;
}

int parse_and_run(CLI::App& program, const exit_code& result, int argc, const char* const* argv) {
  try {
    refuse_strangers(program, {argv + 1, argv + argc});
    program.parse(argc, argv);
  } catch (const CLI::Success& wish) {
    program.exit(wish);  // help or the version, printed
  } catch (const CLI::ParseError& error) {
    return complain(fmt::format("{}; see {}", error.what(), helpful(argv[1])), exit_code::usage);
  } catch (const failure& fault) {
    return complain(fault.what(), fault.code());
  } catch (const std::exception& error) {
    return complain(error.what(), exit_code::input_output);
  }
  return static_cast<int>(result);
}

/// A file that is opened must not get the number of a standard stream that is closed, and with it
/// what was meant for the stream. Reading and writing go on to fail; complaints go nowhere.
void occupy_closed_streams() {
  for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (::fcntl(stream, F_GETFD) == -1) {
      ::open("/dev/null", stream == STDOUT_FILENO ? O_RDONLY : O_WRONLY);
    }
  }
}

/// Writes out what standard output still holds: an answer that nobody gets is a failure.
int finished(int code) {
  const bool was_good = std::ferror(stdout) == 0;
  if (std::fflush(stdout) == 0 && was_good) {
    return code;
  }
  const std::string why = was_good ? fmt::format(": {}", std::strerror(errno)) : "";
  const auto lost = static_cast<int>(exit_code::input_output);
  if (code != lost) {
    complain("standard output: writing failed" + why, exit_code::input_output);
  }
  return code == static_cast<int>(exit_code::ok) ? lost : code;
}

}  // namespace

int run(int argc, const char* const* argv) {
  occupy_closed_streams();
  CLI::App program{"weir judges packets: a firewall and a NAT, from a configuration"};
  program.name("weir");
  program.require_subcommand(1);
  const auto& version = library_version;
  program.set_version_flag(
      "--version", fmt::format("weir {}.{}.{}", version.major, version.minor, version.patch));
  auto result = exit_code::ok;  // of the command that is run
  add_replay(program, result);
  add_check(program, result);
  add_explain(program, result);
  add_generate(program, result);
  add_help(program);
  if (argc < 2) {
    fmt::print(stderr, "{}", program.help());
    return static_cast<int>(exit_code::usage);
  }
  return finished(parse_and_run(program, result, argc, argv));
}

}  // namespace weir::program
