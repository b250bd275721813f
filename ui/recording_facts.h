// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Who recorded what, when and where: the properties of a recording.
#pragma once

#include <vector>

#include "core/transfer/recording.h"
#include "ui/facts.h"

namespace migscope {

/// Sections: file, host, clock, devices, contents. `growing` and `path` are of the source. *Reentrant.*
[[nodiscard]] std::vector<FactSection> recordingFacts(const Recording& recording, const QString& path,
                                                      bool growing);

/// Date and time in the reader's zone and language. *Reentrant.*
[[nodiscard]] QString begunWords(const RecordingHeader& header);

} // namespace migscope
