// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// A comparison of two saved states in words.
#pragma once

#include <QString>
#include <QStringList>

#include <vector>

#include "core/transfer/image_diff.h"

namespace migscope {

/// "0x1f40".
[[nodiscard]] QString offsetWords(std::uint64_t offset);
/// "Equal: …", "Other device type: …", "Same records, …"; the first thing that a person has to know. Says
/// SIMULATED where one of them is.
[[nodiscard]] QString diffVerdict(const ImageDiff& diff);
/// One of the two comes from a simulated machine.
[[nodiscard]] bool isSimulated(const ImageDiff& diff);
/// How much differs, and what could not be compared; a sentence a line.
[[nodiscard]] QStringList diffDetails(const ImageDiff& diff);
/// "same", "differs", "only in A", …
[[nodiscard]] QString recordVerdictWords(RecordVerdict verdict);

/// What both headers say, side by side.
struct SideFact {
    QString name;
    QString a;
    QString b;
    bool differs = false; ///< in a way that matters: not the names of the files
};
[[nodiscard]] std::vector<SideFact> sideFacts(const ImageDiff& diff, const QString& pathA,
                                              const QString& pathB);

} // namespace migscope
