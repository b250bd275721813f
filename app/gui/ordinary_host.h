// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Made-up machines for pictures: an ordinary workstation, which is what most people look at first, and a pair
// of devices with a pace of its own.
#pragma once

#include <QString>

namespace migscope {

/// Writes it into `folder`, for the backend capture:FOLDER. False when that fails.
[[nodiscard]] bool writeOrdinaryHost(const QString& folder);
/// Writes the profile of a simulated pair, 0000:01:00.1 and .2, whose times are `slower` times as long and
/// vary by `seed`, for the backend sim:PATH. False when that fails.
[[nodiscard]] bool writePacedPair(const QString& path, const QString& name, double slower, int seed);

} // namespace migscope
