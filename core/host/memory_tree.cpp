// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The in-memory host tree.
#include "core/host/memory_tree.h"

#include "core/host/path_walk.h"

#include <algorithm>
#include <cerrno>
#include <mutex>
#include <string_view>

namespace migscope {

struct MemoryTree::Node {
    FileKind kind = FileKind::Directory;
    FileFacts facts;
    std::string content; ///< of a file, or the target of a link
    std::optional<bool> usable;
    int failure = 0;
    Node* parent = nullptr;
    std::map<std::string, std::unique_ptr<Node>, std::less<>> children;
};

MemoryTree::MemoryTree() : root_(std::make_unique<Node>()) {
    root_->facts = {FileKind::Directory, 0755, 0, 0};
}
MemoryTree::~MemoryTree() = default;

/// Walks without following links, so that a tree can be built in any order; a link on the way is replaced by
/// a folder.
MemoryTree::Node& MemoryTree::make(const std::string& path, FileKind kind) {
    Node* node = root_.get();
    std::string_view left = path;
    while (!left.empty()) {
        const std::size_t slash = std::min(left.find('/'), left.size());
        const std::string_view part = left.substr(0, slash);
        left.remove_prefix(std::min(slash + 1, left.size()));
        if (part.empty() || part == ".")
            continue;
        if (node->kind != FileKind::Directory) {
            node->kind = FileKind::Directory;
            node->facts = {FileKind::Directory, 0755, 0, 0};
        }
        auto child = node->children.lower_bound(part);
        if (child == node->children.end() || child->first != part) {
            child = node->children.emplace_hint(child, part, std::make_unique<Node>());
            child->second->facts = {FileKind::Directory, 0755, 0, 0};
            child->second->parent = node;
        }
        node = child->second.get();
    }
    node->kind = kind;
    node->facts.kind = kind;
    if (kind != FileKind::Directory)
        node->children.clear();
    return *node;
}

void MemoryTree::addDirectory(const std::string& path) {
    const std::unique_lock lock(mutex_);
    make(path, FileKind::Directory).facts.mode = 0755;
}

void MemoryTree::addFile(const std::string& path, std::string content) {
    const std::unique_lock lock(mutex_);
    Node& node = make(path, FileKind::Regular);
    node.facts.mode = 0444;
    node.content = std::move(content);
}

void MemoryTree::addLink(const std::string& path, std::string target) {
    const std::unique_lock lock(mutex_);
    Node& node = make(path, FileKind::Symlink);
    node.facts.mode = 0777;
    node.content = std::move(target);
}

void MemoryTree::addNode(const std::string& path, std::uint32_t mode, std::uint32_t uid, std::uint32_t gid,
                         std::optional<bool> usable) {
    const std::unique_lock lock(mutex_);
    Node& node = make(path, FileKind::CharDevice);
    node.facts = {FileKind::CharDevice, mode & 07777U, uid, gid};
    node.usable = usable;
}

void MemoryTree::addOther(const std::string& path) {
    const std::unique_lock lock(mutex_);
    make(path, FileKind::Other).facts.mode = 0644;
}

void MemoryTree::failAt(const std::string& path, int errnoNumber) {
    const std::unique_lock lock(mutex_);
    const auto found = resolve(path, false);
    Node& node = found ? const_cast<Node&>(**found) : make(path, FileKind::Regular);
    node.failure = errnoNumber;
}

void MemoryTree::remove(const std::string& path) {
    const std::unique_lock lock(mutex_);
    const auto found = resolve(path, false);
    if (!found || *found == root_.get())
        return;
    auto& siblings = (*found)->parent->children;
    for (auto it = siblings.begin(); it != siblings.end(); ++it) {
        if (it->second.get() == *found) {
            siblings.erase(it);
            return;
        }
    }
}

std::expected<const MemoryTree::Node*, int> MemoryTree::resolve(const std::string& path,
                                                                bool followLast) const {
    std::vector<std::string> pending;
    pushComponents(pending, path);
    const Node* node = root_.get();
    int links = 0;
    while (!pending.empty()) {
        const std::string part = std::move(pending.back());
        pending.pop_back();
        if (node->kind != FileKind::Directory)
            return std::unexpected(ENOTDIR);
        if (part == "..") {
            if (node->parent)
                node = node->parent;
            continue;
        }
        const auto child = node->children.find(part);
        if (child == node->children.end())
            return std::unexpected(ENOENT);
        const Node* next = child->second.get();
        if (next->kind != FileKind::Symlink || (pending.empty() && !followLast)) {
            node = next;
            continue;
        }
        if (next->failure != 0)
            return std::unexpected(next->failure);
        if (++links > maxLinks)
            return std::unexpected(ELOOP);
        if (next->content.starts_with('/'))
            node = root_.get();
        pushComponents(pending, next->content);
    }
    return node;
}

Result<std::vector<DirectoryEntry>> MemoryTree::list(const std::string& path) const {
    const std::shared_lock lock(mutex_);
    const auto node = resolve(path, true);
    if (!node)
        return failErrno(node.error(), "list", path);
    if ((*node)->failure != 0)
        return failErrno((*node)->failure, "list", path);
    if ((*node)->kind != FileKind::Directory)
        return failErrno(ENOTDIR, "list", path);
    std::vector<DirectoryEntry> entries;
    entries.reserve((*node)->children.size());
    for (const auto& [name, child] : (*node)->children)
        entries.push_back({name, child->kind});
    return entries;
}

Result<std::string> MemoryTree::read(const std::string& path, std::size_t limit) const {
    const std::shared_lock lock(mutex_);
    const auto node = resolve(path, true);
    if (!node)
        return failErrno(node.error(), "read", path);
    if ((*node)->failure != 0)
        return failErrno((*node)->failure, "read", path);
    if ((*node)->kind == FileKind::Directory)
        return failErrno(EISDIR, "read", path);
    if ((*node)->kind != FileKind::Regular)
        return fail(Errc::Refused, "read", path, "not a regular file");
    return (*node)->content.substr(0, limit);
}

Result<std::string> MemoryTree::readLink(const std::string& path) const {
    const std::shared_lock lock(mutex_);
    const auto node = resolve(path, false);
    if (!node)
        return failErrno(node.error(), "read link", path);
    if ((*node)->failure != 0)
        return failErrno((*node)->failure, "read link", path);
    if ((*node)->kind != FileKind::Symlink)
        return failErrno(EINVAL, "read link", path);
    return (*node)->content;
}

Result<FileFacts> MemoryTree::stat(const std::string& path) const {
    const std::shared_lock lock(mutex_);
    const auto node = resolve(path, false);
    if (!node)
        return failErrno(node.error(), "stat", path);
    if ((*node)->failure != 0)
        return failErrno((*node)->failure, "stat", path);
    return (*node)->facts;
}

Result<bool> MemoryTree::usable(const std::string& path) const {
    const std::shared_lock lock(mutex_);
    const auto node = resolve(path, true);
    if (!node)
        return failErrno(node.error(), "check the rights", path);
    if ((*node)->failure != 0)
        return failErrno((*node)->failure, "check the rights", path);
    if (!(*node)->usable)
        return fail(Errc::Unsupported, "check the rights", path, "a node of another host");
    return *(*node)->usable;
}

} // namespace migscope
