// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Labels of axes: times and bytes.
#pragma once

#include <qcustomplot.h>

#include <algorithm>

namespace migscope::charts {

/// Times with the unit that fits the right edge, and as many places as the step needs.
class TimeTicker final : public QCPAxisTicker {
protected:
    QString getTickLabel(double tick, const QLocale& locale, QChar format, int precision) override;
    double getTickStep(const QCPRange& range) override;

private:
    double scale_ = 1;
    double step_ = 1;
    int places_ = 0;
    QString unit_;
};

/// Powers of two, as bytes are read.
class BytesTicker final : public QCPAxisTicker {
public:
    explicit BytesTicker(bool rate) : rate_(rate) {}
    /// Pixels of the axis: labels must not run into each other.
    void setRoom(int pixels) { parts_ = pixels < 50 ? 1.0 : (pixels < 90 ? 2.0 : 3.0); }

protected:
    double getTickStep(const QCPRange& range) override;
    int getSubTickCount(double /*step*/) override { return 1; }
    QString getTickLabel(double tick, const QLocale& locale, QChar format, int precision) override;

private:
    bool rate_;
    double parts_ = 3;
};

} // namespace migscope::charts
