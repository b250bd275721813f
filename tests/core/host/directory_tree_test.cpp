// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// A host tree on disk, also a hostile one.
#include "core/host/directory_tree.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/core/host/temp_folder.h"

namespace migscope::test {
namespace {

using testing::ElementsAre;
namespace fs = std::filesystem;

/// Both ways of resolving: by the kernel, and by hand.
class CaptureFolder : public testing::TestWithParam<bool> {
protected:
    void put(const std::string& path, const std::string& content) {
        const fs::path full = folder_.path() / path;
        fs::create_directories(full.parent_path());
        std::ofstream(full) << content;
    }
    void link(const std::string& path, const std::string& target) {
        const fs::path full = folder_.path() / path;
        fs::create_directories(full.parent_path());
        fs::create_symlink(target, full);
    }
    DirectoryTree tree() {
        auto out = DirectoryTree::capture(folder_.path().string(), GetParam());
        EXPECT_TRUE(out) << (out ? "" : describe(out.error()));
        return out ? std::move(*out) : DirectoryTree::machine();
    }
    TempFolder folder_;
};

INSTANTIATE_TEST_SUITE_P(Ways, CaptureFolder, testing::Bool(),
                         [](const auto& way) { return way.param ? "ByHand" : "ByTheKernel"; });

TEST_P(CaptureFolder, ReadsFilesUpToALimit) {
    put("sys/a", "hello");
    EXPECT_EQ(*tree().read("/sys/a", 100), "hello");
    EXPECT_EQ(*tree().read("/sys/a", 2), "he");
    put("sys/large", std::string(100000, 'x'));
    EXPECT_EQ(tree().read("/sys/large", 1U << 20U)->size(), 100000U);
    EXPECT_EQ(tree().read("/sys/large", 50000)->size(), 50000U);
}

TEST_P(CaptureFolder, ListsWithKinds) {
    put("sys/file", "");
    put("sys/folder/x", "");
    link("sys/link", "file");
    auto entries = *tree().list("/sys");
    std::sort(entries.begin(), entries.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
    ASSERT_EQ(entries.size(), 3U);
    EXPECT_EQ(entries[0].kind, FileKind::Regular);
    EXPECT_EQ(entries[1].kind, FileKind::Directory);
    EXPECT_EQ(entries[2].kind, FileKind::Symlink);
}

TEST_P(CaptureFolder, FollowsRelativeLinks) {
    put("sys/devices/a/uevent", "yes");
    link("sys/bus/a", "../devices/a");
    EXPECT_EQ(*tree().read("/sys/bus/a/uevent", 100), "yes");
    EXPECT_EQ(*tree().readLink("/sys/bus/a"), "../devices/a");
}

TEST_P(CaptureFolder, AnAbsoluteLinkStaysInTheFolder) {
    put("etc/passwd", "captured");
    link("sys/link", "/etc/passwd");
    EXPECT_EQ(*tree().read("/sys/link", 100), "captured");
}

TEST_P(CaptureFolder, ALinkOutOfTheFolderLeadsNowhere) {
    link("sys/out", "../../../../../../../../etc/hostname");
    link("sys/dev", "/dev/null");
    const auto out = tree().read("/sys/out", 100);
    ASSERT_FALSE(out);
    EXPECT_TRUE(out.error().isErrno(ENOENT));
    EXPECT_TRUE(tree().read("/sys/dev", 100).error().isErrno(ENOENT));
    EXPECT_TRUE(tree().read("/../../../../../../etc/hostname", 100).error().isErrno(ENOENT));
}

TEST_P(CaptureFolder, ALoopOfLinksEnds) {
    link("sys/a", "b");
    link("sys/b", "a");
    EXPECT_TRUE(tree().read("/sys/a", 100).error().isErrno(ELOOP));
    EXPECT_TRUE(tree().list("/sys/a").error().isErrno(ELOOP));
}

TEST_P(CaptureFolder, APlantedPipeIsRefusedAtOnce) {
    put("sys/file", "");
    ASSERT_EQ(::mkfifo((folder_.path() / "sys/pipe").c_str(), 0600), 0);
    const auto out = tree().read("/sys/pipe", 100);
    ASSERT_FALSE(out);
    EXPECT_TRUE(out.error().is(Errc::Refused));
    // Also with somebody at its other end.
    const int other = ::open((folder_.path() / "sys/pipe").c_str(), O_RDWR | O_CLOEXEC);
    ASSERT_GE(other, 0);
    ASSERT_EQ(::write(other, "evil", 4), 4);
    EXPECT_TRUE(tree().read("/sys/pipe", 100).error().is(Errc::Refused));
    ::close(other);
}

TEST_P(CaptureFolder, ErrorsKeepTheErrnoAndThePath) {
    put("sys/file", "");
    const auto missing = tree().read("/sys/missing", 1);
    EXPECT_TRUE(missing.error().isErrno(ENOENT));
    EXPECT_EQ(missing.error().where, "/sys/missing");
    EXPECT_TRUE(tree().read("/sys", 1).error().isErrno(EISDIR));
    EXPECT_TRUE(tree().list("/sys/file").error().isErrno(ENOTDIR));
    EXPECT_TRUE(tree().readLink("/sys/file").error().isErrno(EINVAL));
    EXPECT_TRUE(tree().stat("/sys/missing").error().isErrno(ENOENT));
}

TEST_P(CaptureFolder, TheIndexSuppliesNodesAndRefusals) {
    put("proc/812/comm", "x");
    put("migscope-capture.txt", "migscope-capture 1\nnode 0660 0 44 /dev/vfio/41\n"
                                "error 13 EACCES /proc/812/fd\nother /sys/pipe\nfuture line\n");
    const DirectoryTree host = tree();
    const auto facts = host.stat("/dev/vfio/41");
    ASSERT_TRUE(facts);
    EXPECT_EQ(facts->kind, FileKind::CharDevice);
    EXPECT_EQ(facts->mode, 0660U);
    EXPECT_EQ(facts->gid, 44U);
    ASSERT_TRUE(host.list("/dev/vfio"));
    EXPECT_EQ(host.list("/dev/vfio")->at(0).name, "41");
    EXPECT_TRUE(host.usable("/dev/vfio/41").error().is(Errc::Unsupported));
    EXPECT_TRUE(host.list("/proc/812/fd").error().isErrno(EACCES));
    EXPECT_TRUE(host.read("/dev/vfio/41", 1).error().is(Errc::Refused));
    EXPECT_TRUE(host.read("/sys/pipe", 1).error().is(Errc::Refused));
}

TEST(CaptureIndex, ADamagedOneNamesTheLine) {
    for (const char* text :
         {"", "something else\n", "migscope-capture 1\nnode 9999 0 0 /x\n",
          "migscope-capture 1\nnode 0600 0 0 relative\n", "migscope-capture 1\nerror x Y /z\n",
          "migscope-capture 1\nerror 13 EACCES /%4\n"}) {
        const auto index = CaptureIndex::parse(text, "file");
        ASSERT_FALSE(index) << text;
        EXPECT_TRUE(index.error().is(Errc::Damaged)) << text;
    }
    const auto bad = CaptureIndex::parse("migscope-capture 1\nnode 0600 0 0 /ok\nnode x\n", "file");
    EXPECT_EQ(bad.error().where, "file:3");
}

TEST(CaptureIndex, SurvivesARoundTripWithOddPaths) {
    CaptureIndex index;
    index.entries["/dev/vfio/41"] = {.mode = 0600, .uid = 1, .gid = 2};
    index.entries["/proc/1/fd"] = {.errnoNumber = 13};
    index.entries["/sys/two\nlines 100%"] = {.errnoNumber = 5};
    index.entries["/sys/pipe"] = {.other = true};
    const auto again = CaptureIndex::parse(index.text(), "file");
    ASSERT_TRUE(again) << describe(again.error());
    EXPECT_EQ(again->entries, index.entries);
}

TEST(DirectoryTree, AFolderThatIsNotThereIsAnError) {
    const auto out = DirectoryTree::capture("/nonexistent/folder");
    ASSERT_FALSE(out);
    EXPECT_TRUE(out.error().isErrno(ENOENT));
}

TEST(DirectoryTree, ADamagedIndexIsAnError) {
    const TempFolder folder;
    std::ofstream(folder.path() / "migscope-capture.txt") << "rubbish";
    EXPECT_TRUE(DirectoryTree::capture(folder.path().string()).error().is(Errc::Damaged));
}

TEST(DirectoryTree, ThisMachineHasAKernelRelease) {
    const DirectoryTree machine = DirectoryTree::machine();
    const auto release = machine.read("/proc/sys/kernel/osrelease", 100);
    ASSERT_TRUE(release);
    EXPECT_GT(release->size(), 3U);
    EXPECT_EQ(machine.stat("/dev/null")->kind, FileKind::CharDevice);
    EXPECT_TRUE(*machine.usable("/dev/null"));
    EXPECT_TRUE(machine.list("/proc/self/fd"));
    EXPECT_TRUE(machine.readLink("/proc/self/exe"));
    EXPECT_TRUE(machine.list("/sys/class"));
}

TEST(DirectoryTree, AMovedTreeStillReads) {
    TempFolder folder;
    std::ofstream(folder.path() / "a") << "x";
    auto first = DirectoryTree::capture(folder.path().string());
    ASSERT_TRUE(first);
    const DirectoryTree second = std::move(*first);
    EXPECT_EQ(*second.read("/a", 10), "x");
}

} // namespace
} // namespace migscope::test
