// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What is known of a device or a host, as rows of words.
#pragma once

#include <QString>

#include <vector>

#include "core/device/topology.h"
#include "core/transfer/device_session.h"

namespace migscope {

struct Fact {
    QString name;
    QString value;
    friend bool operator==(const Fact&, const Fact&) = default;
};
struct FactSection {
    QString title;
    std::vector<Fact> facts;
    friend bool operator==(const FactSection&, const FactSection&) = default;
};

/// `state` is null when the device was never opened here; `outside` when the kernel was not asked where
/// somebody else has brought it. A missing number is "unknown" with the reason. *Reentrant.*
[[nodiscard]] std::vector<FactSection> factsOf(const Topology& topology, const Device& device,
                                               const SessionState* state,
                                               const Result<MigState>* outside = nullptr);

/// One line of the host's readiness: there, missing, or not known.
struct Readiness {
    enum class Answer { Yes, No, Unknown };
    Answer answer = Answer::Unknown;
    QString what;
    QString detail;
};
[[nodiscard]] std::vector<Readiness> readinessOf(const Topology& topology);

} // namespace migscope
