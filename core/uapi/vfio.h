// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Our own declarations of the VFIO kernel ABI, as far as a client of device migration needs it.
//
// Distribution headers are old and the kernel promises a stable ABI, not stable sources: names have been
// removed before. So nothing here includes <linux/vfio.h>, nothing is behind an #ifdef, and what the running
// kernel offers is found by asking it. A drift check compares every line of table.h with real kernel headers.
//
// "since" is the first kernel release that has a thing; "≤ 6.1" means: older than any header we check.
// All structs are plain data with the kernel's layout on every 64-bit machine. Thread safety: values only.
#pragma once

#include "core/uapi/baseline.h"

#include <cstdint>

namespace migscope::uapi {

// ---------------------------------------------------------------------------------------------------------
// ioctl numbers: type ';' and a running number, with neither direction nor size encoded. A number alone is
// ambiguous (0x3b75 is a device feature on a device fd, dirty pages on a container fd): always know the fd.
// ---------------------------------------------------------------------------------------------------------
constexpr unsigned long vfioIoctl(unsigned number) {
    return 0x3b00UL | number;
}

// On a container fd (/dev/vfio/vfio).
inline constexpr unsigned long ioctlGetApiVersion =
    vfioIoctl(100); ///< ≤ 6.1. No argument; answers apiVersion.
inline constexpr unsigned long ioctlCheckExtension =
    vfioIoctl(101);                                            ///< ≤ 6.1. Argument by value; > 0 = has it.
inline constexpr unsigned long ioctlSetIommu = vfioIoctl(102); ///< ≤ 6.1. Argument by value, an iommu* type.

// On a group fd (/dev/vfio/N).
inline constexpr unsigned long ioctlGroupGetStatus = vfioIoctl(103);      ///< ≤ 6.1. VfioGroupStatus.
inline constexpr unsigned long ioctlGroupSetContainer = vfioIoctl(104);   ///< ≤ 6.1. Pointer to the s32 fd.
inline constexpr unsigned long ioctlGroupUnsetContainer = vfioIoctl(105); ///< ≤ 6.1. No argument.
inline constexpr unsigned long ioctlGroupGetDeviceFd = vfioIoctl(106); ///< ≤ 6.1. C string; answers the fd.

// On a device fd.
inline constexpr unsigned long ioctlDeviceGetInfo = vfioIoctl(107);       ///< ≤ 6.1. VfioDeviceInfo.
inline constexpr unsigned long ioctlDeviceGetRegionInfo = vfioIoctl(108); ///< ≤ 6.1. VfioRegionInfo.
inline constexpr unsigned long ioctlDeviceReset = vfioIoctl(111);         ///< ≤ 6.1. No argument.
inline constexpr unsigned long ioctlDeviceFeature = vfioIoctl(117); ///< ≤ 6.1. VfioDeviceFeature + data.

// On a device's own character device (/dev/vfio/devices/vfioX).
inline constexpr unsigned long ioctlDeviceBindIommufd = vfioIoctl(118);     ///< since 6.6. The real "open".
inline constexpr unsigned long ioctlDeviceAttachIommufdPt = vfioIoctl(119); ///< since 6.6.
inline constexpr unsigned long ioctlDeviceDetachIommufdPt = vfioIoctl(120); ///< since 6.6.

// On a migration data fd.
inline constexpr unsigned long ioctlMigGetPrecopyInfo = vfioIoctl(121); ///< since 6.2. VfioPrecopyInfo.

// ---------------------------------------------------------------------------------------------------------
// Container and group
// ---------------------------------------------------------------------------------------------------------
inline constexpr int apiVersion = 0; ///< ≤ 6.1. The only version there is.

/// Types for ioctlSetIommu and ioctlCheckExtension.
inline constexpr unsigned iommuType1 = 1;        ///< ≤ 6.1. Cannot track dirty pages; never our choice.
inline constexpr unsigned iommuSpaprTce = 2;     ///< ≤ 6.1. POWER.
inline constexpr unsigned iommuType1v2 = 3;      ///< ≤ 6.1. The one we use.
inline constexpr unsigned iommuType1Nesting = 6; ///< ≤ 6.1. Only the reserved number is left in 7.x.
inline constexpr unsigned iommuSpaprTceV2 = 7;   ///< ≤ 6.1. POWER.
inline constexpr unsigned iommuNoIommu = 8;      ///< ≤ 6.1. Recognised and explained only.

inline constexpr std::uint32_t groupFlagViable = 1U << 0;       ///< ≤ 6.1. A hint: it can be stale at once.
inline constexpr std::uint32_t groupFlagContainerSet = 1U << 1; ///< ≤ 6.1.

/// ≤ 6.1. ioctlGroupGetStatus.
struct VfioGroupStatus {
    std::uint32_t argsz;
    std::uint32_t flags;
};

// ---------------------------------------------------------------------------------------------------------
// Device and region information
// ---------------------------------------------------------------------------------------------------------
inline constexpr std::uint32_t deviceFlagReset = 1U << 0;    ///< ≤ 6.1. Advisory: some reset without it.
inline constexpr std::uint32_t deviceFlagPci = 1U << 1;      ///< ≤ 6.1.
inline constexpr std::uint32_t deviceFlagPlatform = 1U << 2; ///< ≤ 6.1.
inline constexpr std::uint32_t deviceFlagAmba = 1U << 3;     ///< ≤ 6.1.
inline constexpr std::uint32_t deviceFlagCcw = 1U << 4;      ///< ≤ 6.1.
inline constexpr std::uint32_t deviceFlagAp = 1U << 5;       ///< ≤ 6.1.
inline constexpr std::uint32_t deviceFlagFslMc = 1U << 6;    ///< ≤ 6.1.
inline constexpr std::uint32_t deviceFlagCaps = 1U << 7;     ///< ≤ 6.1. capOffset is valid.
inline constexpr std::uint32_t deviceFlagCdx = 1U << 8;      ///< since 6.6.

/// ≤ 6.1. ioctlDeviceGetInfo. 20 bytes before 6.7, when the padding became part of it; with a shorter buffer
/// than the kernel would fill the call succeeds and argsz says what it would have taken.
struct VfioDeviceInfo {
    std::uint32_t argsz;
    std::uint32_t flags;
    std::uint32_t numRegions;
    std::uint32_t numIrqs;
    std::uint32_t capOffset; ///< From the start of this struct; 0 = none.
    std::uint32_t pad;       ///< since 6.7.
};
inline constexpr std::uint32_t deviceInfoSizeBeforePad =
    20; ///< What kernels before 6.7 call the whole struct.

inline constexpr std::uint32_t regionFlagRead = 1U << 0;  ///< ≤ 6.1.
inline constexpr std::uint32_t regionFlagWrite = 1U << 1; ///< ≤ 6.1.
inline constexpr std::uint32_t regionFlagMmap = 1U << 2;  ///< ≤ 6.1. We never map.
inline constexpr std::uint32_t regionFlagCaps = 1U << 3;  ///< ≤ 6.1. capOffset is valid.

/// Regions of a PCI device below this are BARs, ROM, config space and VGA, none of which we ever read; the
/// driver's own regions (a v1 migration region among them) start here.
inline constexpr std::uint32_t pciFirstDeviceRegion = 9; ///< ≤ 6.1.

/// ≤ 6.1. ioctlDeviceGetRegionInfo; index is input.
struct VfioRegionInfo {
    std::uint32_t argsz;
    std::uint32_t flags;
    std::uint32_t index;
    std::uint32_t capOffset; ///< From the start of this struct; 0 = none.
    std::uint64_t size;      ///< Bytes.
    std::uint64_t offset;    ///< Where the region starts in the device fd.
};

/// ≤ 6.1. The head of every capability behind an information struct.
struct VfioInfoCapHeader {
    std::uint16_t id;
    std::uint16_t version;
    std::uint32_t next; ///< From the start of the information struct, not of this header; 0 = last.
};

inline constexpr std::uint16_t regionCapType = 2; ///< ≤ 6.1. VfioRegionInfoCapType follows.

/// ≤ 6.1. What a device-specific region is.
struct VfioRegionInfoCapType {
    VfioInfoCapHeader header;
    std::uint32_t type;
    std::uint32_t subtype;
};

// ---------------------------------------------------------------------------------------------------------
// Migration protocol v1: withdrawn in 5.18, recognised by its region and explained, never driven.
// ---------------------------------------------------------------------------------------------------------
inline constexpr std::uint32_t regionTypeMigrationV1 = 3;    ///< ≤ 6.1, as a reserved number.
inline constexpr std::uint32_t regionSubtypeMigrationV1 = 1; ///< ≤ 6.1, as a reserved number.

inline constexpr std::uint32_t stateV1Stop = 0;           ///< ≤ 6.1.
inline constexpr std::uint32_t stateV1Running = 1U << 0;  ///< ≤ 6.1.
inline constexpr std::uint32_t stateV1Saving = 1U << 1;   ///< ≤ 6.1. With RUNNING: pre-copy.
inline constexpr std::uint32_t stateV1Resuming = 1U << 2; ///< ≤ 6.1. With SAVING: error.
inline constexpr std::uint32_t stateV1Mask = 7;           ///< ≤ 6.1.

/// ≤ 6.1. The start of a v1 migration region: a region smaller than this is none.
struct VfioDeviceMigrationInfoV1 {
    std::uint32_t deviceState;
    std::uint32_t reserved;
    std::uint64_t pendingBytes;
    std::uint64_t dataOffset;
    std::uint64_t dataSize;
};

// ---------------------------------------------------------------------------------------------------------
// Device features
// ---------------------------------------------------------------------------------------------------------

/// ≤ 6.1. Head of every ioctlDeviceFeature call; argsz counts this head plus its data. The buffer must be
/// 8-byte aligned, because 64-bit data follow at once.
struct VfioDeviceFeature {
    std::uint32_t argsz;
    std::uint32_t flags; ///< A feature index and one or more of the operations below.
};

inline constexpr std::uint32_t featureMask = 0xffff;    ///< ≤ 6.1. The bits of flags that are the index.
inline constexpr std::uint32_t featureGet = 1U << 16;   ///< ≤ 6.1.
inline constexpr std::uint32_t featureSet = 1U << 17;   ///< ≤ 6.1.
inline constexpr std::uint32_t featureProbe = 1U << 18; ///< ≤ 6.1. Asks only; with GET and/or SET.

inline constexpr std::uint32_t featurePciVfToken = 0;     ///< ≤ 6.1. SET, 16 bytes, on SR-IOV PFs.
inline constexpr std::uint32_t featureMigration = 1;      ///< ≤ 6.1 (5.18). GET, VfioDeviceFeatureMigration.
inline constexpr std::uint32_t featureMigDeviceState = 2; ///< ≤ 6.1 (5.18). GET, SET, …MigState.
inline constexpr std::uint32_t featureLowPowerEntry = 3;  ///< since 6.1. SET, no data.
inline constexpr std::uint32_t featureLowPowerEntryWakeup = 4; ///< since 6.1. SET, 8 bytes.
inline constexpr std::uint32_t featureLowPowerExit = 5;        ///< since 6.1. SET, no data.
inline constexpr std::uint32_t featureDmaLoggingStart = 6;     ///< since 6.1. SET, …DmaLoggingControl.
inline constexpr std::uint32_t featureDmaLoggingStop = 7;      ///< since 6.1. SET, no data.
inline constexpr std::uint32_t featureDmaLoggingReport = 8;    ///< since 6.1. GET (!), …DmaLoggingReport.
inline constexpr std::uint32_t featureMigDataSize = 9;         ///< since 6.2. GET, …MigDataSize.
inline constexpr std::uint32_t featureBusMaster = 10;          ///< since 6.7. CDX only; never used by us.
inline constexpr std::uint32_t featureDmaBuf = 11;             ///< since 6.19. Never used by us.

/// since 7.1 or 7.2. SET without data: from then on VfioPrecopyInfo::flags means something. The probe answers
/// ENOTTY on kernels without it and EINVAL on devices without PRE_COPY: both mean no. Cannot be undone
/// before the device is closed.
inline constexpr std::uint32_t featureMigPrecopyInfoV2 = 12;
inline constexpr std::uint32_t featureZpciError = 13; ///< since 7.3, s390 only; never used by us.

// ---------------------------------------------------------------------------------------------------------
// Migration protocol v2
// ---------------------------------------------------------------------------------------------------------
inline constexpr std::uint64_t migrationStopCopy = 1U << 0; ///< ≤ 6.1 (5.18). Always set where v2 answers.
inline constexpr std::uint64_t migrationP2p = 1U << 1;      ///< ≤ 6.1 (5.18). Adds RUNNING_P2P.
inline constexpr std::uint64_t migrationPreCopy = 1U << 2; ///< since 6.2. Adds PRE_COPY (and …_P2P with P2P).

/// ≤ 6.1 (5.18). featureMigration.
struct VfioDeviceFeatureMigration {
    std::uint64_t flags;
};

/// The states, raw; core/device/migration_state.h has the typed ones and their rules.
inline constexpr std::uint32_t stateError = 0;      ///< ≤ 6.1 (5.18). Never asked for.
inline constexpr std::uint32_t stateStop = 1;       ///< ≤ 6.1 (5.18).
inline constexpr std::uint32_t stateRunning = 2;    ///< ≤ 6.1 (5.18).
inline constexpr std::uint32_t stateStopCopy = 3;   ///< ≤ 6.1 (5.18).
inline constexpr std::uint32_t stateResuming = 4;   ///< ≤ 6.1 (5.18).
inline constexpr std::uint32_t stateRunningP2p = 5; ///< ≤ 6.1 (5.18).
inline constexpr std::uint32_t statePreCopy = 6;    ///< since 6.2.
inline constexpr std::uint32_t statePreCopyP2p = 7; ///< since 6.2.

/// ≤ 6.1 (5.18). featureMigDeviceState. After a failed SET deviceState still holds what was asked and dataFd
/// may hold anything: put noDataFd in before each SET and read it only after success. 0 is a valid fd.
struct VfioDeviceFeatureMigState {
    std::uint32_t deviceState;
    std::int32_t dataFd;
};
inline constexpr std::int32_t noDataFd = -1; ///< ≤ 6.1 (5.18). By description only; no name in the headers.

/// since 6.2. ioctlMigGetPrecopyInfo. Without featureMigPrecopyInfoV2 the kernel gives back whatever was in
/// flags: zero the whole struct first, and ignore flags.
struct VfioPrecopyInfo {
    std::uint32_t argsz;
    std::uint32_t flags;
    std::uint64_t initialBytes; ///< Still to read before leaving PRE_COPY makes sense.
    std::uint64_t dirtyBytes;   ///< Changed since it was read.
};
inline constexpr std::uint32_t precopyInfoReinit = 1U
                                                   << 0; ///< since 7.1 or 7.2. initialBytes may have grown.

/// since 6.2. featureMigDataSize: an estimate. At least one driver puts a negative errno into it, so values
/// of 2^63 and more mean unknown.
struct VfioDeviceFeatureMigDataSize {
    std::uint64_t stopCopyLength; ///< Bytes.
};

// ---------------------------------------------------------------------------------------------------------
// Device DMA logging
// ---------------------------------------------------------------------------------------------------------

/// since 6.1. featureDmaLoggingStart.
struct VfioDeviceFeatureDmaLoggingControl {
    std::uint64_t pageSize; ///< In: what we would like, a power of two. Out: what the device took.
    std::uint32_t numRanges;
    std::uint32_t reserved;
    std::uint64_t ranges; ///< Address of VfioDeviceFeatureDmaLoggingRange[numRanges].
};

/// since 6.1.
struct VfioDeviceFeatureDmaLoggingRange {
    std::uint64_t iova;
    std::uint64_t length; ///< Bytes.
};

/// since 6.1. featureDmaLoggingReport. Bits are only ever set: zero the bitmap first. Page p of the range is
/// bit p % 64 of word p / 64.
struct VfioDeviceFeatureDmaLoggingReport {
    std::uint64_t iova;
    std::uint64_t length; ///< Bytes.
    std::uint64_t pageSize;
    std::uint64_t bitmap; ///< Address of the 64-bit words.
};

// ---------------------------------------------------------------------------------------------------------
// The device's own character device
// ---------------------------------------------------------------------------------------------------------

/// since 6.6, at 16 bytes. The token came later; ask with the short size unless a token is needed, so that
/// the first kernels understand it too.
struct VfioDeviceBindIommufd {
    std::uint32_t argsz;
    std::uint32_t flags;
    std::int32_t iommufd;
    std::uint32_t outDevid;
    std::uint64_t tokenUuidPtr; ///< since 6.17 (in use from 6.19). Address of 16 bytes.
};
inline constexpr std::uint32_t bindIommufdSizeBeforeToken = 16; ///< since 6.6.
inline constexpr std::uint32_t bindFlagToken = 1U << 0;         ///< since 6.17 (in use from 6.19).

/// since 6.6, at 12 bytes. pasid came in 6.15.
struct VfioDeviceAttachIommufdPt {
    std::uint32_t argsz;
    std::uint32_t flags;
    std::uint32_t ptId; ///< In: an IOAS or page table. Out: the page table taken.
    std::uint32_t pasid;
};
inline constexpr std::uint32_t attachIommufdPtSizeBeforePasid = 12; ///< since 6.6.

/// since 6.6, at 8 bytes. pasid came in 6.15.
struct VfioDeviceDetachIommufdPt {
    std::uint32_t argsz;
    std::uint32_t flags;
    std::uint32_t pasid;
};
inline constexpr std::uint32_t detachIommufdPtSizeBeforePasid = 8; ///< since 6.6.

} // namespace migscope::uapi
