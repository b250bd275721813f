// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// `check`: the catalogue of compliance checks on one device, or on a pair.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <memory>
#include <utility>

#include "app/cli/command.h"
#include "core/base/byte_size.h"
#include "core/base/escape.h"
#include "core/check/document.h"
#include "core/check/patience.h"
#include "core/transfer/recorder.h"

namespace migscope::cli {
namespace {

constexpr Ns slice = std::chrono::milliseconds(100);
constexpr Ns showProgressAfter = std::chrono::milliseconds(300);

class CheckDrive {
public:
    CheckDrive(Context& context, Host& host, const Device& device, const Device* peer)
        : context_(context)
        , host_(host)
        , device_(device)
        , peer_(peer)
        , header_(makeHeader(host.backend->clock(), host.topology.simulated, {}))
        , patience_(context.options.maxStuck.value_or(CallPatience::usualMost)) {
        header_.detail = "calls";
        document_.simulated = host.topology.simulated;
        document_.tool = header_.tool;
        document_.host = host.topology.host.hostName.empty() ? header_.hostName : host.topology.host.hostName;
        document_.kernel = host.topology.host.kernelRelease;
        document_.device = device.name;
        document_.driver = device.driver;
        document_.peer = peer != nullptr ? peer->name : "";
    }
    ExitCode run();

private:
    [[nodiscard]] OrFailure<CheckRequest> request() const;
    [[nodiscard]] CheckTarget target(const Device& device) const;
    [[nodiscard]] bool startRecorder();
    void watch();
    [[nodiscard]] bool lookAtCall(const CallUnderWay& call);
    void showProgress(const CheckProgress& progress);
    [[nodiscard]] int leaveAtOnce() const;
    [[nodiscard]] std::optional<Failure> failureOf(const CheckReport& report);
    ExitCode finish();
    [[nodiscard]] Clock& clock() const { return host_.backend->clock(); }

