// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Two saved states compared: bytes, headers, records.
#include <fcntl.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include "core/transfer/image_diff.h"
#include "tests/core/transfer/run_builder.h"
#include "tests/core/transfer/state_streams.h"

namespace migscope::test {
namespace {

ImageHeader header(const std::string& driver) {
    ImageHeader header;
    header.tool = "0.1.0";
    header.device = "0000:01:00.1";
    header.driver = driver;
    header.pciId = "15b3:101e";
    header.flags = 7;
    header.kernel = "6.12";
    header.mode = "stop-copy";
    return header;
}

std::span<const std::byte> bytes(const std::string& text) {
    return std::as_bytes(std::span(text));
}

std::vector<std::byte> shown(const std::string& text) {
    return {bytes(text).begin(), bytes(text).end()};
}

std::string pattern(std::size_t size) {
    std::string text(size, '\0');
    for (std::size_t i = 0; i < size; ++i)
        text[i] = static_cast<char>((i * 131) >> 3U);
    return text;
}

class ImageDiffTest : public testing::Test {
protected:
    std::string image(const std::string& content, const ImageHeader& header) {
        const std::string path = folder_.file(std::to_string(++files_));
        auto writer = ImageWriter::create(path, header, false, false);
        EXPECT_TRUE(writer);
        EXPECT_TRUE((*writer)->append(bytes(content)));
        EXPECT_TRUE((*writer)->finish());
        return path;
    }
    std::string image(const std::string& content, const std::string& driver = "pds_vfio_pci") {
        return image(content, header(driver));
    }
    std::string bare(const std::string& content) {
        const std::string path = folder_.file(std::to_string(++files_));
        writeAll(path, content);
        return path;
    }
    static Result<ImageDiff> compare(const std::string& a, const std::string& b,
                                     const std::function<bool(std::uint64_t, std::uint64_t)>& progress = {}) {
        auto readerA = ImageReader::open(a);
        if (!readerA)
            return std::unexpected(readerA.error());
        auto readerB = ImageReader::open(b);
        if (!readerB)
            return std::unexpected(readerB.error());
        return diffImages(**readerA, **readerB, progress);
    }
    static ImageDiff diff(const std::string& a, const std::string& b) {
        auto found = compare(a, b);
        EXPECT_TRUE(found) << describe(found.error());
        return found ? std::move(*found) : ImageDiff{};
    }

