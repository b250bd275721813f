// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// `version`: this build, the baseline of its kernel interface, and what of that interface the host offers.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <string_view>
#include <utility>

#include "app/cli/command.h"
#include "app/cli/host_text.h"
#include "core/uapi/baseline.h"
#include "core/uapi/table.h"

namespace migscope::cli {
namespace {

/// "6.12.95+deb12-amd64" as one comparable number; 0 when it is no release.
unsigned releaseNumber(std::string_view release) {
    unsigned major = 0;
    unsigned minor = 0;
    const char* end = release.data() + release.size();
    // NOLINTNEXTLINE(bugprone-suspicious-stringview-data-usage): the end goes with it
    const auto first = std::from_chars(release.data(), end, major);
    if (first.ec != std::errc{} || first.ptr == end || *first.ptr != '.')
        return 0;
    if (std::from_chars(first.ptr + 1, end, minor).ec != std::errc{})
        return 0;
    return uapi::kernel(major, minor);
}

std::string releaseText(unsigned number) {
    return fmt::format("{}.{}", number / 1000, number % 1000);
}

/// The first release with a constant of the kernel's headers.
unsigned sinceOf(std::string_view constant) {
    for (const uapi::AbiFact& fact : uapi::abiFacts) {
        if (std::string_view(fact.name) == constant)
            return fact.since;
    }
    return 0;
}

/// Known by the release alone: nothing is opened to ask. A distribution may have added or removed it.
Offer byRelease(const HostFacts& host, std::string id, std::string text, std::string_view constant) {
    Offer offer{std::move(id), std::move(text), std::nullopt, {}, "unknown kernel release"};
    const unsigned since = sinceOf(constant);
    // For what is older than all headers that were checked, that number is only an upper bound.
    offer.since = since == 0                     ? ""
                  : since == uapi::oldestChecked ? fmt::format("{} or older", releaseText(since))
                                                 : releaseText(since);
    const unsigned running = releaseNumber(host.kernelRelease);
    if (running != 0 && since != 0) {
        offer.evidence = fmt::format("release {}", releaseText(running));
        if (running >= since || since != uapi::oldestChecked)
            offer.offered = running >= since;
    }
    return offer;
}

Offer byOption(const HostFacts& host, std::string id, std::string text, const std::string& option, bool seen,
               const std::string& where) {
    Offer offer{
        std::move(id), std::move(text), std::nullopt, {}, fmt::format("no {}; kernel config unknown", where)};
    if (seen) {
        offer.offered = true;
        offer.evidence = where;
        return offer;
    }
    if (host.config) {
        const auto at = host.config->find(option);
        const char value = at == host.config->end() ? 'n' : at->second;
        offer.offered = value != 'n';
        offer.evidence =
            fmt::format("CONFIG_{}={}{}", option, value, value == 'm' ? ", module not loaded" : "");
    }
    return offer;
}

std::vector<Offer> offersOf(const Topology& topology) {
    const HostFacts& host = topology.host;
    const bool anyCdev =
        std::ranges::any_of(topology.devices, [](const Device& device) { return device.cdev.exists; });
    std::vector<Offer> offers;
    offers.push_back(byOption(host, "vfio", "VFIO", "VFIO", host.vfioModule, "/sys/module/vfio"));
    offers.push_back(
        byOption(host, "vfio-pci", "vfio-pci", "VFIO_PCI", host.vfioPciModule, "/sys/module/vfio_pci"));
    offers.push_back(byOption(host, "group", "groups and container (group+type1v2)", "VFIO_GROUP",
                              host.container.exists, "/dev/vfio/vfio"));
    offers.push_back(byOption(host, "iommufd", "iommufd", "IOMMUFD", host.iommufdNode, "/dev/iommu"));
    offers.push_back(byOption(host, "cdev", "device nodes (cdev+iommufd)", "VFIO_DEVICE_CDEV", anyCdev,
                              "/dev/vfio/devices"));
    offers.push_back(byOption(host, "debugfs", "VFIO debugfs", "VFIO_DEBUGFS", host.debugfsVfio,
                              "/sys/kernel/debug/vfio"));
    offers.push_back(
        byRelease(host, "migration-v2", "migration protocol v2", "VFIO_DEVICE_FEATURE_MIGRATION"));
    offers.push_back(byRelease(host, "dma-logging", "dirty-page logging by the device",
                               "VFIO_DEVICE_FEATURE_DMA_LOGGING_START"));
    offers.push_back(byRelease(host, "pre-copy", "pre-copy", "VFIO_MIG_GET_PRECOPY_INFO"));
    offers.push_back(byRelease(host, "data-size", "size estimate", "VFIO_DEVICE_FEATURE_MIG_DATA_SIZE"));
    offers.push_back(byRelease(host, "precopy-info-v2", "pre-copy info version 2",
                               "VFIO_DEVICE_FEATURE_MIG_PRECOPY_INFOv2"));
    return offers;
}

std::string buildText() {
    std::string text = "GCC/Clang";
#if defined(__clang__)
    text = fmt::format("Clang {}.{}", __clang_major__, __clang_minor__);
#elif defined(__GNUC__)
    text = fmt::format("GCC {}.{}", __GNUC__, __GNUC_MINOR__);
#endif
    text += fmt::format(", C++ {}, {}", __cplusplus, MIGSCOPE_BUILD_TYPE);
#if defined(__SANITIZE_ADDRESS__)
    text += ", address sanitizer";
#elif defined(__SANITIZE_THREAD__)
    text += ", thread sanitizer";
#endif
    return text;
}

} // namespace

ExitCode runVersion(Context& context) {
    const auto host = lookAtHost(context.options, true);
    if (!host)
        return report(context, host.error());
    VersionDocument document;
    document.version = MIGSCOPE_VERSION;
    document.build = buildText();
    document.baseline = uapi::uapiBaseline;
    document.backend = host->backend->name();
    document.simulated = host->topology.simulated;
    document.kernel = host->topology.host.kernelRelease;
    document.offers = offersOf(host->topology);
    if (context.options.json) {
        context.console.print(versionJson(document));
        return ExitCode::Ok;
    }
    std::string out =
        fmt::format("migscope-cli {} ({})\nkernel interface as of Linux {}\n{}: kernel {}\n",
                    document.version, document.build, document.baseline, machineText(host->topology),
                    document.kernel.empty() ? "unknown" : document.kernel);
    for (const Offer& offer : document.offers)
        out += fmt::format("  {:<8} {} ({}{})\n",
                           !offer.offered   ? "unknown"
                           : *offer.offered ? "yes"
                                            : "no",
                           offer.text, offer.evidence,
                           offer.since.empty() ? "" : fmt::format("; since {}", offer.since));
    context.console.print(out);
    return ExitCode::Ok;
}

} // namespace migscope::cli
