// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Labels of axes.
#include "ui/charts/tickers.h"

#include <cmath>

#include "core/base/byte_size.h"

namespace migscope::charts {

QString TimeTicker::getTickLabel(double tick, const QLocale& /*locale*/, QChar /*format*/,
                                 int /*precision*/) {
    const double shown = tick * scale_;
    const QString text = QString::number(std::abs(shown) < step_ / 1e3 ? 0.0 : shown, 'f', places_);
    return text + unit_;
}

double TimeTicker::getTickStep(const QCPRange& range) {
    const double step = QCPAxisTicker::getTickStep(range);
    const bool micro = range.upper < 1e-3;
    const bool milli = !micro && range.upper < 1;
    scale_ = micro ? 1e6 : (milli ? 1e3 : 1);
    unit_ = micro ? QStringLiteral(" µs") : (milli ? QStringLiteral(" ms") : QStringLiteral(" s"));
    step_ = step * scale_;
    places_ = step_ >= 1 ? 0 : static_cast<int>(std::ceil(-std::log10(step_) - 1e-9));
    // 2.5 and the like need a place more than 2 and 5.
    const double whole = step_ * std::pow(10, places_);
    if (std::abs(whole - std::round(whole)) > 1e-6)
        ++places_;
    return step;
}

double BytesTicker::getTickStep(const QCPRange& range) {
    const double wanted = std::max(range.size() / parts_, 1.0);
    return std::exp2(parts_ < 2 ? std::floor(std::log2(wanted)) : std::round(std::log2(wanted)));
}

QString BytesTicker::getTickLabel(double tick, const QLocale& /*locale*/, QChar /*format*/,
                                  int /*precision*/) {
    QString text = QString::fromStdString(formatBytes(static_cast<std::uint64_t>(std::max(tick, 0.0))));
    text.replace(QLatin1String(".0 "), QLatin1String(" "));
    text.replace(QLatin1String(".00 "), QLatin1String(" "));
    return rate_ ? text + QStringLiteral("/s") : text;
}

} // namespace migscope::charts
