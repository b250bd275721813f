// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The recordings that come with the program, to look at without a device.
#pragma once

#include <QString>

#include <vector>

#include "core/base/error.h"
#include "ui/run_source.h"

namespace migscope {

struct Example {
    QString name;  ///< of its file, without ".migrec"
    QString words; ///< one line: what it shows
};

/// In the order of the menu.
[[nodiscard]] std::vector<Example> examples();
/// The bytes of its file; empty for a name that is none.
[[nodiscard]] QByteArray exampleBytes(const QString& name);
/// Read from the program itself: in memory, whole, belonging to no file. GUI thread; a few milliseconds.
/// NotFound, or what is wrong with its lines.
[[nodiscard]] Result<RunSourcePtr> openExample(const QString& name);

} // namespace migscope
