// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// A FUSE file system with one file, "never", whose read is taken and never answered: who reads it waits in
// the kernel and cannot be killed until this program ends.
#define FUSE_USE_VERSION 31
#include <fuse.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace {

constexpr const char* fileName = "/never";
constexpr off_t fileSize = 4096;

int getAttributes(const char* path, struct stat* facts, struct fuse_file_info* /*info*/) {
    std::memset(facts, 0, sizeof *facts);
    if (std::strcmp(path, "/") == 0) {
        facts->st_mode = S_IFDIR | 0755;
        facts->st_nlink = 2;
        return 0;
    }
    if (std::strcmp(path, fileName) != 0)
        return -ENOENT;
    facts->st_mode = S_IFREG | 0444;
    facts->st_nlink = 1;
    facts->st_size = fileSize;
    return 0;
}

int openFile(const char* path, struct fuse_file_info* info) {
    info->direct_io = 1; // no page cache: each read comes here
    return std::strcmp(path, fileName) == 0 ? 0 : -ENOENT;
}

int readFile(const char* /*path*/, char* /*into*/, size_t /*size*/, off_t /*offset*/,
             struct fuse_file_info* /*info*/) {
    for (;;)
        ::pause(); // the kernel counts the request as being worked on: its caller waits it out
}

} // namespace

int main(int argc, char** argv) {
    struct fuse_operations operations;
    std::memset(&operations, 0, sizeof operations);
    operations.getattr = getAttributes;
    operations.open = openFile;
    operations.read = readFile;
    return fuse_main(argc, argv, &operations, nullptr);
}
