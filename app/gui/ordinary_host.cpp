// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Made-up machines for pictures. The workstation has one graphics card on vfio-pci, the rest is used by the
// host.
#include "app/gui/ordinary_host.h"

#include <QDir>
#include <QFile>

#include <array>

namespace migscope {
namespace {

struct Function {
    const char* address;
    int group;
    const char* pciClass;
    const char* id;
    const char* driver; ///< empty: none
    int vfioDev;        ///< -1: not bound to VFIO
};

constexpr std::array functions{
    Function{"0000:00:00.0", 0, "60000", "8086:4660", "", -1},
    Function{"0000:00:02.0", 1, "30000", "8086:4680", "i915", -1},
    Function{"0000:00:14.0", 2, "C0330", "8086:7AE0", "xhci_hcd", -1},
    Function{"0000:00:17.0", 3, "10601", "8086:7AE2", "ahci", -1},
    Function{"0000:00:1f.0", 4, "60100", "8086:7A84", "", -1},
    Function{"0000:00:1f.3", 4, "40300", "8086:7AD0", "snd_hda_intel", -1},
    Function{"0000:00:1f.4", 4, "C0500", "8086:7AA3", "i801_smbus", -1},
    Function{"0000:01:00.0", 5, "30000", "10DE:2504", "vfio-pci", 0},
    Function{"0000:01:00.1", 5, "40300", "10DE:228E", "vfio-pci", 1},
    Function{"0000:02:00.0", 6, "10802", "144D:A80A", "nvme", -1},
    Function{"0000:03:00.0", 7, "20000", "8086:15F3", "igc", -1},
    Function{"0000:04:00.0", 8, "28000", "8086:2725", "iwlwifi", -1},
};

constexpr const char* release = "6.1.0-44-amd64";
constexpr const char* options[] = {"CONFIG_VFIO=m",
                                   "CONFIG_VFIO_PCI=m",
                                   "CONFIG_VFIO_IOMMU_TYPE1=m",
                                   "CONFIG_VFIO_MDEV=m",
                                   "CONFIG_IOMMU_SUPPORT=y",
                                   "CONFIG_INTEL_IOMMU=y",
                                   "# CONFIG_VFIO_NOIOMMU is not set",
                                   "# CONFIG_MLX5_VFIO_PCI is not set",
                                   "# CONFIG_HISI_ACC_VFIO_PCI is not set"};

bool write(const QString& path, const QByteArray& text) {
    QDir().mkpath(path.left(path.lastIndexOf(QLatin1Char('/'))));
    QFile file(path);
    return file.open(QIODevice::WriteOnly) && file.write(text) == text.size();
}

bool link(const QString& path, const QString& target) {
    QDir().mkpath(path.left(path.lastIndexOf(QLatin1Char('/'))));
    return QFile::link(target, path);
}

bool writeFunction(const QString& root, const Function& function) {
    const QString address = QLatin1String(function.address);
    const QString real = root + QStringLiteral("/sys/devices/pci0000:00/") + address;
    QByteArray uevent;
    if (*function.driver != '\0')
        uevent += QByteArray("DRIVER=") + function.driver + "\n";
    uevent += QByteArray("PCI_CLASS=") + function.pciClass + "\nPCI_ID=" + function.id +
              "\nPCI_SUBSYS_ID=1043:8694\nPCI_SLOT_NAME=" + function.address + "\n";
    bool ok =
        write(real + QStringLiteral("/uevent"), uevent) &&
        write(real + QStringLiteral("/revision"), "0x01\n") &&
        write(real + QStringLiteral("/driver_override"), "(null)\n") &&
        link(real + QStringLiteral("/subsystem"), QStringLiteral("../../../bus/pci")) &&
        link(root + QStringLiteral("/sys/bus/pci/devices/") + address,
             QStringLiteral("../../../devices/pci0000:00/") + address) &&
        link(root + QStringLiteral("/sys/kernel/iommu_groups/%1/devices/%2").arg(function.group).arg(address),
             QStringLiteral("../../../../devices/pci0000:00/") + address) &&
        link(root + QStringLiteral("/sys/class/iommu/dmar0/devices/") + address,
             QStringLiteral("../../../../devices/pci0000:00/") + address);
    if (function.vfioDev >= 0) {
        const QString name = QStringLiteral("vfio%1").arg(function.vfioDev);
        ok = ok && QDir().mkpath(real + QStringLiteral("/vfio-dev/") + name) &&
             link(root + QStringLiteral("/sys/class/vfio-dev/") + name,
                  QStringLiteral("../../devices/pci0000:00/%1/vfio-dev/%2").arg(address, name));
    }
    return ok;
}

} // namespace

bool writeOrdinaryHost(const QString& folder) {
    bool ok = QDir().mkpath(folder);
    for (const Function& function : functions) {
        ok = ok && writeFunction(folder, function);
        const QString group = folder + QStringLiteral("/sys/kernel/iommu_groups/%1").arg(function.group);
        ok =
            ok && write(group + QStringLiteral("/type"), "DMA-FQ\n") &&
            write(group + QStringLiteral("/reserved_regions"), "0x00000000fee00000 0x00000000feefffff msi\n");
    }
    QByteArray config;
    for (const char* option : options)
        config += QByteArray(option) + "\n";
    return ok && write(folder + QStringLiteral("/proc/sys/kernel/hostname"), "workstation\n") &&
           write(folder + QStringLiteral("/proc/sys/kernel/osrelease"), QByteArray(release) + "\n") &&
           write(folder + QStringLiteral("/boot/config-") + QLatin1String(release), config) &&
           QDir().mkpath(folder + QStringLiteral("/sys/module/vfio")) &&
           QDir().mkpath(folder + QStringLiteral("/sys/module/vfio_pci")) &&
           write(folder + QStringLiteral("/migscope-capture.txt"),
                 "migscope-capture 1\nnode 0666 0 0 /dev/vfio/vfio\nnode 0600 0 0 /dev/vfio/5\n");
}

bool writePacedPair(const QString& path, const QString& name, double slower, int seed) {
    QFile file(path);
    if (!file.open(QIODevice::WriteOnly))
        return false;
    QString devices;
    for (int number = 1; number <= 2; ++number)
        devices += QStringLiteral(
                       "%1{\"address\": \"0000:01:00.%2\", \"family\": \"mlx5\", \"state_bytes\": 8388608, "
                       "\"arc_ns\": %3, \"stream_call_ns\": 0, \"save_bytes_per_second\": %4, "
                       "\"load_bytes_per_second\": %5, \"jitter_percent\": 6, \"cold_percent\": 25, "
                       "\"jitter_seed\": %6}")
                       .arg(number == 1 ? QString() : QStringLiteral(", "))
                       .arg(number)
                       .arg(qRound64(1e6 * slower))
                       .arg(qRound64(1e9 / slower))
                       .arg(qRound64(5e8 / slower))
                       .arg(seed + number);
    return file.write(QStringLiteral(
                          "{\"schema\": \"migscope.sim-profile/1\", \"name\": \"%1\", \"host\": {\"name\": "
                          "\"%1\"}, \"devices\": [%2]}")
                          .arg(name, devices)
                          .toUtf8()) > 0;
}

} // namespace migscope
