// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The host tree on disk.
#include "core/host/directory_tree.h"

#include "core/host/path_walk.h"

#include <dirent.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

namespace migscope {
namespace {

constexpr std::size_t indexLimit = 64U << 20U;
/// O_NONBLOCK: opening a FIFO without a writer would wait for ever.
constexpr int readFlags = O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;

struct KernelEntry { // struct linux_dirent64, which no libc header declares
    std::uint64_t inode;
    std::int64_t offset;
    unsigned short length;
    unsigned char type;
    char name[1];
};

FileKind kindOf(mode_t mode) {
    if (S_ISREG(mode))
        return FileKind::Regular;
    if (S_ISDIR(mode))
        return FileKind::Directory;
    if (S_ISLNK(mode))
        return FileKind::Symlink;
    return S_ISCHR(mode) ? FileKind::CharDevice : FileKind::Other;
}

FileKind kindOfEntry(int folder, const char* name, unsigned char type) {
    switch (type) {
    case DT_REG:
        return FileKind::Regular;
    case DT_DIR:
        return FileKind::Directory;
    case DT_LNK:
        return FileKind::Symlink;
    case DT_CHR:
        return FileKind::CharDevice;
    case DT_UNKNOWN: {
        struct stat facts{};
        return ::fstatat(folder, name, &facts, AT_SYMLINK_NOFOLLOW) == 0 ? kindOf(facts.st_mode)
                                                                         : FileKind::Other;
    }
    default:
        return FileKind::Other;
    }
}

/// The kernel's own file systems hold regular files only, and give small attributes in one read.
bool isSysfs(const std::string& path) {
    return path.starts_with("/sys/");
}
bool isKernelMade(const std::string& path) {
    return isSysfs(path) || path.starts_with("/proc/");
}

std::string relative(const std::string& path) {
    const std::size_t begin = path.find_first_not_of('/');
    return begin == std::string::npos ? "." : path.substr(begin);
}

std::vector<std::string> components(std::string_view path) {
    std::vector<std::string> parts;
    while (!path.empty()) {
        const std::size_t slash = path.find('/');
        const std::string_view part = path.substr(0, slash);
        if (!part.empty() && part != ".")
            parts.emplace_back(part);
        path = slash == std::string_view::npos ? std::string_view{} : path.substr(slash + 1);
    }
    return parts;
}

Result<std::string> linkText(int folder, const char* name, const std::string& path) {
    std::string target(256, '\0');
    for (;;) {
        const ssize_t got = ::readlinkat(folder, name, target.data(), target.size());
        if (got < 0)
            return failErrno(errno, "read link", path);
        if (static_cast<std::size_t>(got) < target.size()) {
            target.resize(static_cast<std::size_t>(got));
            return target;
        }
        target.resize(target.size() * 2);
    }
}

} // namespace

DirectoryTree::DirectoryTree(DirectoryTree&& other) noexcept
    : root_(std::move(other.root_)), openat2_(other.openat2_), index_(std::move(other.index_)) {}

DirectoryTree DirectoryTree::machine() {
    return {};
}

Result<DirectoryTree> DirectoryTree::capture(const std::string& directory, bool walkByHand) {
    DirectoryTree tree;
    tree.root_.reset(::open(directory.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    if (!tree.root_.valid())
        return failErrno(errno, "open the capture", directory);
    const int probe = tree.open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
    // Kernels before 5.6, and old container filters, do not have the call.
    tree.openat2_ = !walkByHand && probe != -ENOSYS && probe != -EPERM;
    UniqueFd closer(probe);
    const std::string indexPath = "/" + std::string(CaptureIndex::fileName);
    const auto text = tree.read(indexPath, indexLimit);
    if (text) {
        auto index = CaptureIndex::parse(*text, directory + indexPath);
        if (!index)
            return std::unexpected(index.error());
        tree.index_ = std::move(*index);
    } else if (!text.error().isErrno(ENOENT)) {
        return std::unexpected(text.error());
    }
    return tree;
}

int DirectoryTree::open(const std::string& path, int flags) const {
    if (!root_.valid()) {
        const int fd = ::open(path.c_str(), flags);
        return fd < 0 ? -errno : fd;
    }
    if (!openat2_)
        return openByHand(path, flags);
    struct open_how how{};
    how.flags = static_cast<std::uint64_t>(static_cast<unsigned>(flags));
    how.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS;
    for (int attempt = 0;; ++attempt) {
        const long fd = ::syscall(SYS_openat2, root_.get(), relative(path).c_str(), &how, sizeof how);
        if (fd >= 0)
            return static_cast<int>(fd);
        // EAGAIN: something was renamed while ".." was resolved; the manual says to try again.
        if (errno != EAGAIN || attempt == 8)
            return -errno;
    }
}

/// The same by walking: each component is opened without following, links are expanded here.
int DirectoryTree::openByHand(const std::string& path, int flags) const {
    std::vector<std::string> pending = components(path);
    std::reverse(pending.begin(), pending.end());
    std::vector<UniqueFd> stack; // the folders from the root down, so that ".." needs no kernel
    const auto here = [&] { return stack.empty() ? root_.get() : stack.back().get(); };
    int links = 0;
    while (!pending.empty()) {
        const std::string part = std::move(pending.back());
        pending.pop_back();
        if (part == "..") {
            if (!stack.empty())
                stack.pop_back();
            continue;
        }
        const auto target = linkText(here(), part.c_str(), path);
        const bool follow = !pending.empty() || (flags & O_NOFOLLOW) == 0;
        if (target && follow) {
            if (++links > maxLinks)
                return -ELOOP;
            if (target->starts_with('/'))
                stack.clear();
            const auto more = components(*target);
            pending.insert(pending.end(), more.rbegin(), more.rend());
            continue;
        }
        const bool last = pending.empty();
        const int fd =
            ::openat(here(), part.c_str(),
                     last ? (flags | O_NOFOLLOW) : (O_PATH | O_NOFOLLOW | O_DIRECTORY | O_CLOEXEC));
        if (fd < 0)
            return -errno;
        if (last)
            return fd;
        stack.emplace_back(fd);
    }
    const int fd = ::openat(here(), ".", flags & ~O_NOFOLLOW);
    return fd < 0 ? -errno : fd;
}

const CaptureIndex::Entry* DirectoryTree::indexed(const std::string& path) const {
    if (index_.entries.empty())
        return nullptr;
    const auto at = index_.entries.find(path);
    return at == index_.entries.end() ? nullptr : &at->second;
}

Result<std::vector<DirectoryEntry>> DirectoryTree::list(const std::string& path) const {
    if (const auto* entry = indexed(path); entry && entry->errnoNumber != 0)
        return failErrno(entry->errnoNumber, "list", path);
    std::vector<DirectoryEntry> out;
    // Nodes of a capture exist in its index only.
    const std::string prefix = path == "/" ? path : path + "/";
    for (auto at = index_.entries.lower_bound(prefix);
         at != index_.entries.end() && at->first.starts_with(prefix); ++at) {
        const std::string name = at->first.substr(prefix.size());
        if (at->second.errnoNumber == 0 && name.find('/') == std::string::npos)
            out.push_back({name, at->second.other ? FileKind::Other : FileKind::CharDevice});
    }
    const UniqueFd folder(open(path, O_RDONLY | O_DIRECTORY | O_NONBLOCK | O_CLOEXEC));
    if (!folder.valid()) {
        if (!out.empty())
            return out;
        return failErrno(-folder.get(), "list", path);
    }
    alignas(KernelEntry) std::array<char, 32768> buffer; // NOLINT: filled by the kernel
    constexpr std::size_t longestRecord = 280;
    for (;;) {
        const long got = ::syscall(SYS_getdents64, folder.get(), buffer.data(), buffer.size());
        if (got < 0)
            return failErrno(errno, "list", path);
        for (std::size_t at = 0; at < static_cast<std::size_t>(got);) {
            const auto* entry = reinterpret_cast<const KernelEntry*>(buffer.data() + at);
            const std::string_view name(entry->name);
            if (name != "." && name != "..")
                out.push_back({std::string(name), kindOfEntry(folder.get(), entry->name, entry->type)});
            at += entry->length;
        }
        // sysfs fills the buffer before it returns: room left means the end, and saves a call a folder.
        const bool roomLeft = static_cast<std::size_t>(got) + longestRecord < buffer.size();
        if (got == 0 || (roomLeft && !root_.valid() && isSysfs(path)))
            return out;
    }
}

Result<std::string> DirectoryTree::read(const std::string& path, std::size_t limit) const {
    if (const auto* entry = indexed(path)) {
        if (entry->errnoNumber != 0)
            return failErrno(entry->errnoNumber, "read", path);
        return fail(Errc::Refused, "read", path, "not a regular file");
    }
    const UniqueFd file(open(path, readFlags));
    if (!file.valid()) // ENXIO: a socket, or a FIFO's other end
        return failErrno(-file.get(), "read", path);
    const bool trusted = !root_.valid() && isKernelMade(path);
    bool oneRead = trusted && isSysfs(path);
    if (!trusted) {
        struct stat facts{};
        if (::fstat(file.get(), &facts) != 0)
            return failErrno(errno, "read", path);
        if (S_ISDIR(facts.st_mode))
            return failErrno(EISDIR, "read", path);
        if (!S_ISREG(facts.st_mode))
            return fail(Errc::Refused, "read", path, "not a regular file");
        oneRead = root_.valid();
    }
    std::string out;
    constexpr std::size_t step = 4097; // one more than an attribute can hold
    for (;;) {
        const std::size_t old = out.size();
        const std::size_t want = std::min(limit - old, old < step ? step : old);
        if (want == 0)
            return out;
        out.resize(old + want);
        ssize_t got = 0;
        do {
            got = ::pread(file.get(), out.data() + old, want, static_cast<off_t>(old));
        } while (got < 0 && errno == EINTR);
        if (got < 0)
            return failErrno(errno, "read", path);
        out.resize(old + static_cast<std::size_t>(got));
        if (got == 0 || (oneRead && static_cast<std::size_t>(got) < want))
            return out;
    }
}

Result<std::string> DirectoryTree::readLink(const std::string& path) const {
    if (const auto* entry = indexed(path); entry && entry->errnoNumber != 0)
        return failErrno(entry->errnoNumber, "read link", path);
    if (!root_.valid())
        return linkText(AT_FDCWD, path.c_str(), path);
    const UniqueFd link(open(path, O_PATH | O_NOFOLLOW | O_CLOEXEC));
    if (!link.valid())
        return failErrno(-link.get(), "read link", path);
    auto target = linkText(link.get(), "", path);
    // An empty path on something that is no link says ENOENT; readlink(2) would say EINVAL.
    if (!target && target.error().isErrno(ENOENT))
        return failErrno(EINVAL, "read link", path);
    return target;
}

Result<FileFacts> DirectoryTree::stat(const std::string& path) const {
    if (const auto* entry = indexed(path)) {
        if (entry->errnoNumber != 0)
            return failErrno(entry->errnoNumber, "stat", path);
        if (entry->other)
            return FileFacts{FileKind::Other, 0, 0, 0};
        return FileFacts{FileKind::CharDevice, entry->mode, entry->uid, entry->gid};
    }
    struct stat facts{};
    if (!root_.valid()) {
        if (::fstatat(AT_FDCWD, path.c_str(), &facts, AT_SYMLINK_NOFOLLOW) != 0)
            return failErrno(errno, "stat", path);
    } else {
        const UniqueFd file(open(path, O_PATH | O_NOFOLLOW | O_CLOEXEC));
        if (!file.valid())
            return failErrno(-file.get(), "stat", path);
        if (::fstat(file.get(), &facts) != 0)
            return failErrno(errno, "stat", path);
    }
    return FileFacts{kindOf(facts.st_mode), facts.st_mode & 07777U, facts.st_uid, facts.st_gid};
}

Result<bool> DirectoryTree::usable(const std::string& path) const {
    if (root_.valid())
        return fail(Errc::Unsupported, "check the rights", path, "a node of another host");
    // faccessat also knows ACLs and capabilities, which mode and owner alone do not tell.
    if (::faccessat(AT_FDCWD, path.c_str(), R_OK | W_OK, AT_EACCESS) == 0)
        return true;
    if (errno == EACCES || errno == EPERM || errno == EROFS)
        return false;
    return failErrno(errno, "check the rights", path);
}

} // namespace migscope
