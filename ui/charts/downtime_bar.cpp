// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The dark time of a run as a bar.
#include "ui/charts/downtime_bar.h"

#include <QHelpEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QToolTip>

#include <algorithm>
#include <cmath>

#include "ui/charts/chart_look.h"
#include "ui/words.h"

namespace migscope {
namespace {

constexpr double barHeight = 26;
constexpr double narrowestPart = 3; ///< pixels: a phase that exists is seen

QString partText(const DowntimeContent::Part& part) {
    return QStringLiteral("%1 %2").arg(phaseText(part.name), durationText(part.duration));
}

} // namespace

const RunMetrics* runToShow(const Recording& recording, int number) {
    const RunMetrics* chosen = nullptr;
    for (const RunMetrics& run : recording.metrics().runs()) {
        if (number == 0 ? (!run.phases.empty() || chosen == nullptr) : run.run == number)
            chosen = &run;
    }
    return chosen;
}

DowntimeContent downtimeContent(const Recording& recording, const RunMetrics& run) {
    DowntimeContent content;
    content.run = run.run;
    content.words = downtimeWords(recording, run);
    content.estimate = estimateWords(recording, run);
    content.isDowntime = run.downtime.has_value();
    Ns whole{0};
    for (const Phase& phase : run.phases)
        whole += phase.duration.value_or(Ns{0});
    for (const Phase& phase : run.phases) {
        if (!phase.duration) {
            content.inside.push_back(phase.name);
            continue;
        }
        const double share =
            whole > Ns{0} ? static_cast<double>(phase.duration->count()) / static_cast<double>(whole.count())
                          : 0;
        content.parts.push_back({phase.name, *phase.duration, static_cast<int>(std::lround(share * 100)),
                                 phaseEvent(recording, run, phase.name)});
    }
    return content;
}

std::vector<QRectF> paintDowntime(QPainter& painter, const QRectF& rect, const DowntimeContent& content,
                                  const Theme& theme, std::optional<std::size_t> selected) {
    std::vector<QRectF> rects;
    const QFont small = painter.font();
    QFont bold = small;
    bold.setBold(true);
    const QFontMetricsF metrics(small);
    const QFontMetricsF wide(bold);
    // The words: the figure first, then what to look at.
    double at = rect.left();
    const double base = rect.top() + wide.ascent() + 1;
    painter.setPen(theme.text());
    painter.setFont(bold);
    painter.drawText(QPointF(at, base), content.words.figure);
    at += wide.horizontalAdvance(content.words.figure) + 10;
    painter.setFont(small);
    if (!content.words.critical.isEmpty()) {
        const QString text = QStringLiteral("· ") + content.words.critical;
        painter.drawText(QPointF(at, base), metrics.elidedText(text, Qt::ElideRight, rect.right() - at));
        at += metrics.horizontalAdvance(text) + 10;
    }
    const QString workload = DowntimeBar::tr("workload: %1").arg(content.words.workload);
    const double workloadWidth = metrics.horizontalAdvance(workload);
    if (at + workloadWidth < rect.right()) {
        painter.setPen(theme.quiet());
        painter.drawText(QPointF(rect.right() - workloadWidth, base), workload);
    }
    const QRectF bar(rect.left() + 1, rect.top() + wide.height() + 5, rect.width() - 2, barHeight);
    Ns whole{0};
    for (const auto& part : content.parts)
        whole += part.duration;
    if (whole <= Ns{0}) {
        painter.setPen(QPen(theme.line(), 1, Qt::DashLine));
        painter.drawRect(bar);
        return rects;
    }
    const double room = bar.width() - narrowestPart * static_cast<double>(content.parts.size());
    double left = bar.left();
    for (const auto& part : content.parts) {
        const double width = narrowestPart + room * static_cast<double>(part.duration.count()) /
                                                 static_cast<double>(whole.count());
        const QRectF box(left, bar.top(), width, bar.height());
        left += width;
        rects.push_back(box);
        const StateLook look = phaseLook(theme, part.name);
        painter.fillRect(box, look.fill);
        drawPattern(painter, box, look.pattern, look.ink);
        for (const QString& text : {partText(part), phaseText(part.name)}) {
            const double needs = metrics.horizontalAdvance(text) + 8;
            if (needs > box.width())
                continue;
            QRectF behind(0, 0, needs, metrics.height());
            behind.moveCenter(box.center());
            painter.fillRect(behind, look.fill);
            painter.setPen(look.ink);
            painter.drawText(behind, Qt::AlignCenter | Qt::TextDontClip, text);
            break;
        }
    }
    // Downtime is always the same dark frame around its phases.
    painter.setBrush(Qt::NoBrush);
    painter.setPen(
        QPen(theme.text(), content.isDowntime ? 2 : 1, content.isDowntime ? Qt::SolidLine : Qt::DashLine));
    painter.drawRect(bar);
    if (selected && *selected < rects.size()) {
        painter.setPen(QPen(theme.highlight(), 3));
        painter.drawRect(rects[*selected].adjusted(1, 1, -1, -1));
    }
    QStringList under;
    for (const auto& part : content.parts)
        under << DowntimeBar::tr("%1 %2 %").arg(partText(part)).arg(part.percent);
    for (const PhaseName phase : content.inside)
        under << DowntimeBar::tr("%1 inside %2")
                     .arg(phaseText(phase),
                          phaseText(phase == PhaseName::Stop ? PhaseName::Save : PhaseName::Load));
    if (!content.estimate.isEmpty())
        under << content.estimate;
    painter.setPen(theme.quiet());
    painter.drawText(QPointF(rect.left(), bar.bottom() + metrics.ascent() + 4),
                     metrics.elidedText(under.join(QStringLiteral("  ·  ")), Qt::ElideRight, rect.width()));
    return rects;
}

QString downtimeTable(const DowntimeContent& content) {
    QStringList lines{DowntimeBar::tr("Phase\tDuration\tns\tShare")};
    Ns whole{0};
    for (const auto& part : content.parts) {
        whole += part.duration;
        lines << QStringLiteral("%1\t%2\t%3\t%4 %")
                     .arg(phaseText(part.name), durationText(part.duration))
                     .arg(part.duration.count())
                     .arg(part.percent);
    }
    for (const PhaseName phase : content.inside)
        lines << DowntimeBar::tr("%1\tinside %2\t\t")
                     .arg(phaseText(phase),
                          phaseText(phase == PhaseName::Stop ? PhaseName::Save : PhaseName::Load));
    lines << QStringLiteral("%1\t%2\t%3\t").arg(content.words.figure, durationText(whole)).arg(whole.count());
    return lines.join(QLatin1Char('\n')) + QLatin1Char('\n');
}

DowntimeBar::DowntimeBar(Selection& selection, QWidget* parent) : QWidget(parent), selection_(selection) {
    setFocusPolicy(Qt::StrongFocus);
    setAccessibleName(tr("Downtime"));
    connect(&selection_, &Selection::changed, this, QOverload<>::of(&QWidget::update));
}

void DowntimeBar::show(const RunSourcePtr& source, int run) {
    source_ = source;
    run_ = run;
    refresh();
}

void DowntimeBar::refresh() {
    content_.reset();
    if (source_) {
        source_->look([this](const Recording& recording) {
            if (const RunMetrics* run = runToShow(recording, run_))
                content_ = downtimeContent(recording, *run);
        });
    }
    if (content_) {
        QStringList words{content_->words.figure};
        if (!content_->words.critical.isEmpty())
            words << content_->words.critical;
        for (const auto& part : content_->parts)
            words << tr("%1, %2 %").arg(partText(part)).arg(part.percent);
        words << tr("workload: %1").arg(content_->words.workload);
        setAccessibleDescription(words.join(QStringLiteral("; ")));
    } else {
        setAccessibleDescription(tr("No run in this recording."));
    }
    rects_.clear();
    update();
}

std::optional<std::size_t> DowntimeBar::selected() const {
    const auto& pick = selection_.pick();
    if (!content_ || !source_ || !pick || pick->source != source_->id())
        return std::nullopt;
    for (std::size_t i = 0; i < content_->parts.size(); ++i) {
        if (content_->parts[i].event == pick->event)
            return i;
    }
    return std::nullopt;
}

QRectF DowntimeBar::partRect(std::size_t part) const {
    return part < rects_.size() ? rects_[part] : QRectF();
}

void DowntimeBar::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const Theme theme = Theme::of(palette());
    const QRectF inside = QRectF(rect()).adjusted(8, 2, -8, -2);
    if (!content_) {
        painter.setPen(theme.quiet());
        painter.drawText(inside, Qt::AlignLeft | Qt::AlignVCenter,
                         source_ ? tr("No run in this recording: no downtime.") : QString());
    } else {
        rects_ = paintDowntime(painter, inside, *content_, theme, selected());
    }
    if (hasFocus()) {
        painter.setBrush(Qt::NoBrush);
        painter.setPen(QPen(palette().color(QPalette::Highlight), 1.5));
        painter.drawRect(QRectF(rect()).adjusted(1, 1, -1.5, -1.5));
    }
}

