// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Parsing of the command line: the one file that knows CLI11.
#include "app/cli/options.h"

#include "app/cli/check_options.h"
#include "app/cli/dirty_options.h"
#include "core/base/escape.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

namespace migscope::cli {
namespace {

constexpr std::array<std::string_view, 6> hookPhases{"before-stop", "stopped", "saved",
                                                     "loaded",      "resumed", "end"};

/// What CLI11 fills, before it becomes Options.
struct Raw {
    std::vector<std::string> states;
    std::string sources;
    std::string destinations;
    std::string mode = "auto";
    std::string convergence = "go";
    std::string format;
    std::string detail = "arcs";
    std::vector<std::string> hooks;
    double downtimeLimitMs = 300;
    double maxSeconds = 30;
    double budgetMs = -1;
    double maxStuckSeconds = -1;
    RawDirty dirty;
    RawCheck check;
    bool version = false;
};

/// What of the values CLI11 cannot judge.
std::optional<UsageError> convert(const Raw& raw, Options& options) {
    auto wrong = [&](std::string text, std::string next) {
        return UsageError{std::move(text), std::move(next), options.json};
    };
    static constexpr const char* askable =
        "ask for RUNNING, RUNNING_P2P, PRE_COPY, PRE_COPY_P2P, STOP, STOP_COPY or RESUMING";
    for (const std::string& word : raw.states) {
        const auto state = parseState(word);
        if (!state)
            return wrong(fmt::format("{} is no state of the protocol", escapeText(word)), askable);
        if (*state == MigState::Error)
            return wrong("ERROR cannot be asked for: only a device goes there", askable);
        options.states.push_back(*state);
    }
    options.mode = parseCopyMode(raw.mode).value_or(CopyMode::Auto);
    options.limits.onNoConvergence =
        raw.convergence == "give-up" ? OnNoConvergence::GiveUp : OnNoConvergence::Go;
    options.limits.downtimeLimit = fromSeconds(raw.downtimeLimitMs / 1e3);
    options.limits.maxTime = fromSeconds(raw.maxSeconds);
    if (raw.budgetMs >= 0)
        options.budget = fromSeconds(raw.budgetMs / 1e3);
    if (raw.maxStuckSeconds >= 0)
        options.maxStuck = fromSeconds(raw.maxStuckSeconds);
    options.format = formatOf(raw.format).value_or(options.format);
    options.detailCalls = raw.detail == "calls";

    if (options.command == Command::Migrate) {
        options.sources = splitList(raw.sources);
        options.destinations = splitList(raw.destinations);
        if (options.sources.size() != options.destinations.size())
            return wrong(fmt::format("{} sources but {} destinations", options.sources.size(),
                                     options.destinations.size()),
                         "name one destination for each source, in the same order");
        auto hasEmpty = [](const std::vector<std::string>& names) {
            return std::ranges::any_of(names, [](const std::string& name) { return name.empty(); });
        };
        if (hasEmpty(options.sources) || hasEmpty(options.destinations))
            return wrong("an empty device name", "SRC[,SRC…] DST[,DST…] without spaces");
        for (const std::string& hook : raw.hooks) {
            const std::size_t equals = hook.find('=');
            const std::string phase = hook.substr(0, equals);
            if (equals == std::string::npos || std::ranges::find(hookPhases, phase) == hookPhases.end())
                return wrong(fmt::format("--hook {}: no such phase", escapeText(phase)),
                             fmt::format("PHASE=CMD with one of {}", fmt::join(hookPhases, ", ")));
            options.hooks.emplace_back(phase, hook.substr(equals + 1));
        }
        if (options.json && options.record == "-")
            return wrong("--json with --record -: both would write to standard output",
                         "leave out --json: the recording's last line is the report");
    }
    if (options.command == Command::Dirty) {
        if (auto bad = convertDirty(raw.dirty, options))
            return wrong(std::move(bad->first), std::move(bad->second));
    }
    if (options.command == Command::Check) {
        if (auto bad = convertCheck(raw.check, options))
            return wrong(std::move(bad->first), std::move(bad->second));
    }
    if (options.command == Command::Compare) {
        if (options.baseline.empty() && options.recordings.size() < 2)
            return wrong("one recording and nothing to compare it with",
                         "name a second one, or --baseline FILE");
        if (options.pool && options.baseline.empty())
            return wrong("--pool without --baseline: all recordings would be the base",
                         "add --baseline FILE");
    }
    if (options.command == Command::Diff && options.file == "-" && options.otherFile == "-")
        return wrong("diff - -: standard input is one image", "name a file for one of the two");
    if (options.command == Command::Export && options.json && options.out.empty() &&
        options.format != ExportFormat::Json)
        return wrong(fmt::format("--json with --to {}: both would write to standard output",
                                 exportFormatWord(options.format)),
                     "add --out FILE");
    return std::nullopt;
}

void addCommands(CLI::App& app, Options& options, Raw& raw) {
    static constexpr const char* opens = "The device is opened for it, brought back to RUNNING and closed: a "
                                         "real driver resets the function at "
                                         "open\nand at close, so nothing is left for the next command.";
    const auto deviceHelp = "a PCI address, an mdev UUID or vfioN";
    const CLI::IsMember modes({"auto", "stop-copy", "pre-copy"});
    // CLI::Range compares only, and nothing compares with NaN: it would switch a limit off.
    const CLI::Validator notNegative(
        [](std::string& text) {
            double value = 0;
            const bool number = CLI::detail::lexical_cast(text, value) && std::isfinite(value);
            return number && value >= 0 && value <= 1e9 ? std::string()
                                                        : text + " is not a number from 0 to 1e9";
        },
        "NUMBER");

    auto stuck = [&](CLI::App* command) {
        command
            ->add_option(
                "--max-stuck", raw.maxStuckSeconds,
                "interrupt a call that has not returned for this many seconds; give the device up (exit "
                "5) when that does not wake it")
            ->check(notNegative);
    };
    auto copy = [&](CLI::App* command) {
        command->add_option("--mode", raw.mode, "auto: pre-copy where the device has it")->check(modes);
        command
            ->add_option("--downtime-limit", raw.downtimeLimitMs,
                         "leave pre-copy when the rest takes less than this many milliseconds (300)")
            ->check(notNegative);
        command->add_option("--max-rounds", options.limits.maxRounds, "bound of pre-copy (30)")
            ->check(CLI::Range(1U, 1000000U));
        command->add_option("--max-seconds", raw.maxSeconds, "bound of pre-copy (30)")->check(notNegative);
        command->add_option("--on-no-convergence", raw.convergence, "at a bound: go (stop anyway) or give-up")
            ->check(CLI::IsMember({"go", "give-up"}));
    };

    app.add_subcommand("list",
                       "IOMMU groups and devices, and what each can do. Opens nothing, writes nothing.");

    CLI::App* show = app.add_subcommand(
        "show", "One device: identity, driver, group, holders, ways of access, why not and what next.");
    show->add_option("DEVICE", options.device, deviceHelp)->required();
    show->add_flag("--probe", options.probe,
                   "open it for its flags, state, size estimate: resets a PCI function");
    stuck(show);

    CLI::App* set =
        app.add_subcommand("set", "Walk through states, one SET for each arc, each with its latency.");
    set->add_option("DEVICE", options.device, deviceHelp)->required();
    set->add_option("STATE", raw.states,
                    "RUNNING, RUNNING_P2P, PRE_COPY, PRE_COPY_P2P, STOP, STOP_COPY, RESUMING")
        ->required();
    set->add_flag("--combined", options.combined, "one SET for each goal; the kernel walks the arcs");
    set->add_flag("--hold", options.hold, "keep the device open in the last state until Ctrl-C");
    set->footer(opens);
    stuck(set);

    CLI::App* reset = app.add_subcommand("reset", "Reset: RUNNING, migration state lost.");
    reset->add_option("DEVICE", options.device, deviceHelp)->required();
    reset->footer(opens);
    stuck(reset);

    CLI::App* save = app.add_subcommand("save", "Save the device's state into a file.");
    save->add_option("DEVICE", options.device, deviceHelp)->required();
    save->add_option("FILE", options.file, "the image to write")->required();
    copy(save);
    save->add_flag("--raw", options.raw, "the bare stream: no checksums, no identity");
    save->add_flag("--force", options.force, "replace an existing file");
    save->footer(opens);
    stuck(save);

    CLI::App* load = app.add_subcommand("load", "Prove that a device accepts a saved state.");
    load->add_option("FILE", options.file, "the image; - is standard input")->required();
    load->add_option("DEVICE", options.device, deviceHelp)->required();
    load->add_flag("--run", options.run, "end in RUNNING with the loaded state (else STOP, then reset)");
    load->footer(opens);
    stuck(load);

    CLI::App* diff = app.add_subcommand(
        "diff", "Compare two saved states: the first byte that differs, ranges, and records where the "
                "driver's framing is known.");
    diff->add_option("IMAGE", options.file, "a saved state; - is standard input")->required();
    diff->add_option("OTHER", options.otherFile, "the one to compare it with")->required();
    diff->footer(
        "Exit code 0: the states are equal, byte for byte (their headers may differ); 1: they differ; "
        "6: one cannot be\nread, or is damaged or cut off.");

    CLI::App* migrate = app.add_subcommand(
        "migrate", "Migrate, and report the downtime phase by phase; SRC = DST is a loopback.");
    migrate->add_option("SRC", raw.sources, "the source, or several with commas")->required();
    migrate->add_option("DST", raw.destinations, "the destination, or several with commas")->required();
    copy(migrate);
    migrate->add_option("--record", options.record, "write a recording; - streams it to standard output");
    migrate->add_option("--runs", options.runs, "repeat, and report percentiles")
        ->check(CLI::Range(1U, 100000U));
    migrate->add_option("--budget", raw.budgetMs, "exit 4 when a downtime is above this many milliseconds")
        ->check(notNegative);
    migrate->add_option("--detail", raw.detail, "calls: the recording holds every call, with its bytes")
        ->check(CLI::IsMember({"arcs", "calls"}));
    migrate
        ->add_option(
            "--hook", raw.hooks,
            "PHASE=CMD: run a shell command at before-stop, stopped, saved, loaded, resumed or end; its "
            "time is measured")
        ->take_all()
        ->expected(1);
    migrate->add_flag("--force", options.force, "replace an existing recording");
    migrate->footer(opens);
    stuck(migrate);

    CLI::App* report =
        app.add_subcommand("report", "Phases, downtime, sizes, rates; computed again from the events.");
    report->add_option("RECORDING", options.file, "a recording (*.migrec)")->required();

    CLI::App* compare = app.add_subcommand(
        "compare",
        "Are these runs slower than those? Medians, their differences and what chance makes of them.");
    compare->add_option("RECORDING", options.recordings, "recordings (*.migrec); the first is the base")
        ->required();
    compare
        ->add_option("--baseline", options.baseline,
                     "the base; exit 4 when the downtime of a RECORDING is worse than its, and not by chance")
        ->option_text("RECORDING");
    compare->add_flag("--pool", options.pool, "with --baseline: all RECORDINGs together are one side");
    compare->add_flag("--without-first", options.withoutFirst,
                      "leave the first run of each out: cold effects");

    CLI::App* exportTo = app.add_subcommand("export", "A recording's events for other programs.");
    exportTo->add_option("RECORDING", options.file, "a recording (*.migrec)")->required();
    exportTo->add_option("--to", raw.format, "csv, json or trace (for Perfetto and Chrome's viewer)")
        ->required()
        ->check(CLI::IsMember({"csv", "json", "trace"}));
    exportTo->add_option("--out", options.out, "the file to write (else standard output)");
    exportTo->add_flag("--force", options.force, "replace an existing file");

    CLI::App* capture = app.add_subcommand(
        "capture", "What list and show need of this host, for --backend capture:DIR. Opens no device.");
    capture->add_option("DIR", options.file, "the folder to write")->required();

    CLI::App* dirty = app.add_subcommand(
        "dirty",
        "Which pages a device writes: DMA logging over ranges, a report each interval, and its cost.");
    dirty->add_option("DEVICE", options.device, deviceHelp)->required();
    dirty->add_option("--range", raw.dirty.ranges, "IOVA+LENGTH[,IOVA+LENGTH…], as in 0x100000000+4G");
    dirty->add_option("--page", raw.dirty.page, "the page size to ask for (that of this host)");
    dirty->add_option("--interval", raw.dirty.intervalMs, "milliseconds from one report to the next (200)")
        ->check(notNegative);
    dirty
        ->add_option("--rounds", raw.dirty.rounds,
                     "so many reports (10); 0: until Ctrl-C; with --sweep of each size (3)")
        ->check(CLI::Range(std::int64_t{0}, std::int64_t{1000000}));
    dirty->add_flag("--sweep", options.sweep,
                    "what START and REPORT cost by size: 1 MiB, 4 MiB, … 64 GiB (or the LENGTH of --range)");
    dirty->add_option("--record", options.record, "write a recording; - streams it to standard output");
    dirty->add_flag("--force", options.force, "replace an existing recording");
    dirty->footer(opens);
    stuck(dirty);

    CLI::App* check = app.add_subcommand(
        "check", "Does a driver keep to the protocol? Asks a device, and its peer, a catalogue of checks.");
    check->add_option("DEVICE", options.device, deviceHelp);
    check->add_option("PEER", options.peer, "a second device of its kind, for what takes two");
    check->add_flag("--list", options.listChecks, "name the checks and ask nothing");
    check->add_option("--only", raw.check.only, "ID[,ID…]: these checks only");
    check->add_option("--class", raw.check.classes, "CLASS[,CLASS…] of passive, session, resets, hostile");
    check->add_option("--hostile", raw.check.hostile,
                      "DEVICE[,DEVICE]: junk may be written into it, whoever shares its firmware");
    check->add_option("--format", raw.check.format, "text, ktap or junit")
        ->check(CLI::IsMember({"text", "ktap", "junit"}));
    check->add_option("--record", options.record, "write a recording of every call");
    check->add_flag("--force", options.force, "reset a device that is found not RUNNING");
    check->footer(opens);
    stuck(check);

    app.add_subcommand("version",
                       "Build, baseline of the kernel interface, and what the running kernel offers.");
}

UsageError usageError(const CLI::App& app, const CLI::ParseError& error, bool json) {
    std::string text = error.what();
    std::ranges::replace(text, '\n', ' ');
    text = escapeText(text);
    std::string command;
    for (const CLI::App* sub : app.get_subcommands())
        command = sub->get_name();
    if (command.empty() && error.get_exit_code() == static_cast<int>(CLI::ExitCodes::RequiredError))
        text = "no command given";
    return {text,
            command.empty() ? "migscope-cli --help lists the commands"
                            : fmt::format("migscope-cli {} --help", command),
            json};
}

} // namespace

Parsed parseOptions(const std::vector<std::string>& arguments) {
    Options options;
    Raw raw;
    // A usage error must know whether a program reads the answer, even when parsing stopped before the flag.
    const bool json = std::ranges::find(arguments, "--json") != arguments.end();

    CLI::App app{"Inspect, drive and measure VFIO device migration.", "migscope-cli"};
    app.set_help_flag("-h,--help", "explain the program, or the command before it");
    app.require_subcommand(0, 1);
    app.fallthrough();
    app.add_option("--backend", options.backend,
                   "kernel, sim, sim:PROFILE (simulated machine; built in: lab) or capture:DIR")
        ->option_text("BACKEND");
    app.add_flag("--json", options.json, "one JSON document on standard output");
    app.add_flag("--version", raw.version, "the same as the command version");
    app.footer(
        "Exit codes: 0 ok, 1 the device or the rules said no, 2 usage, 3 no access, busy or not there,\n"
        "4 over budget, 5 a device was left in an unknown, ERROR or hung state, 6 file, 130 cancelled.");
    addCommands(app, options, raw);

    try {
        std::vector<std::string> reversed(arguments.rbegin(), arguments.rend());
        app.parse(std::move(reversed));
    } catch (const CLI::CallForHelp&) {
        const auto chosen = app.get_subcommands();
        return HelpText{chosen.empty() ? app.help() : chosen.front()->help()};
    } catch (const CLI::ParseError& error) {
        return usageError(app, error, json);
    }

    const auto chosen = app.get_subcommands();
    if (chosen.empty() && !raw.version)
        return UsageError{"no command given", "migscope-cli --help lists the commands", json};
    if (raw.version) {
        options.command = Command::Version;
    } else {
        options.command = commandOf(chosen.front()->get_name()).value_or(options.command);
    }
    if (auto error = convert(raw, options))
        return *error;
    return options;
}

} // namespace migscope::cli
