// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Writing down a host.
#include "core/host/capture.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <set>
#include <string_view>
#include <utility>

#include "core/base/unique_fd.h"
#include "core/host/enumerate.h"
#include "core/host/holders.h"
#include "core/host/pci_names.h"
#include "core/host/recording_tree.h"
#include "core/host/sysfs_text.h"

namespace migscope {
namespace {

/// Names are of no use while recording: they do not come from the tree.
class NoNames final : public PciNames {
public:
    std::string vendor(std::uint16_t) override { return {}; }
    std::string device(std::uint16_t, std::uint16_t) override { return {}; }
    std::string deviceClass(std::uint32_t) override { return {}; }
};

// --- what is left out ---

/// Keeps the lines for which `wanted` holds; `separator` ends each.
template<class Wanted>
std::string filtered(std::string_view text, char separator, Wanted wanted) {
    std::string out;
    while (!text.empty()) {
        const std::size_t end = text.find(separator);
        const std::string_view line = text.substr(0, end);
        text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
        if (wanted(line))
            out.append(line).push_back(separator);
    }
    return out;
}

std::string slimmed(const std::string& path, const std::string& content) {
    if (path.ends_with("/modules.alias"))
        return filtered(content, '\n',
                        [](std::string_view line) { return line.starts_with("alias vfio_pci:"); });
    if (path.ends_with("/modules.builtin.modinfo")) {
        return filtered(content, '\0', [](std::string_view line) {
            return line.find(".alias=vfio_pci:") != std::string_view::npos;
        });
    }
    if (path.starts_with("/boot/config-") || path.ends_with("/config")) {
        return filtered(content, '\n', [](std::string_view line) {
            for (const std::string_view word : {"VFIO", "IOMMU", "PCI_IOV", "DEBUG_FS", "ARM_SMMU"}) {
                if (line.find(word) != std::string_view::npos)
                    return true;
            }
            return false;
        });
    }
    if (path == "/proc/self/limits")
        return filtered(content, '\n',
                        [](std::string_view line) { return line.starts_with("Max locked memory"); });
    return content;
}

/// "/proc/812/fd/3" -> "812"; empty for what belongs to no process.
std::string processOf(const std::string& path) {
    constexpr std::string_view lead = "/proc/";
    if (!path.starts_with(lead))
        return {};
    const std::string name = path.substr(lead.size(), path.find('/', lead.size()) - lead.size());
    return parseGroupId(name) ? name : std::string{};
}

/// Other people's processes are nobody's business: keeps those with VFIO files, of these only such files, and
/// one process more of each kind (readable, refused), because that is what tells a complete look from a blind
/// one.
void forgetProcesses(Recorded& recorded) {
    std::set<std::string> holders;
    std::string readable;
    for (const auto& [path, object] : recorded.objects) {
        const std::string process = processOf(path);
        if (process.empty())
            continue;
        if (object.kind == FileKind::Symlink && isVfioLink(object.content))
            holders.insert(process);
        if (object.answered && readable.empty() && path.ends_with("/fd"))
            readable = process;
    }
    std::erase_if(recorded.objects, [&](const auto& item) {
        const auto& [path, object] = item;
        if (path.starts_with("/proc/") && path.find('/', 6) == std::string::npos && processOf(path).empty())
            return path != "/proc/sys" && path != "/proc/self" && path != "/proc/config.gz";
        const std::string process = processOf(path);
        if (process.empty())
            return false;
        const std::string_view rest = std::string_view(path).substr(6 + process.size());
        if (holders.contains(process))
            return rest.starts_with("/fd/") && !isVfioLink(object.content);
        return process != readable || !(rest.empty() || rest == "/fd");
    });
    bool refusedKept = false;
    std::erase_if(recorded.index.entries, [&](const auto& item) {
        const std::string process = processOf(item.first);
        if (process.empty() || holders.contains(process))
            return false;
        const bool refusal = item.second.errnoNumber == EACCES || item.second.errnoNumber == EPERM;
        return !refusal || std::exchange(refusedKept, true);
    });
    // A refused process must still be listed.
    for (const auto& [path, entry] : recorded.index.entries) {
        const std::string process = processOf(path);
        if (!process.empty() && entry.errnoNumber != 0)
            recorded.objects.try_emplace("/proc/" + process);
    }
}

// --- writing ---

/// Makes files below one folder and nowhere else: no component is followed.
class Writer {
public:
    explicit Writer(int root) : root_(root) {}

