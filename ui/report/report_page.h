// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// A report as one HTML page that needs nothing else: no network, no script.
#pragma once

#include <QByteArray>

#include "ui/report/report_content.h"

namespace migscope {

/// GUI thread: it draws. Well-formed as XML too; the same content gives the same bytes.
[[nodiscard]] QByteArray reportPage(const ReportContent& content, const ReportOptions& options);

/// Of the whole page; `variables`: of light and dark, "--name:value;…". Dark in what a reader's browser
/// prefers, or always the one, or never.
[[nodiscard]] QByteArray reportStyle(const QByteArray& light, const QByteArray& dark,
                                     const std::optional<bool>& only);

} // namespace migscope