void DowntimeBar::choose(std::size_t part) {
    if (source_ && content_ && part < content_->parts.size() && content_->parts[part].event)
        selection_.set(Pick{source_->id(), *content_->parts[part].event});
}

void DowntimeBar::mousePressEvent(QMouseEvent* event) {
    if (event->button() != Qt::LeftButton)
        return;
    for (std::size_t i = 0; i < rects_.size(); ++i) {
        if (rects_[i].contains(event->position()))
            choose(i);
    }
}

void DowntimeBar::keyPressEvent(QKeyEvent* event) {
    const std::size_t count = content_ ? content_->parts.size() : 0;
    const auto now = selected();
    if (count > 0 && event->key() == Qt::Key_Right)
        choose(now ? std::min(*now + 1, count - 1) : 0);
    else if (count > 0 && event->key() == Qt::Key_Left)
        choose(now ? (*now > 0 ? *now - 1 : 0) : count - 1);
    else
        QWidget::keyPressEvent(event);
}

bool DowntimeBar::event(QEvent* event) {
    if (event->type() != QEvent::ToolTip)
        return QWidget::event(event);
    const auto* help = static_cast<QHelpEvent*>(event);
    for (std::size_t i = 0; i < rects_.size(); ++i) {
        if (rects_[i].contains(help->pos()))
            QToolTip::showText(
                help->globalPos(),
                tr("%1, %2 %").arg(partText(content_->parts[i])).arg(content_->parts[i].percent), this);
    }
    return true;
}

void DowntimeBar::changeEvent(QEvent* event) {
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange || event->type() == QEvent::FontChange)
        update();
}

} // namespace migscope
