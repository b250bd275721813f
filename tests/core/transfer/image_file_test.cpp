// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Saved states: whole, or refused.
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <thread>

#include <gtest/gtest.h>

#include "core/transfer/image_file.h"
#include "tests/core/transfer/run_builder.h"

namespace migscope::test {
namespace {

namespace fs = std::filesystem;

ImageHeader header() {
    ImageHeader header;
    header.simulated = true;
    header.tool = "0.1.0";
    header.device = "0000:01:00.1";
    header.driver = "qat_vfio_pci";
    header.pciId = "8086:4941";
    header.flags = 7;
    header.kernel = "6.12";
    header.mode = "stop-copy";
    header.realtimeNs = 1'700'000'000'000'000'000;
    return header;
}

std::span<const std::byte> bytes(const std::string& text) {
    return std::as_bytes(std::span(text));
}

std::string pattern(std::size_t size) {
    std::string text(size, '\0');
    for (std::size_t i = 0; i < size; ++i)
        text[i] = static_cast<char>((i * 131) >> 3U);
    return text;
}

void save(const std::string& path, const std::vector<std::string>& parts, bool raw = false) {
    auto writer = ImageWriter::create(path, header(), raw, false);
    ASSERT_TRUE(writer) << describe(writer.error());
    for (const auto& part : parts)
        ASSERT_TRUE((*writer)->append(bytes(part)));
    const auto finished = (*writer)->finish();
    ASSERT_TRUE(finished) << describe(finished.error());
}

/// A file in memory, for tests that open thousands.
class MemoryFile {
public:
    MemoryFile() : fd_(::memfd_create("image", MFD_CLOEXEC)) {}
    [[nodiscard]] std::string holding(const std::string& text) const {
        EXPECT_EQ(::ftruncate(fd_.get(), static_cast<off_t>(text.size())), 0);
        EXPECT_EQ(::pwrite(fd_.get(), text.data(), text.size(), 0), static_cast<ssize_t>(text.size()));
        return "/proc/self/fd/" + std::to_string(fd_.get());
    }

private:
    UniqueFd fd_;
};

/// All that next() gives; the error when there is one.
Result<std::string> drain(ImageReader& reader) {
    std::string all;
    while (true) {
        const auto part = reader.next();
        if (!part)
            return std::unexpected(part.error());
        if (part->empty())
            return all;
        all.append(reinterpret_cast<const char*>(part->data()), part->size());
    }
}

Result<std::string> load(const std::string& path) {
    auto reader = ImageReader::open(path);
    if (!reader)
        return std::unexpected(reader.error());
    return drain(**reader);
}

TEST(ImageFile, GivesBackWhatWasSaved) {
    const Folder folder;
    const std::string big = pattern(3'500'000);
    save(folder.file("s"), {pattern(10), big, pattern(70'000), pattern(1)});
    auto reader = ImageReader::open(folder.file("s"));
    ASSERT_TRUE(reader) << describe(reader.error());
    EXPECT_TRUE((*reader)->verified()) << "before the first byte is given out";
    EXPECT_EQ((*reader)->totalBytes(), 10U + 3'500'000U + 70'000U + 1U);
    ASSERT_TRUE((*reader)->header());
    EXPECT_EQ((*reader)->header()->device, "0000:01:00.1");
    EXPECT_EQ((*reader)->header()->flags, 7U);
    EXPECT_EQ((*reader)->header()->realtimeNs, header().realtimeNs);
    const auto all = drain(**reader);
    ASSERT_TRUE(all) << describe(all.error());
    EXPECT_EQ(*all, pattern(10) + big + pattern(70'000) + pattern(1));
    EXPECT_FALSE(fs::exists(folder.file("s.partial")));
}

TEST(ImageFile, AnEmptyStateIsAState) {
    const Folder folder;
    save(folder.file("s"), {});
    EXPECT_EQ(load(folder.file("s")).value(), "");
}

TEST(ImageFile, TheFirstLineIsReadableJson) {
    const Folder folder;
    save(folder.file("s"), {"x"});
    const std::string text = readAll(folder.file("s"));
    EXPECT_EQ(text.substr(0, 28), R"({"schema":"migscope.state/1")");
    EXPECT_NE(text.find('\n'), std::string::npos);
}

TEST(ImageFile, TruncatedAtEveryByteItIsRefused) {
    const Folder folder;
    save(folder.file("s"), {pattern(300)});
    const std::string whole = readAll(folder.file("s"));
    const MemoryFile memory;
    for (std::size_t length = 0; length < whole.size(); ++length) {
        const auto reader = ImageReader::open(memory.holding(whole.substr(0, length)));
        ASSERT_FALSE(reader) << length;
        EXPECT_TRUE(reader.error().is(Errc::Incomplete)) << length << describe(reader.error());
    }
}

TEST(ImageFile, OneFlippedBitAnywhereIsRefused) {
    const Folder folder;
    save(folder.file("s"), {pattern(100)});
    const std::string whole = readAll(folder.file("s"));
    const MemoryFile memory;
    for (std::size_t at = 0; at < whole.size(); ++at) {
        for (unsigned bit = 0; bit < 8; ++bit) {
            std::string flipped = whole;
            flipped[at] = static_cast<char>(static_cast<unsigned char>(flipped[at]) ^ (1U << bit));
            ASSERT_FALSE(ImageReader::open(memory.holding(flipped))) << "byte " << at << " bit " << bit;
        }
    }
}

TEST(ImageFile, FromAPipeNoDamagedByteIsGivenOutAsTheWhole) {
    const Folder folder;
    save(folder.file("s"), {pattern(100)});
    const std::string whole = readAll(folder.file("s"));
    ASSERT_EQ(::mkfifo(folder.file("pipe").c_str(), 0600), 0);
    const auto through = [&](const std::string& text) {
        std::thread writer([&] { writeAll(folder.file("pipe"), text); });
        auto result = load(folder.file("pipe"));
        writer.join();
        return result;
    };
    ::signal(SIGPIPE, SIG_IGN);
    EXPECT_EQ(through(whole).value(), pattern(100));
    for (std::size_t at = 0; at < whole.size(); at += 3) {
        std::string flipped = whole;
        flipped[at] = static_cast<char>(flipped[at] ^ 4);
        EXPECT_FALSE(through(flipped)) << at;
    }
    for (std::size_t length = 30; length < whole.size(); length += 11)
        EXPECT_FALSE(through(whole.substr(0, length))) << length;
}

TEST(ImageFile, FromAPipeItIsVerifiedOnlyAtItsEnd) {
    const Folder folder;
    save(folder.file("s"), {pattern(100)});
    ASSERT_EQ(::mkfifo(folder.file("pipe").c_str(), 0600), 0);
    std::thread writer([&] { writeAll(folder.file("pipe"), readAll(folder.file("s"))); });
    auto reader = ImageReader::open(folder.file("pipe"));
    ASSERT_TRUE(reader);
    EXPECT_FALSE((*reader)->verified());
    EXPECT_EQ((*reader)->totalBytes(), std::nullopt);
    EXPECT_TRUE(drain(**reader));
    EXPECT_TRUE((*reader)->verified());
    writer.join();
}

TEST(ImageFile, ImpossibleLengthsAreRefusedBeforeMemoryIsTaken) {
    const Folder folder;
    save(folder.file("s"), {pattern(100)});
    const std::string whole = readAll(folder.file("s"));
    const std::size_t chunk = whole.find("MSTCHUNK");
    for (const std::string& length : {std::string(8, '\xff'), std::string("\0\0\0\0\0\0\0\x80", 8),
                                      std::string("\1\0\x80\0\0\0\0\0", 8), std::string(8, '\0')}) {
        std::string claimed = whole;
        claimed.replace(chunk + 8, 8, length);
        writeAll(folder.file("claimed"), claimed);
        const auto reader = ImageReader::open(folder.file("claimed"));
        ASSERT_FALSE(reader);
        EXPECT_TRUE(reader.error().is(Errc::Damaged)) << describe(reader.error());
    }
    std::string claimed = whole;
    claimed.replace(chunk + 8, 8, std::string("\0\0\x10\0\0\0\0\0", 8)); // possible, but not in this file
    writeAll(folder.file("claimed"), claimed);
    EXPECT_TRUE(ImageReader::open(folder.file("claimed")).error().is(Errc::Incomplete));
}

TEST(ImageFile, ChunksThatChangedPlacesAreRefused) {
    const Folder folder;
    const std::string a(70'000, 'a');
    const std::string b(70'000, 'b');
    save(folder.file("s"), {a, b});
    std::string text = readAll(folder.file("s"));
    const std::size_t first = text.find("MSTCHUNK");
    const std::size_t size = 24 + 70'000;
    const std::string one = text.substr(first, size);
    const std::string two = text.substr(first + size, size);
    text.replace(first, 2 * size, two + one);
    writeAll(folder.file("swapped"), text);
    EXPECT_TRUE(ImageReader::open(folder.file("swapped")).error().is(Errc::Damaged));
    text.replace(first, 2 * size, one);
    writeAll(folder.file("dropped"), text);
    EXPECT_TRUE(ImageReader::open(folder.file("dropped")).error().is(Errc::Damaged));
}

TEST(ImageFile, BytesBehindTheTrailerAreRefused) {
    const Folder folder;
    save(folder.file("s"), {"x"});
    writeAll(folder.file("more"), readAll(folder.file("s")) + "y");
    EXPECT_TRUE(ImageReader::open(folder.file("more")).error().is(Errc::Damaged));
}

TEST(ImageFile, AnotherMajorVersionIsRefusedWithASentence) {
    const Folder folder;
    save(folder.file("s"), {"x"});
    std::string text = readAll(folder.file("s"));
    text[text.find("state/1") + 6] = '2';
    writeAll(folder.file("newer"), text);
    const auto reader = ImageReader::open(folder.file("newer"));
    ASSERT_FALSE(reader);
    EXPECT_FALSE(reader.error().detail.empty());
}

TEST(ImageFile, AFileThatChangesAfterItsCheckIsNoticed) {
    const Folder folder;
    save(folder.file("s"), {std::string(70'000, 'a'), std::string(70'000, 'b')});
    auto reader = ImageReader::open(folder.file("s"));
    ASSERT_TRUE(reader);
    ASSERT_TRUE((*reader)->next());
    fs::resize_file(folder.file("s"), 100'000);
    EXPECT_FALSE((*reader)->next());
}

TEST(RawImage, IsTheBareStreamAndSaidToBeUnverified) {
    const Folder folder;
    save(folder.file("raw"), {pattern(1000), pattern(100'000)}, true);
    EXPECT_EQ(readAll(folder.file("raw")), pattern(1000) + pattern(100'000));
    auto reader = ImageReader::open(folder.file("raw"));
    ASSERT_TRUE(reader);
    EXPECT_FALSE((*reader)->header());
    EXPECT_EQ((*reader)->totalBytes(), 101'000U);
    EXPECT_EQ(drain(**reader).value(), pattern(1000) + pattern(100'000));
    EXPECT_FALSE((*reader)->verified());
}

TEST(RawImage, ShortStreamsAreStreams) {
    const Folder folder;
    for (const std::string& text :
         {std::string("\0", 1), std::string("ab"), std::string("{}"), pattern(25), pattern(26)}) {
        writeAll(folder.file("raw"), text);
        EXPECT_EQ(load(folder.file("raw")).value(), text);
    }
}

TEST(ImageWriter, AnExistingFileIsRefusedBeforeAnything) {
    const Folder folder;
    writeAll(folder.file("s"), "precious");
    const auto writer = ImageWriter::create(folder.file("s"), header(), false, false);
    ASSERT_FALSE(writer);
    EXPECT_TRUE(writer.error().isErrno(EEXIST));
    EXPECT_EQ(readAll(folder.file("s")), "precious");
    EXPECT_FALSE(fs::exists(folder.file("s.partial")));
}

TEST(ImageWriter, OverwritingReplacesOnlyWhenWhole) {
    const Folder folder;
    writeAll(folder.file("s"), "old");
    {
        auto writer = ImageWriter::create(folder.file("s"), header(), false, true);
        ASSERT_TRUE(writer);
        ASSERT_TRUE((*writer)->append(bytes("new")));
    }
    EXPECT_EQ(readAll(folder.file("s")), "old");
    EXPECT_TRUE(fs::exists(folder.file("s.partial"))) << "what was not finished stays, by its own name";
    auto writer = ImageWriter::create(folder.file("s"), header(), false, true);
    ASSERT_TRUE(writer) << describe(writer.error());
    ASSERT_TRUE((*writer)->append(bytes("new")));
    ASSERT_TRUE((*writer)->finish());
    EXPECT_EQ(load(folder.file("s")).value(), "new");
}

TEST(ImageWriter, AFileThatAppearedMeanwhileIsNotReplaced) {
    const Folder folder;
    auto writer = ImageWriter::create(folder.file("s"), header(), false, false);
    ASSERT_TRUE(writer);
    writeAll(folder.file("s"), "precious");
    const auto finished = (*writer)->finish();
    ASSERT_FALSE(finished);
    EXPECT_TRUE(finished.error().isErrno(EEXIST));
    EXPECT_EQ(readAll(folder.file("s")), "precious");
}

TEST(ImageWriter, TwoWritersOfOneFileDoNotMix) {
    const Folder folder;
    auto first = ImageWriter::create(folder.file("s"), header(), false, true);
    ASSERT_TRUE(first);
    const auto second = ImageWriter::create(folder.file("s"), header(), false, true);
    ASSERT_FALSE(second);
    EXPECT_TRUE(second.error().isErrno(EBUSY));
    EXPECT_TRUE((*first)->finish());
}

TEST(ImageWriter, FoldersDevicesAndMissingPlacesAreRefused) {
    const Folder folder;
    EXPECT_TRUE(ImageWriter::create(folder.file("no/where"), header(), false, false).error().isErrno(ENOENT));
    EXPECT_TRUE(ImageWriter::create("/dev/null", header(), false, true).error().isErrno(EINVAL));
    EXPECT_TRUE(ImageWriter::create("/tmp", header(), false, true).error().isErrno(EINVAL));
}

TEST(ImageWriter, IsPrivateToItsOwner) {
    const Folder folder;
    save(folder.file("s"), {"x"});
    struct stat facts{};
    ASSERT_EQ(::stat(folder.file("s").c_str(), &facts), 0);
    EXPECT_EQ(facts.st_mode & 0777U, 0600U);
}

TEST(ImageWriter, AWriteThatFailsKeepsItsErrnoAndIsNeverCalledSaved) {
    const Folder folder;
    ::signal(SIGXFSZ, SIG_IGN);
    rlimit old{};
    ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &old), 0);
    auto writer = ImageWriter::create(folder.file("s"), header(), false, false);
    ASSERT_TRUE(writer);
    const rlimit small{100'000, old.rlim_max};
    ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
    Result<void> appended = (*writer)->append(bytes(pattern(200'000)));
    ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &old), 0);
    ASSERT_FALSE(appended);
    EXPECT_TRUE(appended.error().isErrno(EFBIG));
    const auto finished = (*writer)->finish();
    ASSERT_FALSE(finished) << "although there would be room now";
    EXPECT_TRUE(finished.error().isErrno(EFBIG));
    EXPECT_FALSE(fs::exists(folder.file("s")));
}

TEST(ImageReader, WhatIsNoFileIsRefused) {
    EXPECT_TRUE(ImageReader::open("/nowhere/at/all").error().isErrno(ENOENT));
    EXPECT_TRUE(ImageReader::open("/").error().isErrno(EISDIR));
    EXPECT_TRUE(ImageReader::open("/dev/zero").error().is(Errc::InvalidArgument));
}

} // namespace
} // namespace migscope::test
