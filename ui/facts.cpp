// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What is known of a device or a host, as rows of words.
#include "ui/facts.h"

#include <QCoreApplication>

#include <algorithm>
#include <cerrno>

#include "core/base/byte_size.h"
#include "ui/words.h"

namespace migscope {
namespace {

QString tr(const char* text) {
    return QCoreApplication::translate("facts", text);
}

QString nodeText(const NodeFacts& node) {
    if (node.path.empty())
        return tr("none");
    QString text = shown(node.path);
    if (!node.exists)
        return tr("%1, does not exist").arg(text);
    if (node.usable.has_value())
        text += *node.usable
                    ? tr(", usable")
                    : tr(", not usable by you (mode %1)").arg(node.mode & 07777U, 4, 8, QLatin1Char('0'));
    return text;
}

QString outsideText(const Result<MigState>& outside) {
    if (outside)
        return tr("%1 (from debugfs, live)").arg(QString::fromStdString(stateName(*outside)));
    if (outside.error().isErrno(ETIMEDOUT))
        return tr("unknown: in the middle of a SET");
    return tr("unknown: %1").arg(shown(describe(outside.error())));
}

FactSection migrationFacts(const Device& device, const SessionState* state, const Result<MigState>* outside) {
    FactSection section{tr("Migration"), {}};
    const auto add = [&](const QString& name, const QString& value) {
        section.facts.push_back({name, value});
    };
    if (state == nullptr || !state->capabilities) {
        QString flags = tr("unknown: the device was not asked");
        if (device.debugfs && device.debugfs->flags)
            flags = tr("%1 (from debugfs)").arg(shown(device.debugfs->flags->text()));
        else if (!device.boundToVfio())
            flags = tr("unknown: not bound to VFIO");
        add(tr("flags"), flags);
        if (outside != nullptr)
            add(tr("state"), outsideText(*outside));
        if (device.debugfs)
            add(tr("logging"),
                device.debugfs->dirtyTracking ? tr("yes (from debugfs)") : tr("no (from debugfs)"));
        return section;
    }
    const Capabilities& has = *state->capabilities;
    switch (has.protocol) {
    case Protocol::V2:
        add(tr("protocol"), tr("v2"));
        add(tr("flags"), shown(has.flags.text()) + QStringLiteral(" (0x%1)").arg(has.flags.raw(), 0, 16));
        break;
    case Protocol::V1Only:
        add(tr("protocol"), tr("v1 only (withdrawn)"));
        break;
    case Protocol::None:
        add(tr("protocol"), tr("none"));
        break;
    }
    if (has.protocol == Protocol::V2) {
        add(tr("size"), has.stopCopySize.bytes ? QString::fromStdString(formatBytes(*has.stopCopySize.bytes))
                                               : tr("unknown: %1").arg(shown(has.stopCopySize.whyUnknown)));
        add(tr("found in"),
            has.stateFound ? QString::fromStdString(stateName(*has.stateFound)) : tr("unknown"));
        switch (has.precopyInfoV2) {
        case PrecopyInfoV2::Available:
            add(tr("pre-copy info"), tr("version 2"));
            break;
        case PrecopyInfoV2::DeviceHasNoPreCopy:
            add(tr("pre-copy info"), tr("none: no pre-copy here"));
            break;
        case PrecopyInfoV2::KernelTooOld:
            add(tr("pre-copy info"), has.flags.preCopy() ? tr("version 1") : tr("none"));
            break;
        }
    }
    add(tr("logging"), has.dmaLogging ? tr("DMA logging by the device") : tr("no DMA logging"));
    add(tr("access"), shown(has.access));
    add(tr("regions"), QString::number(has.regions));
    add(tr("interrupts"), QString::number(has.irqs));
    add(tr("reset"), has.resetAdvertised ? tr("offered") : tr("not offered"));
    return section;
}

FactSection identityFacts(const Device& device) {
    FactSection section{tr("Device"), {}};
    const auto add = [&](const QString& name, const QString& value) {
        if (!value.isEmpty())
            section.facts.push_back({name, value});
    };
    add(tr("address"), shown(device.name));
    if (device.pci) {
        const PciFacts& pci = *device.pci;
        add(tr("what"), shown(pci.deviceName));
        add(tr("vendor"), shown(pci.vendorName));
        add(tr("ID"), QString::asprintf("%04x:%04x", pci.vendor, pci.device));
        add(tr("class"), shown(pci.className));
        if (!pci.physicalFunction.empty())
            add(tr("function"), tr("virtual, of %1%2")
                                    .arg(shown(pci.physicalFunction),
                                         pci.physicalFunctionDriver.empty()
                                             ? tr(" (no driver)")
                                             : tr(" (%1)").arg(shown(pci.physicalFunctionDriver))));
        else if (pci.totalVfs)
            add(tr("function"),
                tr("physical, %1 of %2 virtual ones").arg(pci.virtualFunctions.size()).arg(*pci.totalVfs));
    }
    if (device.mdev) {
        add(tr("type"), shown(device.mdev->typeId));
        add(tr("parent"), shown(device.mdev->parent));
    }
    add(tr("driver"), device.driver.empty() ? tr("none") : shown(device.driver));
    if (!device.driverOverride.empty())
        add(tr("override"), shown(device.driverOverride));
    if (!device.variantDriver.empty() && device.variantDriver != device.driver)
        add(tr("could use"), shown(device.variantDriver));
    if (device.numaNode)
        add(tr("NUMA node"), QString::number(*device.numaNode));
    return section;
}

FactSection accessFacts(const Topology& topology, const Device& device) {
    FactSection section{tr("Group and access"), {}};
    const auto add = [&](const QString& name, const QString& value) {
        section.facts.push_back({name, value});
    };
    const Group* group = device.iommuGroup ? topology.group(*device.iommuGroup) : nullptr;
    if (group == nullptr) {
        add(tr("group"), tr("none"));
    } else {
        QString text = QString::number(group->id);
        if (!group->type.empty())
            text += QStringLiteral(" · ") + shown(group->type);
        text += QStringLiteral(" · ") +
                tr("%n device(s)")
                    .replace(QLatin1String("%n"), QString::number(group->devices.size()))
                    .replace(QLatin1String("(s)"), group->devices.size() == 1 ? QString() : tr("s"));
        add(tr("group"), text);
        QStringList blockers;
        for (const std::string& blocker : group->blockers)
            blockers << shown(blocker);
        add(tr("viable"), !group->viable   ? tr("unknown: a member could not be read")
                          : *group->viable ? tr("yes")
                                           : tr("no: %1 blocks").arg(blockers.join(QStringLiteral(", "))));
        add(tr("group node"), nodeText(group->node));
        if (!group->reservedRegions.empty())
            add(tr("reserved"), group->reservedRegions.size() == 1
                                    ? tr("1 range")
                                    : tr("%1 ranges").arg(group->reservedRegions.size()));
    }
    add(tr("device node"), device.cdev.path.empty() ? tr("none") : nodeText(device.cdev));
    if (!device.iommuUnit.empty())
        add(tr("IOMMU"), shown(device.iommuUnit));
    switch (device.holderKnowledge) {
    case HolderKnowledge::NotLooked:
        add(tr("in use by"), tr("not looked yet"));
        break;
    case HolderKnowledge::NotPermitted:
    case HolderKnowledge::Complete: {
        QStringList holders;
        for (const Holder& holder : device.holders)
            holders << QStringLiteral("%1 (%2) via %3")
                           .arg(shown(holder.command))
                           .arg(holder.pid)
                           .arg(shown(holder.via));
        if (holders.isEmpty())
            holders << (device.holderKnowledge == HolderKnowledge::Complete
                            ? tr("nobody")
                            : tr("unknown: other users' processes may not be read"));
        add(tr("in use by"), holders.join(QLatin1Char('\n')));
    }
    }
    return section;
}

} // namespace

std::vector<FactSection> factsOf(const Topology& topology, const Device& device, const SessionState* state,
                                 const Result<MigState>* outside) {
    std::vector<FactSection> sections{migrationFacts(device, state, outside), identityFacts(device),
                                      accessFacts(topology, device)};
    if (!device.problems.empty()) {
        FactSection problems{tr("Could not be read"), {}};
        for (const std::string& problem : device.problems)
            problems.facts.push_back({{}, shown(problem)});
        sections.push_back(std::move(problems));
    }
    return sections;
}

std::vector<Readiness> readinessOf(const Topology& topology) {
    using enum Readiness::Answer;
    const HostFacts& host = topology.host;
    std::vector<Readiness> lines;
    const auto add = [&](Readiness::Answer answer, const QString& what, const QString& detail = {}) {
        lines.push_back({answer, what, detail});
    };
    const auto yes = [](bool it) { return it ? Yes : No; };
    const auto physical = std::count_if(topology.groups.begin(), topology.groups.end(),
                                        [](const Group& group) { return group.kind == GroupKind::Physical; });
    QStringList units;
    for (const IommuUnit& unit : host.iommuUnits)
        units << shown(unit.name);
    add(yes(physical > 0), tr("IOMMU"),
        physical > 0
            ? tr("%1 groups%2")
                  .arg(physical)
                  .arg(units.isEmpty() ? QString() : tr(" behind %1").arg(units.join(QStringLiteral(", "))))
            : tr("no IOMMU groups"));
    add(yes(host.vfioModule), tr("VFIO"), host.vfioModule ? tr("loaded") : tr("not loaded"));
    const auto bound = std::count_if(topology.devices.begin(), topology.devices.end(),
                                     [](const Device& device) { return device.boundToVfio(); });
    add(yes(bound > 0), tr("devices bound to VFIO"), QString::number(bound));
    add(host.container.exists ? (host.container.usable.has_value() ? yes(*host.container.usable) : Unknown)
                              : No,
        tr("container node"), nodeText(host.container));
    add(yes(host.iommufdNode), tr("iommufd"),
        host.iommufdNode ? tr("/dev/iommu") : tr("no /dev/iommu: the group path is used"));
    add(host.debugfsVfio ? Yes : Unknown, tr("migration in debugfs"),
        host.debugfsVfio ? tr("readable") : tr("not there, or not readable by you"));
    if (host.config) {
        QStringList variants;
        for (const auto& [option, value] : *host.config) {
            const bool variant =
                (option.ends_with("_VFIO_PCI") || option.ends_with("_VFIO")) && option != "VFIO";
            if (variant && (value == 'y' || value == 'm'))
                variants << shown(option);
        }
        add(yes(!variants.isEmpty()), tr("drivers that can migrate"),
            variants.isEmpty() ? tr("none in this kernel") : variants.join(QStringLiteral(", ")));
    } else {
        add(Unknown, tr("drivers that can migrate"),
            topology.enriched ? tr("the kernel's configuration could not be read") : tr("not looked yet"));
    }
    if (host.memlockBytes)
        add(Unknown, tr("lockable memory"), QString::fromStdString(formatBytes(*host.memlockBytes)));
    return lines;
}

} // namespace migscope
