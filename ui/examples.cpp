// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The recordings that come with the program.
#include "ui/examples.h"

#include <QCoreApplication>
#include <QFile>

#include <array>
#include <utility>

#include "core/transfer/recording_intake.h"

/// In the global namespace, as Q_INIT_RESOURCE asks for.
static void loadExamples() {
    Q_INIT_RESOURCE(examples);
}

namespace migscope {
namespace {

struct Listed {
    const char* name;
    const char* words;
};
// What each says of itself at length stands in its header (tests/lab/demos.py).
constexpr std::array listed{
    Listed{"clean-pre-copy", QT_TRANSLATE_NOOP("examples", "Pre-copy with P2P, as it should be")},
    Listed{"does-not-converge", QT_TRANSLATE_NOOP("examples", "Pre-copy that does not converge")},
    Listed{"slow-load", QT_TRANSLATE_NOOP("examples", "A slow load: RESUMING to STOP is the downtime")},
    Listed{"slow-save", QT_TRANSLATE_NOOP("examples", "A slow save: the source gives its state slowly")},
    Listed{"failed-set", QT_TRANSLATE_NOOP("examples", "A SET that fails, and the way back")},
    Listed{"new-initial-data", QT_TRANSLATE_NOOP("examples", "New initial data in the middle of pre-copy")},
    Listed{"stop-copy-only", QT_TRANSLATE_NOOP("examples", "A device without pre-copy and P2P")},
};

} // namespace

std::vector<Example> examples() {
    std::vector<Example> all;
    for (const Listed& one : listed)
        all.push_back({QLatin1String(one.name), QCoreApplication::translate("examples", one.words)});
    return all;
}

QByteArray exampleBytes(const QString& name) {
    loadExamples();
    QFile file(QStringLiteral(":/examples/%1.migrec").arg(name));
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

Result<RunSourcePtr> openExample(const QString& name) {
    const QByteArray bytes = exampleBytes(name);
    const std::string file = name.toStdString() + ".migrec";
    RecordingIntake intake(file);
    if (auto fed = intake.feed(std::string_view(bytes.constData(), static_cast<std::size_t>(bytes.size())));
        !fed)
        return std::unexpected(std::move(fed.error()));
    if (auto ended = intake.finish(); !ended)
        return std::unexpected(std::move(ended.error()));
    if (!intake.hasHeader())
        return fail(Errc::NotFound, "open example", file);
    intake.conclude();
    return wholeSource(QString::fromStdString(file), {}, intake.recording());
}

} // namespace migscope
