// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The documents of --json, each with a schema in resources/schemas. Unknown is null, never 0.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "app/cli/failure.h"
#include "core/device/capabilities.h"
#include "core/device/topology.h"
#include "core/device/verdict.h"
#include "core/transfer/event.h"

namespace migscope::cli {

/// One SET, or one reset, of `set` and `reset`.
struct ArcLine {
    std::string from; ///< empty: unknown
    std::string to;
    std::optional<Ns> duration;
    int errnoValue = 0;
    std::string error; ///< code name; empty on success
    bool combined = false;
    bool reset = false; ///< VFIO_DEVICE_RESET, not a SET
};

struct ArcsDocument {
    bool simulated = false;
    std::string device;
    std::vector<ArcLine> arcs;
    std::vector<ArcLine> bringBack;     ///< what was done afterwards to leave the device RUNNING
    std::optional<std::string> reached; ///< the state before it was brought back
    std::optional<std::string> finalState;
};

/// What `save` and `load` say.
struct ImageDocument {
    bool simulated = false;
    std::string device;
    std::string file;
    bool raw = false;
    std::optional<bool> verified; ///< load: the image carried checksums and they held
    std::string mode;             ///< "stop-copy", "pre-copy"; empty: unknown
    std::optional<std::uint64_t> stateBytes;
    std::optional<std::uint64_t> precopyBytes;
    std::optional<std::uint64_t> fileBytes;
    std::optional<Ns> blackout;
    std::optional<Ns> duration;
    std::optional<std::string> finalState;
    std::string savedFrom; ///< load: the device that the image names
    bool loadedStateRuns = false;
};

struct CaptureDocument {
    std::string folder;
    std::uint64_t files = 0;
    std::uint64_t bytes = 0;
    std::size_t groups = 0;
    std::size_t devices = 0;
};

/// A part of the kernel interface and whether the host has it.
struct Offer {
    std::string id;
    std::string text;
    std::optional<bool> offered; ///< absent: cannot be known without opening anything
    std::string since;           ///< first kernel release, "6.2"
    std::string evidence;        ///< "release 6.12", "/dev/iommu", "CONFIG_VFIO_DEBUGFS=y"
};
struct VersionDocument {
    std::string version;
    std::string build;
    std::string baseline;
    std::string backend;
    bool simulated = false;
    std::string kernel;
    std::vector<Offer> offers;
};

/// A part that stands beside the error: what was done before it failed.
struct FailureExtras {
    const ArcsDocument* arcs = nullptr;
    std::string report; ///< a report/1 document, as text; empty: none
};

[[nodiscard]] std::string topologyJson(const Topology& topology);
/// `probe` and `openError` as for judge().
[[nodiscard]] std::string showJson(const Topology& topology, const Device& device, const Capabilities* probe);
[[nodiscard]] std::string arcsJson(const ArcsDocument& document);
[[nodiscard]] std::string saveJson(const ImageDocument& document);
[[nodiscard]] std::string loadJson(const ImageDocument& document);
[[nodiscard]] std::string captureJson(const CaptureDocument& document);
[[nodiscard]] std::string exportedJson(const std::string& file, const std::string& format,
                                       std::uint64_t bytes);
[[nodiscard]] std::string versionJson(const VersionDocument& document);
[[nodiscard]] std::string errorJson(const Failure& failure, const FailureExtras& extras);

} // namespace migscope::cli
