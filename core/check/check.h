// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// A check of a driver's conformance: what it asks, the rule behind it, and what it saw. Plain values.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/device/migration_state.h"

namespace migscope {

class CheckContext;

enum class CheckSeverity {
    Must,   ///< the uAPI demands it: a failure makes the command fail
    Should, ///< programs rely on it although the uAPI does not put it that way
    Note,   ///< worth knowing
};
enum class CheckClass {
    Passive, ///< asks only: no SET, no stream
    Session, ///< walks through states, reads and writes streams
    Resets,  ///< resets the device, or closes and opens it
    Hostile, ///< writes junk into it: only where nobody shares its firmware, or when asked for by name
};
enum class CheckVerdict { Pass, Fail, Skip };

[[nodiscard]] std::string_view severityWord(CheckSeverity severity); ///< "must", …
[[nodiscard]] std::string_view classWord(CheckClass kind);           ///< "passive", …
[[nodiscard]] std::string_view verdictWord(CheckVerdict verdict);    ///< "pass", …
[[nodiscard]] std::optional<CheckClass> parseCheckClass(std::string_view word);

/// A sentence: an English template with {named} parameters, and their values (already fit for display).
struct CheckSight {
    std::string_view text; ///< of static storage: a face translates it, then fills it
    std::map<std::string, std::string> values;
    [[nodiscard]] std::string filled() const;
    [[nodiscard]] bool operator==(const CheckSight&) const = default;
};

struct CheckOutcome {
    CheckVerdict verdict = CheckVerdict::Skip;
    CheckSight seen;
    bool tellsMore = true; ///< of a pass: what was seen says more than what was asked
    /// Of a failure that one SET showed: from and to.
    std::optional<std::pair<MigState, MigState>> pair = {};
};

/// What must be there for a check to be asked at all; else it is skipped with the reason.
struct CheckNeeds {
    std::uint64_t flags = 1; ///< of the device: all of these
    bool peer = false;
    bool dmaLogging = false;
    bool precopyInfoV2 = false;
    /// Asks for a SET that is refused: not for drivers that stop the function then.
    bool refusedSet = false;
};

/// One entry of the catalogue. All text is of static storage.
struct Check {
    std::string_view id;   ///< "MIG-FSM-012": stable, programs rely on it
    std::string_view asks; ///< one line, a statement that holds for a conforming driver
    std::string_view rule; ///< what it rests on: kernel file or uAPI section, and who answers
    CheckSeverity severity = CheckSeverity::Must;
    CheckClass kind = CheckClass::Session;
    CheckNeeds needs = {};
    /// The misbehaviour of a simulated device that makes this check fail, by its name in a profile.
    std::string_view provedBy = {};
    /// Ids, with spaces between, that the same misbehaviour makes fail too.
    std::string_view dependents = {};
    CheckOutcome (*run)(CheckContext&) = nullptr;
};

/// All checks, in the order in which they run.
[[nodiscard]] const std::vector<Check>& checkCatalogue();
[[nodiscard]] const Check* findCheck(std::string_view id);

/// An act that is judged from the device's flags and never tried, and why.
struct NotTried {
    std::string_view act;
    std::string_view why;
};
[[nodiscard]] std::span<const NotTried> actsNotTried();

// The tables of the topics; each stands in a file of its own.
[[nodiscard]] std::span<const Check> featureChecks();
[[nodiscard]] std::span<const Check> sizeChecks();
[[nodiscard]] std::span<const Check> fsmChecks();
[[nodiscard]] std::span<const Check> streamChecks();
[[nodiscard]] std::span<const Check> sessionChecks();
[[nodiscard]] std::span<const Check> precopyChecks();
[[nodiscard]] std::span<const Check> resumingChecks();
[[nodiscard]] std::span<const Check> dmaLogChecks();
[[nodiscard]] std::span<const Check> resetChecks();
[[nodiscard]] std::span<const Check> repeatChecks();
[[nodiscard]] std::span<const Check> closeChecks();
[[nodiscard]] std::span<const Check> hostileChecks();
[[nodiscard]] std::span<const Check> lookBackChecks();

} // namespace migscope
