// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The framings of drivers' state streams. They are no interface of the kernel: what does not fit is said,
// never guessed.
#include "core/transfer/image_records.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "core/base/escape.h"
#include "core/device/variant_drivers.h"

namespace migscope {
namespace {

/// An integer as little-endian machines stream it; the caller knows that the bytes are there.
template<class T>
T field(std::span<const std::byte> bytes, std::size_t at) {
    T value = 0;
    for (std::size_t i = sizeof(T); i-- > 0;)
        value = static_cast<T>(static_cast<std::uint64_t>(value) << 8U) |
                static_cast<T>(std::to_integer<std::uint8_t>(bytes[at + i]));
    return value;
}

constexpr std::uint64_t tagHeaderBytes = 16;
constexpr std::uint32_t optionalFlag = 1;

/// What mlx5 and virtio put before each record: {record_size u64, flags u32, tag u32}.
struct TagHeader {
    std::uint64_t size = 0;
    std::uint32_t flags = 0;
    std::uint32_t tag = 0;
};

/// Absent when it cannot be one. An empty record would make a stream of zeros look like millions of them.
std::optional<TagHeader> tagHeader(std::span<const std::byte> start, std::uint64_t left) {
    if (start.size() < tagHeaderBytes)
        return std::nullopt;
    const TagHeader header{field<std::uint64_t>(start, 0), field<std::uint32_t>(start, 8),
                           field<std::uint32_t>(start, 12)};
    if (header.size == 0 || header.size > left - tagHeaderBytes || (header.flags & ~optionalFlag) != 0)
        return std::nullopt;
    return header;
}

} // namespace

Framing framingOf(const ImageHeader& header) {
    if (header.simulated)
        return Framing::Simulator;
    const VariantDriver* driver = findVariantDriver(header.driver);
    if (driver == nullptr)
        return Framing::None;
    struct Entry {
        std::string_view family;
        Framing framing;
    };
    static constexpr std::array<Entry, 6> families{{{"mlx5", Framing::Mlx5},
                                                    {"hisi", Framing::HisiAcc},
                                                    {"virtio", Framing::Virtio},
                                                    {"qat", Framing::Qat},
                                                    {"xe", Framing::Xe},
                                                    {"mtty", Framing::Mtty}}};
    const auto* const known =
        std::ranges::find_if(families, [&](const Entry& entry) { return entry.family == driver->family; });
    return known == families.end() ? Framing::None : known->framing;
}

std::string_view framingWord(Framing framing) {
    static constexpr std::array<std::string_view, 8> words{"none", "mlx5", "hisi_acc", "virtio",
                                                           "qat",  "xe",   "mtty",     "simulator"};
    return words[static_cast<std::size_t>(framing)];
}

std::optional<StateRecord> RecordSplitter::next(std::span<const std::byte> start) {
    if (left() == 0)
        return std::nullopt;
    start = start.first(static_cast<std::size_t>(std::min<std::uint64_t>({start.size(), left(), peekBytes})));
    StateRecord record{index_++, offset_, left(), {}, true};
    std::optional<Head> found;
    if (!unrecognised_)
        found = head(start);
    // The one place where a length becomes a way ahead: never nothing, never beyond the end.
    if (found && found->size > 0 && found->size <= left()) {
        record.size = found->size;
        record.kind = std::move(found->kind);
    } else {
        unrecognised_ = offset_;
        record.kind = "not recognised";
        record.recognised = false;
    }
    offset_ += record.size;
    return record;
}

std::optional<RecordSplitter::Head> RecordSplitter::head(std::span<const std::byte> start) {
    switch (framing_) {
    case Framing::None:
        return Head{left(), "state"};
    case Framing::Mlx5:
        return mlx5(start);
    case Framing::HisiAcc:
        return hisiAcc(start);
    case Framing::Virtio:
        return virtio(start);
    case Framing::Qat:
        return qat(start);
    case Framing::Xe:
        return xe(start);
    case Framing::Mtty:
        return mtty(start);
    case Framing::Simulator:
        return simulator(start);
    }
    return std::nullopt;
}

// drivers/vfio/pci/mlx5/cmd.h, struct mlx5_vf_migration_header (since 6.3; 6.2 had {image_size u64, flags
// u64}, which reads the same). Drivers without pre-copy stream firmware data alone: that does not fit.
std::optional<RecordSplitter::Head> RecordSplitter::mlx5(std::span<const std::byte> start) const {
    const auto header = tagHeader(start, left());
    if (!header)
        return std::nullopt;
    const std::uint64_t size = tagHeaderBytes + header->size;
    if (header->tag == 0)
        return Head{size, "firmware data"};
    if (header->tag == 1)
        return Head{size, "stop-copy size"};
    // The kernel steps over optional records that it does not know, and refuses others.
    if ((header->flags & optionalFlag) != 0)
        return Head{size, fmt::format("optional record, tag {}", header->tag)};
    return std::nullopt;
}

// drivers/vfio/pci/hisilicon/hisi_acc_vfio_pci.h, struct acc_vf_data: 40 bytes that the destination compares,
// the rest only when a driver in the guest used the device.
std::optional<RecordSplitter::Head> RecordSplitter::hisiAcc(std::span<const std::byte> start) const {
    constexpr std::uint64_t matchBytes = 40;
    constexpr std::uint64_t allBytes = 176;
    if (total_ != matchBytes && total_ != allBytes)
        return std::nullopt;
    if (offset_ > 0)
        return Head{left(), "queue registers"};
    const auto magic = field<std::uint64_t>(start, 0);
    if (magic != 0xcdcd'cdcd'feed'aaccULL && magic != 0xaacc'feed'deca'dedeULL)
        return std::nullopt;
    return Head{matchBytes, "match data"};
}

// drivers/vfio/pci/virtio/common.h, struct virtiovf_migration_header (6.13), tag 0; inside it the parts that
// the device gave, struct virtio_dev_part_hdr of include/uapi/linux/virtio_pci.h.
std::optional<RecordSplitter::Head> RecordSplitter::virtio(std::span<const std::byte> start) {
    if (inside_ == 0) {
        const auto header = tagHeader(start, left());
        if (!header)
            return std::nullopt;
        if (header->tag == 0) {
            inside_ = header->size;
            return Head{tagHeaderBytes, "device data"};
        }
        if ((header->flags & optionalFlag) == 0)
            return std::nullopt;
        return Head{tagHeaderBytes + header->size, fmt::format("optional record, tag {}", header->tag)};
    }
    constexpr std::uint64_t partHeaderBytes = 16; // type u16, flags u8, reserved u8, selector[8], length u32
    if (inside_ < partHeaderBytes || start.size() < partHeaderBytes)
        return std::nullopt;
    const std::uint64_t length = field<std::uint32_t>(start, 12);
    if (length > inside_ - partHeaderBytes)
        return std::nullopt;
    inside_ -= partHeaderBytes + length;
    return Head{partHeaderBytes + length, fmt::format("part {:#06x}", field<std::uint16_t>(start, 0))};
}

// drivers/crypto/intel/qat/qat_common/adf_mstate_mgr.c: struct adf_mstate_preh {magic u32, version u32,
// preh_len u16, n_sects u16, size u32}, then sections {id[8], size u32, sub_sects u32}. adf_gen4_vf_mig.c:
// one such set for the setup, one for the state, in one buffer of 4096 bytes.
std::optional<RecordSplitter::Head> RecordSplitter::qat(std::span<const std::byte> start) {
    constexpr std::uint64_t sectionHeaderBytes = 16;
    if (wanted_ == 0) {
        if (inside_ != 0)
            return std::nullopt; // the preamble counted more bytes than its sections have
        constexpr std::uint32_t allSets = 2;
        // The buffer is not cleared by the driver: what lies behind may differ and means nothing.
        return sets_ == allSets ? Head{left(), "unused"} : qatPreamble(start);
    }
    if (start.size() < sectionHeaderBytes || inside_ < sectionHeaderBytes)
        return std::nullopt;
    const std::uint64_t size = field<std::uint32_t>(start, 8);
    std::string name;
    for (std::size_t i = 0; i < 8 && start[i] != std::byte{0}; ++i)
        name.push_back(static_cast<char>(start[i]));
    if (name.empty() || size > inside_ - sectionHeaderBytes)
        return std::nullopt;
    inside_ -= sectionHeaderBytes + size;
    --wanted_;
    return Head{sectionHeaderBytes + size, "section " + escapeText(name)};
}

std::optional<RecordSplitter::Head> RecordSplitter::qatPreamble(std::span<const std::byte> start) {
    constexpr std::uint64_t preambleBytes = 16;
    if (start.size() < preambleBytes || field<std::uint32_t>(start, 0) != 0xadf5'caeaU ||
        field<std::uint32_t>(start, 4) > 1)
        return std::nullopt;
    const std::uint64_t length = field<std::uint16_t>(start, 8);
    const std::uint64_t size = field<std::uint32_t>(start, 12);
    if (length < preambleBytes || length > left() || size > left() - length)
        return std::nullopt;
    wanted_ = field<std::uint16_t>(start, 10);
    inside_ = size;
    return Head{length, sets_++ == 0 ? "preamble of the setup" : "preamble of the state"};
}

// drivers/gpu/drm/xe/xe_sriov_packet_types.h, struct xe_sriov_packet_hdr, version 1, packed.
std::optional<RecordSplitter::Head> RecordSplitter::xe(std::span<const std::byte> start) {
    constexpr std::uint64_t packetHeaderBytes = 24;
    static constexpr std::array<std::string_view, 6> names{"descriptor", "trailer", "GGTT",
                                                           "MMIO",       "GuC",     "VRAM"};
    if (last_ || start.size() < packetHeaderBytes || field<std::uint8_t>(start, 0) != 1)
        return std::nullopt;
    const std::size_t type = field<std::uint8_t>(start, 1);
    const auto size = field<std::uint64_t>(start, 16);
    if (type == 0 || type > names.size() || size > left() - packetHeaderBytes)
        return std::nullopt;
    last_ = type == 2;
    std::string kind(names[type - 1]);
    if (type > 2)
        kind += fmt::format(", tile {}, GT {}", field<std::uint8_t>(start, 2), field<std::uint8_t>(start, 3));
    return Head{packetHeaderBytes + size, std::move(kind)};
}

// samples/vfio-mdev/mtty.c, struct mtty_data; each port has 36 bytes (the compiler's layout).
std::optional<RecordSplitter::Head> RecordSplitter::mtty(std::span<const std::byte> start) {
    constexpr std::uint64_t headerBytes = 24;
    constexpr std::uint64_t portBytes = 36;
    if (offset_ > 0)
        return Head{portBytes, fmt::format("port {}", (offset_ - headerBytes) / portBytes)};
    if (start.size() < headerBytes || field<std::uint64_t>(start, 0) != 0x7e9d'0989'8c3e'2c4eULL ||
        field<std::uint32_t>(start, 8) != 1)
        return std::nullopt;
    wanted_ = field<std::uint32_t>(start, 16);
    if (wanted_ == 0 || wanted_ > 2 || (total_ != headerBytes && total_ != headerBytes + wanted_ * portBytes))
        return std::nullopt;
    return Head{headerBytes, "header"};
}

// core/sim/sim_pattern.h: 64-bit words; five are the header, the last two the end mark and the total length.
std::optional<RecordSplitter::Head> RecordSplitter::simulator(std::span<const std::byte> start) const {
    constexpr std::uint64_t headerBytes = 40;
    constexpr std::uint64_t trailerBytes = 16;
    if (offset_ == 0) {
        if (total_ < headerBytes + trailerBytes || start.size() < 16 ||
            field<std::uint64_t>(start, 0) != 0x6d69'6773'636f'7065ULL || field<std::uint64_t>(start, 8) != 1)
            return std::nullopt;
        return Head{headerBytes, "header"};
    }
    if (left() > trailerBytes)
        return Head{left() - trailerBytes, "body"};
    // A stream that was cut off has something else here.
    if (left() < trailerBytes || field<std::uint64_t>(start, 8) != total_)
        return std::nullopt;
    return Head{trailerBytes, "trailer"};
}

} // namespace migscope
