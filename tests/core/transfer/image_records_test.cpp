// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The framings of drivers' streams, made by hand from the kernel's structures, and hostile ones.
#include <gtest/gtest.h>

#include "core/transfer/image_records.h"
#include "tests/core/transfer/state_streams.h"

namespace migscope::test {
namespace {

std::vector<StateRecord> split(Framing framing, const std::string& stream,
                               std::optional<std::uint64_t>* unrecognised = nullptr) {
    RecordSplitter splitter(framing, stream.size());
    std::vector<StateRecord> records;
    while (true) {
        const auto start = std::as_bytes(std::span(stream)).subspan(splitter.offset());
        const auto record = splitter.next(start.first(std::min(start.size(), RecordSplitter::peekBytes)));
        if (!record)
            break;
        records.push_back(*record);
    }
    if (unrecognised != nullptr)
        *unrecognised = splitter.unrecognisedFrom();
    return records;
}

/// "0+40 match data; 40+136 queue registers"; all of the stream, gap-free.
std::string told(Framing framing, const std::string& stream) {
    std::string text;
    std::uint64_t end = 0;
    for (const StateRecord& record : split(framing, stream)) {
        EXPECT_EQ(record.offset, end);
        EXPECT_GT(record.size, 0U);
        end = record.offset + record.size;
        text += (text.empty() ? "" : "; ") + std::to_string(record.offset) + "+" +
                std::to_string(record.size) + " " + record.kind;
    }
    EXPECT_EQ(end, stream.size());
    return text;
}

TEST(ImageRecords, TheDriverOfTheHeaderNamesTheFraming) {
    ImageHeader header;
    for (const auto& [driver, framing] : {std::pair{"mlx5_vfio_pci", Framing::Mlx5},
                                          {"hisi_acc_vfio_pci", Framing::HisiAcc},
                                          {"virtio_vfio_pci", Framing::Virtio},
                                          {"qat_vfio_pci", Framing::Qat},
                                          {"xe-vfio-pci", Framing::Xe},
                                          {"mtty", Framing::Mtty},
                                          {"pds_vfio_pci", Framing::None},
                                          {"vfio-pci", Framing::None},
                                          {"", Framing::None}}) {
        header.driver = driver;
        EXPECT_EQ(framingOf(header), framing) << driver;
    }
    header.simulated = true;
    header.driver = "mlx5_vfio_pci";
    EXPECT_EQ(framingOf(header), Framing::Simulator);
}

TEST(ImageRecords, Mlx5) {
    const std::string stream = tagged(8, 1, 1, std::string(8, 'n')) +
                               tagged(100, 0, 0, std::string(100, 'f')) + tagged(3, 1, 9, "opt") +
                               tagged(20, 0, 0, std::string(20, 'g'));
    EXPECT_EQ(told(Framing::Mlx5, stream),
              "0+24 stop-copy size; 24+116 firmware data; 140+19 optional record, "
              "tag 9; 159+36 firmware data");
    EXPECT_EQ(told(Framing::Mlx5, tagged(8, 0, 9, std::string(8, 'x'))), "0+24 not recognised")
        << "a record that the kernel would refuse";
    EXPECT_EQ(told(Framing::Mlx5, tagged(8, 2, 0, std::string(8, 'x'))), "0+24 not recognised");
    EXPECT_EQ(told(Framing::Mlx5, std::string(500, 'f')), "0+500 not recognised")
        << "no pre-copy: no headers";
}

TEST(ImageRecords, HisiAcc) {
    for (const std::uint64_t magic : {0xcdcdcdcdfeedaaccULL, 0xaaccfeeddecadedeULL}) {
        EXPECT_EQ(told(Framing::HisiAcc, u64(magic) + std::string(168, 'q')),
                  "0+40 match data; 40+136 queue registers");
        EXPECT_EQ(told(Framing::HisiAcc, u64(magic) + std::string(32, 'q')), "0+40 match data");
    }
    EXPECT_EQ(told(Framing::HisiAcc, u64(0xaaccfeeddecadedeULL) + std::string(169, 'q')),
              "0+177 not recognised");
    EXPECT_EQ(told(Framing::HisiAcc, std::string(176, 'q')), "0+176 not recognised");
}

TEST(ImageRecords, Virtio) {
    const std::string parts =
        virtioPart(0x100, "features") + virtioPart(0x103, "") + virtioPart(0x104, "queue");
    const std::string once = tagged(parts.size(), 0, 0, parts);
    EXPECT_EQ(told(Framing::Virtio, once + once),
              "0+16 device data; 16+24 part 0x0100; 40+16 part 0x0103; 56+21 part 0x0104; 77+16 device data; "
              "93+24 part 0x0100; 117+16 part 0x0103; 133+21 part 0x0104");
    EXPECT_EQ(told(Framing::Virtio, tagged(parts.size() - 1, 0, 0, parts.substr(0, parts.size() - 1))),
              "0+16 device data; 16+24 part 0x0100; 40+16 part 0x0103; 56+20 not recognised")
        << "a part reaches over its record";
    EXPECT_EQ(told(Framing::Virtio, tagged(7, 0, 0, "tooshor") + once),
              "0+16 device data; 16+84 not recognised");
}

TEST(ImageRecords, Qat) {
    EXPECT_EQ(told(Framing::Qat, qatBuffer(4096)),
              "0+16 preamble of the setup; 16+28 section CONFIG; 44+16 preamble of the state; 60+20 section "
              "GENER; 80+16 section MISCBAR; 96+50 section ETRBAR; 146+3950 unused");
    EXPECT_EQ(told(Framing::Qat, qatPreamble(1, 16 + 3) + qatSection(std::string("\x1b[1m", 4), "abc")),
              "0+16 preamble of the setup; 16+19 section \\x1b[1m")
        << "foreign text";
    EXPECT_EQ(told(Framing::Qat, qatPreamble(1, 40) + qatSection("CONFIG", "abc") + std::string(21, '\0')),
              "0+16 preamble of the setup; 16+19 section CONFIG; 35+21 not recognised")
        << "more bytes than its sections have";
    EXPECT_EQ(told(Framing::Qat, qatPreamble(2, 19) + qatSection("CONFIG", "abc")),
              "0+16 preamble of the setup; 16+19 section CONFIG")
        << "the stream ends before the second section";
    EXPECT_EQ(told(Framing::Qat, qatPreamble(1, 16) + qatSection("", "")),
              "0+16 preamble of the setup; 16+16 not recognised");
}

TEST(ImageRecords, Xe) {
    const std::string stream =
        xePacket(1, "descr") + xePacket(3, "ggtt", 1) + xePacket(6, "vram") + xePacket(2, "");
    EXPECT_EQ(told(Framing::Xe, stream),
              "0+29 descriptor; 29+28 GGTT, tile 1, GT 0; 57+28 VRAM, tile 0, GT 0; 85+24 trailer");
    EXPECT_EQ(told(Framing::Xe, xePacket(2, "") + xePacket(3, "")), "0+24 trailer; 24+24 not recognised");
    EXPECT_EQ(told(Framing::Xe, xePacket(7, "new")), "0+27 not recognised");
    EXPECT_EQ(told(Framing::Xe, xePacket(0, "")), "0+24 not recognised");
    std::string newer = xePacket(1, "");
    newer[0] = 2;
    EXPECT_EQ(told(Framing::Xe, newer), "0+24 not recognised");
}

TEST(ImageRecords, Mtty) {
    EXPECT_EQ(told(Framing::Mtty, mttyState(1)), "0+24 header; 24+36 port 0");
    EXPECT_EQ(told(Framing::Mtty, mttyState(2)), "0+24 header; 24+36 port 0; 60+36 port 1");
    EXPECT_EQ(told(Framing::Mtty, mttyState(2).substr(0, 24)), "0+24 header") << "pre-copy alone";
    EXPECT_EQ(told(Framing::Mtty, mttyState(2) + "x"), "0+97 not recognised");
    EXPECT_EQ(told(Framing::Mtty, mttyState(3)), "0+132 not recognised") << "it has two at most";
    EXPECT_EQ(told(Framing::Mtty, "y" + mttyState(1).substr(1)), "0+60 not recognised");
}

TEST(ImageRecords, Simulator) {
    EXPECT_EQ(told(Framing::Simulator, simulated(1000)), "0+40 header; 40+944 body; 984+16 trailer");
    EXPECT_EQ(told(Framing::Simulator, simulated(56)), "0+40 header; 40+16 trailer");
    EXPECT_EQ(told(Framing::Simulator, simulated(1000).substr(0, 800)),
              "0+40 header; 40+744 body; 784+16 not recognised")
        << "cut off: what stands there is no trailer";
    EXPECT_EQ(told(Framing::Simulator, std::string(100, 'z')), "0+100 not recognised");
}

TEST(ImageRecords, ADriverWithoutFramingGivesOneRecord) {
    EXPECT_EQ(told(Framing::None, "anything"), "0+8 state");
}

TEST(ImageRecords, NoLengthIsBelievedBeyondTheEnd) {
    const std::string good = tagged(100, 0, 0, std::string(100, 'f'));
    for (const std::uint64_t length : {std::uint64_t{0}, std::uint64_t{51}, std::uint64_t{1} << 62U,
                                       ~std::uint64_t{0}, ~std::uint64_t{0} - 15, ~std::uint64_t{0} - 16}) {
        const std::string stream = good + tagged(length, 0, 0, std::string(50, 'f'));
        for (const Framing framing : {Framing::Mlx5, Framing::Virtio}) {
            std::optional<std::uint64_t> from;
            const std::string outer = framing == Framing::Mlx5 ? stream : stream.substr(116);
            const auto records = split(framing, outer, &from);
            ASSERT_FALSE(records.empty());
            EXPECT_FALSE(records.back().recognised) << length;
            EXPECT_EQ(from, outer.size() - 66) << length;
            EXPECT_EQ(records.back().offset + records.back().size, outer.size())
                << "and goes on as one record";
        }
    }
    for (const std::uint64_t length : {std::uint64_t{51}, ~std::uint64_t{0}, ~std::uint64_t{0} - 23}) {
        std::string stream = xePacket(6, std::string(50, 'v'));
        stream.replace(16, 8, u64(length));
        EXPECT_EQ(told(Framing::Xe, stream), "0+74 not recognised") << length;
    }
    for (const std::uint32_t size : {36U, 0xffffffffU, 0xfffffff0U})
        EXPECT_EQ(told(Framing::Qat, qatPreamble(1, size) + qatSection("CONFIG", "abc")),
                  "0+35 not recognised");
    std::string section = qatPreamble(1, 19) + qatSection("CONFIG", "abc");
    section.replace(16 + 8, 4, u32(0xffffffffU));
    EXPECT_EQ(told(Framing::Qat, section), "0+16 preamble of the setup; 16+19 not recognised");
    EXPECT_EQ(told(Framing::Qat, qatPreamble(1, 19) + qatSection("CONFIG", "abcd") + "behind"),
              "0+16 preamble of the setup; 16+26 not recognised")
        << "within the stream, but beyond its set";
    std::string preamble = qatPreamble(0, 0);
    preamble.replace(8, 2, std::string(2, '\0')); // a preamble of length 0
    EXPECT_EQ(told(Framing::Qat, preamble), "0+16 not recognised");
}

TEST(ImageRecords, AnyPrefixOfAnyStreamIsDividedWithoutAGap) {
    const std::string parts = virtioPart(0x100, "features") + virtioPart(0x104, "queue");
    for (const std::string& whole :
         {tagged(8, 1, 1, std::string(8, 'n')) + tagged(30, 0, 0, std::string(30, 'f')),
          tagged(parts.size(), 0, 0, parts), qatBuffer(200), xePacket(1, "d") + xePacket(2, ""), mttyState(2),
          simulated(120), u64(0xaaccfeeddecadedeULL) + std::string(168, 'q'), std::string(100, '\0'),
          std::string(100, '\xff')}) {
        for (std::size_t length = 0; length <= whole.size(); ++length) {
            for (const Framing framing : {Framing::None, Framing::Mlx5, Framing::HisiAcc, Framing::Virtio,
                                          Framing::Qat, Framing::Xe, Framing::Mtty, Framing::Simulator})
                (void)told(framing, whole.substr(0, length)); // its own checks
        }
    }
}

} // namespace
} // namespace migscope::test
