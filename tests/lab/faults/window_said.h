// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What the window says at this moment: only what a person can see.
#pragma once

#include <QJsonObject>

#include <string>

namespace migscope {

class Drive;

/// Texts of what is visible, by where they stand; of the event log the rows from `firstRow` on. GUI thread.
[[nodiscard]] QJsonObject windowSaid(Drive& drive, const std::string& device, int firstRow);

} // namespace migscope