    Folder folder_;
    int files_ = 0;
};

TEST_F(ImageDiffTest, EqualStatesAreEqualWhateverTheirHeadersSay) {
    ImageHeader other = header("mlx5_vfio_pci");
    other.device = "0000:01:00.2";
    other.flags = 3;
    other.mode = "pre-copy";
    other.kernel = "7.3";
    other.pciId = "15b3:101f";
    other.driver = "pds_vfio_pci";
    other.tool = "0.2.0";
    other.realtimeNs = 9;
    const std::string content = pattern(2'500'000);
    const ImageDiff found = diff(image(content, "mlx5_vfio_pci"), image(content, other));
    EXPECT_TRUE(found.equal);
    EXPECT_FALSE(found.firstDiffering);
    EXPECT_EQ(found.a.bytes, content.size());
    EXPECT_TRUE(found.a.verified && found.b.verified);
    EXPECT_TRUE(found.ranges.empty());
    std::string fields;
    for (const HeaderDifference& each : found.headers)
        fields += each.field + ":" + each.a + "/" + each.b + " ";
    EXPECT_EQ(fields, "device:0000:01:00.1/0000:01:00.2 driver:mlx5_vfio_pci/pds_vfio_pci "
                      "pci_id:15b3:101e/15b3:101f flags:0x7/0x3 mode:stop-copy/pre-copy kernel:6.12/7.3 ");
    EXPECT_EQ(found.records.why, NoRecords::TwoFramings);
}

TEST_F(ImageDiffTest, OneByteIsFoundWhereverItLies) {
    const std::string content = pattern(3'000'000);
    const std::string first = image(content);
    for (const std::size_t at : {std::size_t{0}, std::size_t{4095}, std::size_t{4096}, std::size_t{1'048'575},
                                 std::size_t{1'048'576}, std::size_t{2'999'999}}) {
        std::string changed = content;
        changed[at] = static_cast<char>(changed[at] ^ 0x10);
        const ImageDiff found = diff(first, image(changed));
        EXPECT_FALSE(found.equal);
        EXPECT_EQ(found.firstDiffering, at);
        EXPECT_EQ(found.differingBytes, 1U);
        ASSERT_EQ(found.ranges.size(), 1U);
        EXPECT_EQ(found.ranges[0].offset, at);
        EXPECT_EQ(found.ranges[0].length, 1U);
        EXPECT_EQ(found.ranges[0].a, shown(content.substr(at, 16))) << at << ": over the end of a chunk too";
        EXPECT_EQ(found.ranges[0].b, shown(changed.substr(at, 16)));
    }
}

TEST_F(ImageDiffTest, AMissingTailDiffersFromItsFirstByteOn) {
    const std::string content = pattern(100'000);
    for (const bool swap : {false, true}) {
        std::string a = image(content);
        std::string b = image(content.substr(0, 70'001));
        if (swap)
            std::swap(a, b);
        const ImageDiff found = diff(a, b);
        EXPECT_FALSE(found.equal);
        EXPECT_EQ(found.firstDiffering, 70'001U);
        EXPECT_EQ(found.differingBytes, 0U);
        EXPECT_EQ(std::max(found.a.bytes, found.b.bytes), 100'000U);
        EXPECT_EQ(std::min(found.a.bytes, found.b.bytes), 70'001U);
    }
    const ImageDiff empty = diff(image(""), image("x"));
    EXPECT_EQ(empty.firstDiffering, 0U);
    EXPECT_TRUE(diff(image(""), image("")).equal);
}

TEST_F(ImageDiffTest, WhatIsShownGoesAsFarAsEachSideReaches) {
    const ImageDiff found = diff(image("0123456789"), image("01x3456789abcdefghijklmn"));
    ASSERT_EQ(found.ranges.size(), 1U);
    EXPECT_EQ(found.ranges[0].a, shown("23456789"));
    EXPECT_EQ(found.ranges[0].b, shown("x3456789abcdefgh"));
}

TEST_F(ImageDiffTest, NearRangesAreOneAndFarOnesAreTwo) {
    const std::string content(200, '.');
    std::string near = content;
    near[10] = near[26] = 'x'; // 15 equal bytes between them
    ImageDiff found = diff(image(content), image(near));
    ASSERT_EQ(found.ranges.size(), 1U);
    EXPECT_EQ(found.ranges[0].length, 17U);
    EXPECT_EQ(found.ranges[0].differing, 2U);
    std::string far = content;
    far[10] = far[27] = 'x'; // 16
    found = diff(image(content), image(far));
    ASSERT_EQ(found.ranges.size(), 2U);
    EXPECT_EQ(found.ranges[1].offset, 27U);
    EXPECT_EQ(found.ranges[1].b.size(), 16U);
}

TEST_F(ImageDiffTest, ThousandsOfRangesAreCountedButNotKept) {
    const std::string content(64 * 2500, '.');
    std::string changed = content;
    for (std::size_t i = 0; i < 2500; ++i)
        changed[i * 64] = 'x';
    const ImageDiff found = diff(image(content), image(changed));
    EXPECT_EQ(found.ranges.size(), diffListed);
    EXPECT_EQ(found.ranges.back().offset, 999U * 64);
    EXPECT_EQ(found.rangesNotListed, 1500U);
    EXPECT_EQ(found.differingBytes, 2500U);
}

TEST_F(ImageDiffTest, ABareStreamIsComparedWithAContainer) {
    const std::string content = tagged(8, 1, 1, u64(90)) + tagged(90, 0, 0, pattern(90));
    const ImageDiff found = diff(bare(content), image(content, "mlx5_vfio_pci"));
    EXPECT_TRUE(found.equal);
    EXPECT_FALSE(found.a.verified);
    EXPECT_FALSE(found.a.header);
    EXPECT_TRUE(found.b.verified);
    EXPECT_TRUE(found.headers.empty());
    EXPECT_EQ(found.records.why, NoRecords::Compared) << "as the container says";
    EXPECT_EQ(found.records.same, 2U);
    EXPECT_EQ(diff(bare(content), bare(content)).records.why, NoRecords::UnknownFraming);
}

TEST_F(ImageDiffTest, RecordsAreComparedEachWithItsOwn) {
    const auto stream = [](std::size_t increment, char fill) {
        return tagged(8, 1, 1, u64(90)) + tagged(increment, 0, 0, std::string(increment, 'a')) +
               tagged(3'000'000, 0, 0, pattern(3'000'000)) + tagged(50, 0, 0, std::string(50, fill));
    };
    // The second record is longer in one: the third begins elsewhere and is the same all the same.
    ImageDiff found =
        diff(image(stream(2'000'000, 'x'), "mlx5_vfio_pci"), image(stream(2'000'007, 'y'), "mlx5_vfio_pci"));
    const RecordsDiff& records = found.records;
    ASSERT_EQ(records.list.size(), 4U);
    EXPECT_EQ(records.list[0].verdict, RecordVerdict::Same);
    EXPECT_EQ(records.list[1].verdict, RecordVerdict::DifferentSizes);
    EXPECT_EQ(records.list[1].firstDiffering, 0U) << "its length";
    EXPECT_EQ(records.list[2].verdict, RecordVerdict::Same);
    EXPECT_NE(records.list[2].a->offset, records.list[2].b->offset);
    EXPECT_EQ(records.list[3].verdict, RecordVerdict::Differs);
    EXPECT_EQ(records.list[3].firstDiffering, 16U);
    EXPECT_EQ(records.list[3].differingBytes, 50U);
    EXPECT_EQ(records.list[3].bytesA, shown(std::string(16, 'x')));
    EXPECT_EQ(records.list[3].bytesB, shown(std::string(16, 'y')));
    EXPECT_EQ(records.same, 2U);
    ASSERT_TRUE(records.firstRecord);
    EXPECT_EQ(records.firstRecord->index, 1U);
    EXPECT_EQ(records.firstInside, 0U);

    // One byte of the last record's payload.
    std::string changed = stream(100, 'x');
    changed.back() = 'z';
    found = diff(image(stream(100, 'x'), "mlx5_vfio_pci"), image(changed, "mlx5_vfio_pci"));
    EXPECT_EQ(found.records.firstRecord->index, 3U);
    EXPECT_EQ(found.records.firstRecord->kind, "firmware data");
    EXPECT_EQ(found.records.firstInside, 65U);
    EXPECT_EQ(found.records.same, 3U);
}

TEST_F(ImageDiffTest, ARecordMayBeOnlyInOne) {
    const std::string one = tagged(20, 0, 0, pattern(20));
    for (const bool swap : {false, true}) {
        std::string a = image(one, "mlx5_vfio_pci");
        std::string b = image(one + one, "mlx5_vfio_pci");
        if (swap)
            std::swap(a, b);
        const ImageDiff found = diff(a, b);
        ASSERT_EQ(found.records.list.size(), 2U);
        EXPECT_EQ(found.records.list[1].verdict, swap ? RecordVerdict::OnlyA : RecordVerdict::OnlyB);
        ASSERT_TRUE(found.records.firstRecord);
        EXPECT_EQ(found.records.firstRecord->index, 1U) << "the record where the other one ends";
        EXPECT_EQ(found.records.countA, swap ? 2U : 1U);
    }
}

TEST_F(ImageDiffTest, ARecordThatGoesOnShowsWhatTheOtherLacks) {
    const auto set = [](const std::string& body) { return qatPreamble(0, 0) + qatPreamble(0, 0) + body; };
    const ImageDiff found =
        diff(image(set("same"), "qat_vfio_pci"), image(set("same and more"), "qat_vfio_pci"));
    ASSERT_EQ(found.records.list.size(), 3U);
    const RecordDiff& last = found.records.list[2];
    EXPECT_EQ(last.verdict, RecordVerdict::DifferentSizes);
    EXPECT_EQ(last.firstDiffering, 4U);
    EXPECT_TRUE(last.bytesA.empty());
    EXPECT_EQ(last.bytesB, shown(" and more"));
}

TEST_F(ImageDiffTest, EachFramingIsUsed) {
    struct Case {
        const char* driver;
        std::string stream;
        std::uint64_t record; ///< the index of the last
    };
    const std::string part = virtioPart(0x100, "features");
    for (const Case& each :
         {Case{"hisi_acc_vfio_pci", u64(0xaaccfeeddecadedeULL) + std::string(168, 'q'), 1},
          Case{"virtio_vfio_pci", tagged(part.size(), 0, 0, part), 1},
          Case{"qat_vfio_pci", qatBuffer(4096), 6},
          Case{"xe-vfio-pci", xePacket(1, "d") + xePacket(6, "vram"), 1}, Case{"mtty", mttyState(2), 2}}) {
        std::string changed = each.stream;
        changed.back() = '!';
        const ImageDiff found = diff(image(each.stream, each.driver), image(changed, each.driver));
        ASSERT_TRUE(found.records.firstRecord) << each.driver;
        EXPECT_EQ(found.records.firstRecord->index, each.record) << each.driver;
        EXPECT_EQ(found.records.same, each.record) << each.driver;
        EXPECT_FALSE(found.records.unrecognisedA) << each.driver;
    }
}

TEST_F(ImageDiffTest, WhereTheFramingEndsIsTold) {
    const std::string good = tagged(20, 0, 0, pattern(20));
    const ImageDiff found = diff(image(good + tagged(~std::uint64_t{0}, 0, 0, "end"), "mlx5_vfio_pci"),
                                 image(good + good, "mlx5_vfio_pci"));
    EXPECT_EQ(found.records.unrecognisedA, 36U);
    EXPECT_FALSE(found.records.unrecognisedB);
    ASSERT_EQ(found.records.list.size(), 2U);
    EXPECT_FALSE(found.records.list[1].a->recognised);
}

TEST_F(ImageDiffTest, ManyRecordsAreCountedButNotKept) {
    std::string a;
    std::string b;
    for (std::size_t i = 0; i < 5000; ++i) {
        a += tagged(1, 0, 0, "x");
        b += tagged(1, 0, 0, i % 2 == 0 ? "x" : "y");
    }
    const ImageDiff found = diff(image(a, "mlx5_vfio_pci"), image(b, "mlx5_vfio_pci"));
    EXPECT_EQ(found.records.countA, 5000U);
    EXPECT_EQ(found.records.same, 2500U);
    EXPECT_EQ(found.records.list.size(), 2 * diffListed);
    EXPECT_EQ(found.records.notListed, 3000U);
}

TEST_F(ImageDiffTest, AnImageThatIsCutOffOrDamagedIsNotCompared) {
    const std::string good = image(pattern(1000));
    const std::string whole = readAll(good);
    const auto cut = compare(good, bare(whole.substr(0, whole.size() - 30)));
    ASSERT_FALSE(cut);
    EXPECT_TRUE(cut.error().is(Errc::Incomplete));
    EXPECT_NE(describe(cut.error()).find("offset"), std::string::npos) << describe(cut.error());
    std::string flipped = whole;
    flipped[whole.size() / 2] ^= 1;
    const auto damaged = compare(bare(flipped), good);
    ASSERT_FALSE(damaged);
    EXPECT_TRUE(damaged.error().is(Errc::Damaged));
    EXPECT_NE(describe(damaged.error()).find("offset"), std::string::npos) << describe(damaged.error());
}

TEST_F(ImageDiffTest, FromAPipeTheBytesAreComparedAndACutIsAnError) {
    const std::string content = tagged(20, 0, 0, pattern(20));
    const std::string good = image(content, "mlx5_vfio_pci");
    const std::string whole = readAll(good);
    for (const std::size_t length : {whole.size(), whole.size() - 30}) {
        int ends[2];
        ASSERT_EQ(::pipe2(ends, O_CLOEXEC), 0);
        const UniqueFd out(ends[0]);
        UniqueFd in(ends[1]);
        ASSERT_EQ(::write(in.get(), whole.data(), length), static_cast<ssize_t>(length));
        in.reset();
        const auto found = compare("/proc/self/fd/" + std::to_string(out.get()), good);
        if (length < whole.size()) {
            ASSERT_FALSE(found);
            EXPECT_TRUE(found.error().is(Errc::Incomplete)) << describe(found.error());
            continue;
        }
        ASSERT_TRUE(found) << describe(found.error());
        EXPECT_TRUE(found->equal);
        EXPECT_TRUE(found->a.verified) << "at its end";
        EXPECT_EQ(found->records.why, NoRecords::Pipe);
    }
}

TEST_F(ImageDiffTest, ItIsCancelledInEitherPass) {
    const std::string content = tagged(5'000'000, 0, 0, pattern(5'000'000));
    const std::string a = image(content, "mlx5_vfio_pci");
    std::vector<std::pair<std::uint64_t, std::uint64_t>> steps;
    ASSERT_TRUE(compare(a, a, [&](std::uint64_t done, std::uint64_t total) {
        steps.emplace_back(done, total);
        return true;
    }));
    ASSERT_GT(steps.size(), 8U);
    EXPECT_EQ(steps.back().first, steps.back().second) << "all of both, twice";
    EXPECT_EQ(steps.back().second, 4U * content.size());
    for (std::size_t stop = 1; stop < steps.size(); ++stop) {
        std::size_t count = 0;
        const auto found = compare(a, a, [&](std::uint64_t, std::uint64_t) { return ++count < stop; });
        ASSERT_FALSE(found);
        EXPECT_TRUE(found.error().is(Errc::Cancelled));
        EXPECT_EQ(count, stop) << "not asked again";
    }
}

} // namespace
} // namespace migscope::test
