// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// An event taken apart: the call, its bytes field by field, the errno, and the uAPI rule that it rests on.
#pragma once

#include <QString>
#include <QStringList>

#include <cstdint>
#include <string>
#include <vector>

#include "core/transfer/recording.h"

namespace migscope {

struct DecodeLine {
    QString name;  ///< as the kernel's header spells it, or a plain word
    QString value; ///< as it stands
    QString note;  ///< in words
};
struct DecodeSection {
    QString title;
    std::vector<DecodeLine> lines;
    QStringList hex; ///< "0000  10 00 00 00 02 00 02 00  |........|"
};
struct Decode {
    QString headline;
    std::vector<DecodeSection> sections;
};

/// Empty when there is no such event. Never fails: bytes that make no sense are shown as they are and said
/// to. *Reentrant.*
[[nodiscard]] Decode decodeEvent(const Recording& recording, std::size_t index);
/// The same as plain text, for a view, the clipboard and a bug report.
[[nodiscard]] QString decodeText(const Decode& decode);

/// Bytes of a hex text; empty with `ok` false when it is none.
[[nodiscard]] std::vector<std::uint8_t> bytesOfHex(const std::string& hex, bool& ok);
/// Sixteen a line, offset in front, printable characters behind.
[[nodiscard]] QStringList hexLines(const std::vector<std::uint8_t>& bytes);
/// The fields of a recorded call: `op` as MigrationDevice names it; `answer`: what came back.
[[nodiscard]] std::vector<DecodeLine>
decodeFields(const std::string& op, const std::vector<std::uint8_t>& bytes, bool answer, bool failed);
/// What an errno means for this very call; empty when the uAPI says nothing of its own.
[[nodiscard]] QString errnoMeaning(const std::string& op, int number);
/// "warning (4)": of a line of the kernel's log.
[[nodiscard]] QString severityWord(unsigned severity);

} // namespace migscope
