// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Figures of runs and their values as a person reads them.
#include "ui/figure_words.h"

#include <QCoreApplication>

#include "core/transfer/compare.h"

namespace migscope {
namespace {

QString tr(const char* text) {
    return QCoreApplication::translate("compare", text);
}

} // namespace

QString figureName(Figure figure) {
    switch (figure) {
    case Figure::Downtime:
        return tr("downtime");
    case Figure::Blackout:
        return tr("blackout");
    case Figure::Stop:
        return tr("stop");
    case Figure::Save:
        return tr("save");
    case Figure::Load:
        return tr("load");
    case Figure::Resume:
        return tr("resume");
    case Figure::Wait:
        return tr("wait");
    case Figure::StateBytes:
        return tr("state");
    case Figure::StopCopyBytes:
        return tr("moved while stopped");
    case Figure::PrecopyBytes:
        return tr("moved in pre-copy");
    case Figure::PrecopyRounds:
        return tr("pre-copy rounds");
    case Figure::SourceRate:
        return tr("rate in reads");
    case Figure::DestinationRate:
        return tr("rate in writes");
    case Figure::Total:
        return tr("whole run");
    }
    return {};
}

QString figureWords(FigureUnit unit, double value) {
    return QString::fromStdString(figureText(unit, value))
        .replace(QLatin1String(" us"), QStringLiteral(" µs"));
}

} // namespace migscope
