// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The composition root: makes the backend that a word names.
#include "app/backends.h"

#include <fmt/format.h>

#include <string_view>
#include <utility>

#include "core/base/escape.h"
#include "core/host/directory_tree.h"
#include "core/host/enumerate.h"
#include "core/kernel/kernel_backend.h"
#include "core/sim/sim_backend.h"

namespace migscope {
namespace {

/// Stateless, and needed until the last thread is gone: a worker that the kernel does not give back may ask
/// it after every object of the program was destroyed.
Clock& processClock() {
    static SteadyClock clock;
    return clock;
}

/// A host that `capture` wrote down. Everything but opening works.
class CaptureBackend final : public Backend {
public:
    CaptureBackend(std::string folder, DirectoryTree tree)
        : folder_(std::move(folder)), tree_(std::move(tree)) {}

    [[nodiscard]] std::string name() const override { return fmt::format("capture:{}", folder_); }
    [[nodiscard]] bool simulated() const override { return false; }
    [[nodiscard]] bool canOpen() const override { return false; }
    [[nodiscard]] Clock& clock() const override { return processClock(); }
    [[nodiscard]] Result<Topology> scan() override { return enumerate(tree_, name(), false); }
    void enrich(Topology& topology) override { migscope::enrich(tree_, topology); }
    [[nodiscard]] Result<std::unique_ptr<DeviceIo>> open(const std::string& device) override {
        return fail(Errc::Unsupported, "open", device,
                    "this is a captured host: its devices are written down, not here");
    }
    void listen(Listener /*listener*/) override {} // a written-down host has no news

private:
    std::string folder_;
    DirectoryTree tree_;
};

} // namespace

std::string backendWords() {
    return "kernel, sim, sim:PROFILE or capture:DIR";
}

Result<std::unique_ptr<Backend>> makeBackend(const std::string& spec) {
    static constexpr std::string_view simPrefix = "sim:";
    static constexpr std::string_view capturePrefix = "capture:";
    if (spec == "kernel")
        return makeKernelBackend(processClock());
    if (spec == "sim" || spec.starts_with(simPrefix)) {
        auto sim =
            makeSimBackend(spec == "sim" ? std::string() : spec.substr(simPrefix.size()), processClock());
        if (!sim)
            return std::unexpected(std::move(sim.error()));
        return std::unique_ptr<Backend>(std::move(*sim));
    }
    if (spec.starts_with(capturePrefix)) {
        std::string folder = spec.substr(capturePrefix.size());
        if (folder.empty())
            return fail(Errc::InvalidArgument, "read --backend", spec, "name the folder: capture:DIR");
        auto tree = DirectoryTree::capture(folder);
        if (!tree)
            return std::unexpected(std::move(tree.error()));
        // Any folder can be opened; one without these was not written by `capture`, and advice from it would
        // be wrong.
        if (!tree->stat("/sys") && !tree->stat("/migscope-capture.txt"))
            return failErrno(ENOENT, "open capture", escapeText(folder),
                             "there is neither sys nor migscope-capture.txt in it");
        return std::make_unique<CaptureBackend>(std::move(folder), std::move(*tree));
    }
    return fail(Errc::InvalidArgument, "read --backend", spec, fmt::format("it is {}", backendWords()));
}

} // namespace migscope
