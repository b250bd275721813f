// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The tree in memory behaves as a file system does.
#include "core/host/memory_tree.h"

#include <cerrno>

#include <gtest/gtest.h>

namespace migscope::test {
namespace {

TEST(MemoryTree, FollowsLinksAndDotsWithinTheRoot) {
    MemoryTree tree;
    tree.addFile("/sys/devices/a/uevent", "yes");
    tree.addLink("/sys/bus/a", "../devices/a");
    tree.addLink("/sys/abs", "/sys/devices/a");
    tree.addLink("/sys/out", "../../../../sys/devices/a");
    for (const char* path :
         {"/sys/bus/a/uevent", "/sys/abs/uevent", "/sys/out/uevent", "/sys/bus/../devices/a/uevent"})
        EXPECT_EQ(*tree.read(path, 10), "yes") << path;
    EXPECT_EQ(tree.stat("/sys/bus/a")->kind, FileKind::Symlink);
    EXPECT_EQ(tree.list("/sys/bus/a")->size(), 1U);
}

TEST(MemoryTree, AnswersWithTheErrnoOfAFileSystem) {
    MemoryTree tree;
    tree.addFile("/a/file", "x");
    tree.addLink("/a/loop", "loop");
    tree.addLink("/a/dangling", "nowhere");
    EXPECT_TRUE(tree.read("/a/none", 1).error().isErrno(ENOENT));
    EXPECT_TRUE(tree.read("/a/file/below", 1).error().isErrno(ENOTDIR));
    EXPECT_TRUE(tree.read("/a", 1).error().isErrno(EISDIR));
    EXPECT_TRUE(tree.read("/a/loop", 1).error().isErrno(ELOOP));
    EXPECT_TRUE(tree.read("/a/dangling", 1).error().isErrno(ENOENT));
    EXPECT_TRUE(tree.list("/a/file").error().isErrno(ENOTDIR));
    EXPECT_TRUE(tree.readLink("/a/file").error().isErrno(EINVAL));
}

TEST(MemoryTree, FailsWhereItIsTold) {
    MemoryTree tree;
    tree.addFile("/a/file", "x");
    tree.failAt("/a/file", EACCES);
    EXPECT_TRUE(tree.read("/a/file", 1).error().isErrno(EACCES));
    EXPECT_EQ(tree.list("/a")->size(), 1U);
    tree.failAt("/a/file", 0);
    EXPECT_TRUE(tree.read("/a/file", 1));
}

TEST(MemoryTree, WhatIsRemovedIsGoneWithAllBelow) {
    MemoryTree tree;
    tree.addFile("/a/b/c", "x");
    tree.remove("/a/b");
    tree.remove("/never/was");
    EXPECT_TRUE(tree.list("/a")->empty());
    EXPECT_TRUE(tree.stat("/a/b/c").error().isErrno(ENOENT));
}

TEST(MemoryTree, NodesHaveOwnerModeAndRights) {
    MemoryTree tree;
    tree.addNode("/dev/vfio/1", 0660, 0, 44, false);
    tree.addNode("/dev/vfio/2", 0600, 0, 0, std::nullopt);
    EXPECT_EQ(tree.stat("/dev/vfio/1")->gid, 44U);
    EXPECT_FALSE(*tree.usable("/dev/vfio/1"));
    EXPECT_TRUE(tree.usable("/dev/vfio/2").error().is(Errc::Unsupported));
    EXPECT_TRUE(tree.read("/dev/vfio/1", 1).error().is(Errc::Refused));
}

TEST(MemoryTree, ReadsNoMoreThanTheLimit) {
    MemoryTree tree;
    tree.addFile("/f", "hello");
    EXPECT_EQ(*tree.read("/f", 2), "he");
}

} // namespace
} // namespace migscope::test
