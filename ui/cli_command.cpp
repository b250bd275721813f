// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What was done in the window, as a command for a terminal.
#include "ui/cli_command.h"

#include <QStringList>

#include "core/base/escape.h"

namespace migscope {

QString cliCommand(const std::string& backend, const std::string& device, bool opened,
                   const std::vector<MigState>& asked) {
    QStringList words{QStringLiteral("migscope-cli")};
    if (backend != "kernel")
        words << QStringLiteral("--backend") << QString::fromStdString(shellQuote(backend));
    if (device.empty())
        return (words << QStringLiteral("list")).join(QLatin1Char(' '));
    words << (asked.empty() ? QStringLiteral("show") : QStringLiteral("set"));
    words << QString::fromStdString(shellQuote(device));
    if (asked.empty() && opened)
        words << QStringLiteral("--probe");
    for (const MigState state : asked)
        words << QString::fromStdString(stateName(state));
    return words.join(QLatin1Char(' '));
}

} // namespace migscope
