// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What the what-if model says, in sentences.
#pragma once

#include <QString>
#include <QStringList>

#include "core/transfer/what_if.h"
#include "ui/facts.h"

namespace migscope {

/// Why there is no number, as a sentence; empty for an empty id.
[[nodiscard]] QString whatIfReason(const std::string& id);
/// "would be 553 ms, +387 ms (measured: 166 ms)", or why there is none.
[[nodiscard]] QString whatIfSentence(const WhatIfInputs& inputs, const WhatIfAnswer& answer);
/// What the answer rests on, one line each.
[[nodiscard]] QStringList whatIfAssumptions(const WhatIfAnswer& answer);
/// The measured inputs; what is missing says why.
[[nodiscard]] std::vector<Fact> whatIfMeasured(const WhatIfInputs& inputs);

} // namespace migscope
