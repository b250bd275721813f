// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The remembering host tree.
#include "core/host/recording_tree.h"

#include "core/host/path_walk.h"

#include <cerrno>
#include <string_view>

namespace migscope {
namespace {

constexpr std::string_view ownProcess = "/proc/self";

} // namespace

std::string RecordingTree::realPath(const std::string& path, bool followLast) const {
    std::vector<std::string> pending;
    pushComponents(pending, path);
    std::string real; // "" is the root
    int links = 0;
    while (!pending.empty()) {
        const std::string part = std::move(pending.back());
        pending.pop_back();
        if (part == "..") {
            real.resize(real.empty() ? 0 : real.rfind('/'));
            continue;
        }
        std::string next = real;
        next += "/";
        next += part;
        if (pending.empty() && !followLast)
            return next;
        if (next == ownProcess) { // a link to a number that means nothing elsewhere
            real = next;
            continue;
        }
        auto known = links_.find(next);
        if (known == links_.end()) {
            const auto target = tree_.readLink(next);
            known = links_.emplace(next, target ? *target : std::string{}).first;
            if (target)
                keep(next, FileKind::Symlink, *target, true);
        }
        if (known->second.empty()) {
            real = next;
            continue;
        }
        if (++links > maxLinks)
            return {};
        if (known->second.starts_with('/'))
            real.clear();
        pushComponents(pending, known->second);
    }
    return real.empty() ? "/" : real;
}

void RecordingTree::keep(const std::string& real, FileKind kind, std::string content, bool answered) const {
    auto& object = recorded_.objects[real];
    if (object.answered && !answered)
        return;
    object = {kind, std::move(content), answered};
}

void RecordingTree::keepError(const std::string& path, const Error& error) const {
    // What is not there needs no line.
    const int number = error.errnoValue();
    if (number != 0 && number != ENOENT && number != ENOTDIR && number != EINVAL)
        recorded_.index.entries[path] = {.errnoNumber = number};
}

void RecordingTree::keepNode(const std::string& real, const FileFacts& facts) const {
    recorded_.index.entries[real] = {.mode = facts.mode, .uid = facts.uid, .gid = facts.gid};
}

Result<std::vector<DirectoryEntry>> RecordingTree::list(const std::string& path) const {
    auto out = tree_.list(path);
    const std::lock_guard lock(mutex_);
    if (!out) {
        keepError(path, out.error());
        return out;
    }
    const std::string real = realPath(path, true);
    keep(real, FileKind::Directory, {}, true);
    for (const DirectoryEntry& entry : *out) {
        const std::string child = (real == "/" ? real : real + "/") + entry.name;
        if (child == ownProcess)
            continue;
        if (entry.kind == FileKind::CharDevice) {
            if (const auto facts = tree_.stat(child))
                keepNode(child, *facts);
        } else if (entry.kind == FileKind::Symlink) {
            const auto target = tree_.readLink(child);
            keep(child, FileKind::Symlink, target ? *target : "?", target.has_value());
        } else if (entry.kind == FileKind::Directory || entry.kind == FileKind::Regular) {
            keep(child, entry.kind, {}, false);
        }
    }
    return out;
}

Result<std::string> RecordingTree::read(const std::string& path, std::size_t limit) const {
    auto out = tree_.read(path, limit);
    const std::lock_guard lock(mutex_);
    if (out) {
        keep(realPath(path, true), FileKind::Regular, *out, true);
    } else if (out.error().is(Errc::Refused)) {
        recorded_.index.entries[path] = {.other = true}; // cannot be put into a folder
    } else {
        keepError(path, out.error());
    }
    return out;
}

Result<std::string> RecordingTree::readLink(const std::string& path) const {
    auto out = tree_.readLink(path);
    const std::lock_guard lock(mutex_);
    if (out)
        keep(realPath(path, false), FileKind::Symlink, *out, true);
    else
        keepError(path, out.error());
    return out;
}

Result<FileFacts> RecordingTree::stat(const std::string& path) const {
    auto out = tree_.stat(path);
    const std::lock_guard lock(mutex_);
    if (!out) {
        keepError(path, out.error());
        return out;
    }
    const std::string real = realPath(path, false);
    if (out->kind == FileKind::CharDevice)
        keepNode(real, *out);
    else if (out->kind == FileKind::Directory || out->kind == FileKind::Regular)
        keep(real, out->kind, {}, false);
    else if (out->kind == FileKind::Symlink)
        if (const auto target = tree_.readLink(path))
            keep(real, FileKind::Symlink, *target, true);
    return out;
}

Result<bool> RecordingTree::usable(const std::string& path) const {
    return tree_.usable(path); // says something about us, nothing about the host
}

Recorded RecordingTree::recorded() const {
    const std::lock_guard lock(mutex_);
    return recorded_;
}

} // namespace migscope