    Context& context_;
    Host& host_;
    const Device& device_;
    const Device* peer_;
    RecordingHeader header_;
    EventTap tap_;
    std::unique_ptr<Recorder> recorder_;
    std::optional<Failure> recorderFailure_;
    std::unique_ptr<CheckSession> session_;
    CheckDocument document_;
    CallPatience patience_;
    bool cancelTold_ = false;
    bool hung_ = false;
};

CheckTarget CheckDrive::target(const Device& device) const {
    const bool named = std::ranges::any_of(context_.options.hostile, [&](const std::string& wanted) {
        const auto found = resolveDevice(host_.topology, wanted);
        return found && (*found)->name == device.name;
    });
    return {device.name, device.driver, device.vfioDev,
            named || takesJunk(host_.topology.simulated, device.driver)};
}

OrFailure<CheckRequest> CheckDrive::request() const {
    for (const std::string& wanted : context_.options.hostile) {
        const auto found = findDevice(host_, wanted);
        if (!found)
            return std::unexpected(found.error());
        if (*found != &device_ && *found != peer_) {
            const Error error{make_error_code(Errc::InvalidArgument), "--hostile", escapeText(wanted),
                              "it is neither the device nor its peer"};
            return std::unexpected(actFailure({}, error, Stage::Usage, "name the DEVICE or the PEER"));
        }
    }
    CheckRequest request;
    request.device = target(device_);
    if (peer_ != nullptr)
        request.peer = target(*peer_);
    request.only = context_.options.checkIds;
    for (const std::string& word : context_.options.checkClasses) {
        if (const auto kind = parseCheckClass(word))
            request.classes.push_back(*kind);
    }
    request.force = context_.options.force;
    return request;
}

/// Once the device was opened: the header tells what it said. False: no file, recorderFailure_ tells why.
bool CheckDrive::startRecorder() {
    if (context_.options.record.empty() || recorder_ || recorderFailure_)
        return !recorderFailure_;
    const CheckReport report = session_->report();
    Capabilities probe;
    probe.flags = report.flags;
    probe.access = report.access;
    header_.devices.push_back(recordedDevice(device_, &probe));
    if (peer_ != nullptr)
        header_.devices.push_back(recordedDevice(*peer_, nullptr));
    auto started = Recorder::start(clock(), header_, {context_.options.record, -1, false});
    if (!started) {
        recorderFailure_ = actFailure({}, started.error(), Stage::File);
        return false;
    }
    recorder_ = std::move(*started);
    tap_.forwardTo(recorder_->sink());
    return true;
}

int CheckDrive::leaveAtOnce() const {
    // No stdio: the main thread may hold its lock.
    const std::string text =
        fmt::format("migscope-cli: left at once: {}: state unknown; next: migscope-cli reset {}\n",
                    device_.name, device_.name);
    [[maybe_unused]] const auto written = ::write(STDERR_FILENO, text.data(), text.size());
    return static_cast<int>(ExitCode::DeviceLost);
}

void CheckDrive::showProgress(const CheckProgress& progress) {
    if (!context_.console.progressWanted() || progress.all == 0)
        return;
    context_.console.progress(fmt::format("{}: {} of {} {} {}", device_.name, progress.done, progress.all,
                                          progress.id, progress.call.op));
}

/// False: the call does not return, not even when it is interrupted.
bool CheckDrive::lookAtCall(const CallUnderWay& call) {
    const Ns now = clock().now();
    switch (patience_.look(call, now, cancelTold_)) {
    case CallPatience::Act::Wait:
        break;
    case CallPatience::Act::Tell:
        context_.console.note(fmt::format("{}: stuck in {} for {} (process {}, thread {}); Ctrl-C cancels",
                                          call.device == 1 && peer_ != nullptr ? peer_->name : device_.name,
                                          call.op, formatDuration(now - call.since), ::getpid(),
                                          call.thread));
        break;
    case CallPatience::Act::Interrupt:
        session_->giveUpCall(call.since);
        break;
    case CallPatience::Act::Abandon:
        return false;
    }
    return true;
}

void CheckDrive::watch() {
    const Ns begun = clock().now();
    while (!session_->wait(clock().now() + slice)) {
        const CheckProgress progress = session_->progress();
        if (!progress.id.empty() && !startRecorder())
            session_->cancel();
        if (context_.interrupts->count() > 0 && !cancelTold_) {
            cancelTold_ = true;
            context_.console.note("cancelling: bringing the devices back (Ctrl-C again leaves at once)");
            session_->cancel();
        }
        if (!lookAtCall(progress.call)) {
            hung_ = true;
            break;
        }
        if (clock().now() - begun >= showProgressAfter)
            showProgress(progress);
    }
    context_.console.progress({});
}

std::optional<Failure> CheckDrive::failureOf(const CheckReport& report) {
    std::optional<Failure> failure;
    if (report.error) {
        const Device& concerned = peer_ != nullptr && report.errorDevice == peer_->name ? *peer_ : device_;
        if (report.error->is(Errc::Unsupported)) {
            failure = noMigrationFailure(host_, concerned, Capabilities{});
            failure->state = "no migration state";
            failure->devices.emplace_back(concerned.name, failure->state);
        } else if (report.leftAlone)
            failure = actFailure(concerned.name, *report.error, Stage::Device,
                                 "--force resets it first; its migration state is lost");
        else if (report.error->is(Errc::DeviceLost))
            failure = actFailure(concerned.name, *report.error, Stage::Device);
        else
            failure = openFailure(host_, concerned, *report.error);
        failure->call.clear();
    } else if (report.failedMust()) {
        failure = actFailure(device_.name,
                             Error{make_error_code(Errc::ProtocolViolation), "check", device_.name,
                                   "failed: " + failedWords(report)},
                             Stage::Device, "the report names each rule and the calls that were made");
        failure->call.clear();
    }
    if (!report.safe() || hung_) {
        if (!failure)
            failure = actFailure(device_.name,
                                 Error{make_error_code(Errc::DeviceLost), "bring back", device_.name, {}},
                                 Stage::Device, fmt::format("migscope-cli reset {}", device_.name));
        failure->code = ExitCode::DeviceLost;
    } else if (report.cancelled && context_.interrupts->count() > 0) {
        if (!failure)
            failure = actFailure(
                device_.name, Error{make_error_code(Errc::Cancelled), "check", device_.name, "asked to stop"},
                Stage::Device);
        tellCancelled(*failure);
    }
    if (failure) {
        for (const CheckEnd& end : report.ends) {
            failure->devices.emplace_back(end.device, endText(end));
            if (end.device == failure->device)
                failure->state = endText(end);
        }
    }
    return failure;
}

ExitCode CheckDrive::finish() {
    document_.report = hung_ ? session_->abandoned() : session_->report();
    CheckReport& report = document_.report;
    if (!report.error)
        (void)startRecorder(); // a short run is over before anybody looked
    if (recorder_) {
        if (auto finished = recorder_->finish(); !finished && !recorderFailure_)
            recorderFailure_ = actFailure({}, finished.error(), Stage::File);
        tap_.close();
    }
    std::optional<Failure> failure = failureOf(report);
    ExitCode code = failure ? failure->code : ExitCode::Ok;
    if (report.error && !hung_) {
        code = cli::report(context_, *failure);
    } else {
        const auto& options = context_.options;
        context_.console.print(options.json                               ? checkJson(document_)
                               : options.checkFormat == CheckFormat::Ktap ? checkKtap(document_)
                               : options.checkFormat == CheckFormat::Junit
                                   ? checkJunit(document_)
                                   : checkText(document_, [&](bool must, std::string_view id) {
                                         return context_.console.paint(must ? Colour::Bad : Colour::Middling,
                                                                       id);
                                     }));
        // The document is the answer; the line is for who reads along.
        if (failure)
            context_.console.note(fmt::format("migscope-cli: {}", failureLine(*failure)));
    }
    if (recorderFailure_) {
        context_.console.note(fmt::format("migscope-cli: {}", failureLine(*recorderFailure_)));
        if (code == ExitCode::Ok || code == ExitCode::Refused)
            code = ExitCode::File;
    }
    if (hung_) {
        [[maybe_unused]] const auto written = context_.console.finish();
        // A thread is in the kernel, and will use session and backend when it returns.
        ::_exit(static_cast<int>(code));
    }
    return code;
}

ExitCode CheckDrive::run() {
    auto asked = request();
    if (!asked)
        return report(context_, asked.error());
    if (!context_.options.record.empty()) {
        if (const auto bad = checkTarget(context_.options.record, false, "record"))
            return report(context_, *bad);
    }
    session_ = std::make_unique<CheckSession>(*host_.backend, std::move(*asked),
                                              context_.options.record.empty() ? nullptr : &tap_);
    context_.interrupts->onLeave([this] { return leaveAtOnce(); });
    host_.backend->listen([this](const std::string& name) {
        // The kernel wants it back: it is brought back and closed.
        if (name == device_.name || (peer_ != nullptr && name == peer_->name))
            session_->cancel();
    });
    watch();
    host_.backend->listen({});
    const ExitCode code = finish();
    context_.interrupts->onLeave({});
    return code;
}

} // namespace

ExitCode runCheck(Context& context) {
    if (context.options.listChecks) {
        context.console.print(context.options.json ? checkListJson() : checkListText());
        return ExitCode::Ok;
    }
    auto host = lookAtHost(context.options, false);
    if (!host)
        return report(context, host.error());
    const auto device = findDevice(*host, context.options.device);
    if (!device)
        return report(context, device.error());
    const Device* peer = nullptr;
    if (!context.options.peer.empty()) {
        const auto found = findDevice(*host, context.options.peer);
        if (!found)
            return report(context, found.error());
        peer = *found;
    }
    if (peer == *device) {
        const Error error{make_error_code(Errc::InvalidArgument), "check", escapeText(context.options.peer),
                          "a device is no peer of itself"};
        return report(context, actFailure({}, error, Stage::Usage, "name another device, or no peer"));
    }
    CheckDrive drive(context, *host, **device, peer);
    return drive.run();
}

} // namespace migscope::cli
