// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The one catalogue of reasons, errors and hints: id, severity, English templates with {named} parameters.
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace migscope {

enum class Severity { Info, Warning, Blocker };

/// A template. The CLI fills it; the window translates the template by id, then fills it.
struct ReasonText {
    std::string_view id; ///< "plain-vfio-pci"; stable, scripts rely on it
    Severity severity = Severity::Blocker;
    std::string_view text;
    std::string_view next; ///< the next step; may hold commands line by line
};

/// A reason as found: the id and its parameters, which are already escaped for display.
struct Reason {
    std::string id;
    std::map<std::string, std::string> values;
    friend bool operator==(const Reason&, const Reason&) = default;
};

/// All entries, by id.
[[nodiscard]] std::span<const ReasonText> reasonCatalogue();
/// Never null for an id of the catalogue; an unknown id asserts in debug builds and gives a generic entry.
[[nodiscard]] const ReasonText& reasonText(std::string_view id);
/// Replaces {name}; a name without a value stays visible as {name}, so that a test finds it.
[[nodiscard]] std::string fillTemplate(std::string_view text,
                                       const std::map<std::string, std::string>& values);

} // namespace migscope