    Result<void> write(const std::string& path, const Recorded::Object& object) {
        const auto folder = folderOf(path);
        if (!folder)
            return std::unexpected(folder.error());
        const std::string name(baseName(path));
        if (object.kind == FileKind::Directory)
            return done(::mkdirat(folder->get(), name.c_str(), 0777) == 0 || errno == EEXIST, path);
        if (object.kind == FileKind::Symlink)
            return done(::symlinkat(object.content.c_str(), folder->get(), name.c_str()) == 0, path);
        return writeFile(folder->get(), name, slimmed(path, object.content), path);
    }

    Result<void> writeFile(int folder, const std::string& name, std::string_view content,
                           const std::string& path) {
        const UniqueFd file(
            ::openat(folder, name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666));
        if (!file.valid())
            return done(false, path);
        while (!content.empty()) {
            const ssize_t put = ::write(file.get(), content.data(), content.size());
            if (put < 0 && errno == EINTR)
                continue;
            if (put < 0)
                return done(false, path);
            content.remove_prefix(static_cast<std::size_t>(put));
        }
        return {};
    }

private:
    static Result<void> done(bool good, const std::string& path) {
        if (!good)
            return failErrno(errno, "write the capture", path);
        return {};
    }

    Result<UniqueFd> folderOf(const std::string& path) {
        UniqueFd here(::fcntl(root_, F_DUPFD_CLOEXEC, 0));
        if (!here.valid())
            return failErrno(errno, "write the capture", path);
        std::string_view rest = std::string_view(path).substr(1);
        for (std::size_t slash = rest.find('/'); slash != std::string_view::npos; slash = rest.find('/')) {
            const std::string part(rest.substr(0, slash));
            rest = rest.substr(slash + 1);
            if (part.empty() || part == "." || part == "..")
                return failErrno(EINVAL, "write the capture", path);
            if (::mkdirat(here.get(), part.c_str(), 0777) != 0 && errno != EEXIST)
                return failErrno(errno, "write the capture", path);
            UniqueFd next(
                ::openat(here.get(), part.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
            if (!next.valid())
                return failErrno(errno, "write the capture", path);
            here = std::move(next);
        }
        return here;
    }

    int root_;
};

Result<UniqueFd> emptyFolder(const std::string& directory) {
    if (::mkdir(directory.c_str(), 0777) != 0 && errno != EEXIST)
        return failErrno(errno, "make the folder", directory);
    UniqueFd folder(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!folder.valid())
        return failErrno(errno, "open the folder", directory);
    const int copy = ::openat(folder.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR* stream = copy < 0 ? nullptr : ::fdopendir(copy);
    if (!stream) {
        const int number = errno;
        UniqueFd closer(copy);
        return failErrno(number, "list the folder", directory);
    }
    bool empty = true;
    while (const dirent* entry = ::readdir(stream)) {
        const std::string_view name = entry->d_name;
        empty = empty && (name == "." || name == "..");
    }
    ::closedir(stream);
    if (!empty)
        return fail(Errc::Refused, "capture", directory,
                    "the folder is not empty; name a new or an empty one");
    return folder;
}

} // namespace

Result<CaptureSummary> captureHost(const HostTree& tree, const std::string& directory) {
    // The folder first: nothing is read for a capture that cannot be written.
    auto folder = emptyFolder(directory);
    if (!folder)
        return std::unexpected(folder.error());
    const RecordingTree recording(tree);
    NoNames names;
    auto topology = enumerate(recording, "capture", false, names);
    if (!topology)
        return std::unexpected(topology.error());
    enrich(recording, *topology);
    Recorded recorded = recording.recorded();
    forgetProcesses(recorded);

    Writer writer(folder->get());
    CaptureSummary summary{topology->groups.size(), topology->devices.size(), 0};
    for (const auto& [path, object] : recorded.objects) {
        if (path == "/" || path.empty())
            continue;
        if (const auto written = writer.write(path, object); !written)
            return std::unexpected(written.error());
        summary.files += object.kind == FileKind::Directory ? 0 : 1;
    }
    const std::string index(CaptureIndex::fileName);
    if (const auto written = writer.writeFile(folder->get(), index, recorded.index.text(), index); !written)
        return std::unexpected(written.error());
    return summary;
}

} // namespace migscope
