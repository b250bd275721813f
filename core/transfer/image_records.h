// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The records of a driver's state stream, as far as the kernel's sources show its framing: labels for people.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/transfer/image_file.h"

namespace migscope {

/// How a driver divides its stream. Only for labels: nothing here may decide what is done with a device.
enum class Framing {
    None,      ///< one blob (pds), or a driver that we know nothing of
    Mlx5,      ///< records with size, flags and tag
    HisiAcc,   ///< match data, then queue registers
    Virtio,    ///< records as mlx5 has, with the parts of the device inside
    Qat,       ///< preambles, each with its sections, in a buffer of fixed size
    Xe,        ///< packets
    Mtty,      ///< a header and the ports
    Simulator, ///< our own: header, body, trailer
};

/// By the driver that the header names; a simulated device streams the simulator's own pattern.
[[nodiscard]] Framing framingOf(const ImageHeader& header);
/// "mlx5", "simulator" …; "none".
[[nodiscard]] std::string_view framingWord(Framing framing);

struct StateRecord {
    std::uint64_t index = 0;
    std::uint64_t offset = 0; ///< in the stream
    std::uint64_t size = 0;   ///< with its own header
    std::string kind;         ///< "firmware data", "section CONFIG"; foreign bytes in it are escaped
    bool recognised = true;   ///< false: the rest of the stream, which does not fit the framing
};

/// Divides a stream of known length. No length field is believed beyond what is there; from the first bytes
/// on that do not fit, the rest is one record that says so. *Thread-bound.*
class RecordSplitter {
public:
    /// As many bytes of a record's start are enough to judge it.
    static constexpr std::size_t peekBytes = 24;

    RecordSplitter(Framing framing, std::uint64_t total) : framing_(framing), total_(total) {}

    /// The record at offset(); `start` are the stream's bytes from there on, peekBytes of them or all that
    /// are left. Absent at the end. Every record has a size above 0, so that this ends.
    [[nodiscard]] std::optional<StateRecord> next(std::span<const std::byte> start);
    /// Where the next record begins.
    [[nodiscard]] std::uint64_t offset() const { return offset_; }
    /// From here on the bytes do not fit the framing.
    [[nodiscard]] std::optional<std::uint64_t> unrecognisedFrom() const { return unrecognised_; }

private:
    struct Head {
        std::uint64_t size = 0;
        std::string kind;
    };
    [[nodiscard]] std::optional<Head> head(std::span<const std::byte> start);
    [[nodiscard]] std::optional<Head> mlx5(std::span<const std::byte> start) const;
    [[nodiscard]] std::optional<Head> hisiAcc(std::span<const std::byte> start) const;
    [[nodiscard]] std::optional<Head> virtio(std::span<const std::byte> start);
    [[nodiscard]] std::optional<Head> qat(std::span<const std::byte> start);
    [[nodiscard]] std::optional<Head> qatPreamble(std::span<const std::byte> start);
    [[nodiscard]] std::optional<Head> xe(std::span<const std::byte> start);
    [[nodiscard]] std::optional<Head> mtty(std::span<const std::byte> start);
    [[nodiscard]] std::optional<Head> simulator(std::span<const std::byte> start) const;
    [[nodiscard]] std::uint64_t left() const { return total_ - offset_; }

    Framing framing_;
    std::uint64_t total_;
    std::uint64_t offset_ = 0;
    std::uint64_t index_ = 0;
    std::uint64_t inside_ = 0; ///< virtio: bytes of the record that are parts; qat: bytes of the sections
    std::uint32_t wanted_ = 0; ///< qat: sections that are still to come; mtty: ports
    std::uint32_t sets_ = 0;   ///< qat: preambles so far
    bool last_ = false;        ///< xe: the trailer was there
    std::optional<std::uint64_t> unrecognised_;
};

} // namespace migscope
