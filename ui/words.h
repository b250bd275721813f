// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Sentences for people, made from the core's values.
#pragma once

#include <QString>
#include <QStringList>

#include <string_view>
#include <vector>

#include "core/base/clock.h"
#include "core/base/error.h"
#include "core/device/topology.h"
#include "core/device/verdict.h"
#include "core/transfer/device_session.h"

namespace migscope {

/// Text of foreign origin (sysfs, drivers, files), made safe to show. *Reentrant*, like all of this file.
[[nodiscard]] QString shown(std::string_view raw);
/// "3b:00.2" for "0000:3b:00.2", "83b8f4f2…8f3f" for a UUID; other names unchanged.
[[nodiscard]] QString shortName(std::string_view device);
/// "ConnectX VF", "mtty-2", …; empty when nothing is known but the address.
[[nodiscard]] QString deviceKindText(const Device& device);
/// "0000:3b:00.2  ConnectX VF · mlx5_vfio_pci · group 41 · in use by qemu (2211)".
[[nodiscard]] QString deviceTitle(const Device& device);

/// "Migratable", "Likely migratable", "Not migratable", "Unknown".
[[nodiscard]] QString verdictWords(VerdictKind kind);
/// A mark that differs by shape: ● ◐ ○ ?
[[nodiscard]] QString verdictMark(VerdictKind kind);
/// "Not migratable: <first reason>" or "Migratable: stop-copy p2p pre-copy".
[[nodiscard]] QString verdictSentence(const Verdict& verdict, const Capabilities* capabilities);

/// A reason as it is shown: the catalogue's template, translated by id, filled.
struct ShownReason {
    Severity severity = Severity::Info;
    QString text;
    /// The next step in its order: words, and the commands that they lead to.
    struct Step {
        QString words;
        QStringList commands;
    };
    std::vector<Step> next;
    [[nodiscard]] bool hasCommands() const;
};
[[nodiscard]] ShownReason shownReason(const Reason& reason);

/// "SET STOP_COPY: EBUSY, “Device or resource busy”. <detail>".
/// On what stands too, unless it is `known` to who reads it.
[[nodiscard]] QString errorSentence(const Error& error, const std::string& known = {});
/// "EBUSY" or the word of our own code.
[[nodiscard]] QString errorName(const Error& error);
/// "412 ms", "3.1 µs".
[[nodiscard]] QString durationText(Ns time);
/// "412 ms ± 0.3": the error in the value's unit.
[[nodiscard]] QString durationText(Ns time, Ns error);
/// "12 s", "1.4 s": for clocks that count.
[[nodiscard]] QString clockText(Ns time);
/// "worker idle", "open", "stuck in SET STOP_COPY for 12 s", …
[[nodiscard]] QString workerText(const SessionState& state, Ns now);

} // namespace migscope
