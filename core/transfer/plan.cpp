// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The words of plans, as recordings and the command line spell them.
#include "core/transfer/plan.h"

#include <array>
#include <string_view>
#include <utility>

namespace migscope {
namespace {

constexpr std::array<std::pair<PlanKind, std::string_view>, 5> kinds{{{PlanKind::Migrate, "migrate"},
                                                                      {PlanKind::Loopback, "loopback"},
                                                                      {PlanKind::Save, "save"},
                                                                      {PlanKind::Discard, "discard"},
                                                                      {PlanKind::Load, "load"}}};
constexpr std::array<std::pair<CopyMode, std::string_view>, 3> modes{
    {{CopyMode::Auto, "auto"}, {CopyMode::StopCopy, "stop-copy"}, {CopyMode::PreCopy, "pre-copy"}}};

template<class Table, class Value>
std::string wordIn(const Table& table, Value value) {
    for (const auto& [entry, word] : table) {
        if (entry == value)
            return std::string(word);
    }
    return "unknown";
}

} // namespace

std::string planKindWord(PlanKind kind) {
    return wordIn(kinds, kind);
}

std::string copyModeWord(CopyMode mode) {
    return wordIn(modes, mode);
}

std::optional<PlanKind> parsePlanKind(std::string_view word) {
    for (const auto& [kind, name] : kinds) {
        if (name == word)
            return kind;
    }
    return std::nullopt;
}

std::optional<CopyMode> parseCopyMode(std::string_view word) {
    for (const auto& [mode, name] : modes) {
        if (name == word)
            return mode;
    }
    return std::nullopt;
}

} // namespace migscope
