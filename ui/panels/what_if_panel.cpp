// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What if the link, the size, the dirty rate or the limit were another?
#include "ui/panels/what_if_panel.h"

#include <QDoubleSpinBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QPushButton>
#include <QSignalBlocker>
#include <QSlider>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>

#include "ui/panels/command_box.h"
#include "ui/panels/facts_panel.h"
#include "ui/theme.h"
#include "ui/what_if_words.h"
#include "ui/words.h"

namespace migscope {
namespace {

constexpr double mib = 1 << 20;
constexpr int sliderReach = 100; ///< a decade on each side

double factorOf(int slider) {
    return std::pow(10.0, static_cast<double>(slider) / sliderReach);
}

int sliderOf(double factor) {
    return factor <= 0 ? -sliderReach
                       : static_cast<int>(std::clamp(std::round(std::log10(factor) * sliderReach),
                                                     -1.0 * sliderReach, 1.0 * sliderReach));
}

/// Differs from what was measured by more than the box rounds.
bool changed(const QDoubleSpinBox& box, double measured) {
    return std::abs(box.value() - measured) > std::pow(10.0, -box.decimals()) * 0.51;
}

} // namespace

/// The predicted phases, drawn as those of a run are.
class WhatIfPanel::Bar : public QWidget {
public:
    explicit Bar(QWidget* parent) : QWidget(parent) {
        setMinimumHeight(74);
        setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    }
    void setContent(const std::optional<DowntimeContent>& content) {
        content_ = content;
        update();
    }
    [[nodiscard]] QSize sizeHint() const override { return {400, 74}; }
    [[nodiscard]] const std::optional<DowntimeContent>& content() const { return content_; }
    void draw(QPainter& painter) const {
        painter.setRenderHint(QPainter::Antialiasing);
        paintDowntime(painter, QRectF(rect()).adjusted(2, 2, -2, -2), *content_, Theme::of(palette()),
                      std::nullopt);
    }

protected:
    void paintEvent(QPaintEvent*) override {
        if (!content_)
            return;
        QPainter painter(this);
        draw(painter);
    }

private:
    std::optional<DowntimeContent> content_;
};

WhatIfPanel::WhatIfPanel(QWidget* parent) : QScrollArea(parent), inside_(new QWidget(this)) {
    setAccessibleName(tr("What if"));
    setWidgetResizable(true);
    setFrameShape(QFrame::NoFrame);
    inside_->setBackgroundRole(QPalette::Base);
    inside_->setAutoFillBackground(true);
    layout_ = new QVBoxLayout(inside_);
    layout_->setContentsMargins(4, 6, 4, 6);
    layout_->setSpacing(6);
    title_ = plainLabel({}, inside_);
    title_->setObjectName(QStringLiteral("what-if title"));
    layout_->addWidget(title_);
    bandwidth_ = makeControl(tr("Bandwidth"), tr(" × as measured"), tr("Both rates, of reads and of writes"));
    size_ = makeControl(tr("State size"), tr(" MiB"),
                        tr("What one pass over the state moves; its parts keep their shares"));
    dirty_ = makeControl(tr("Dirty rate"), tr(" MiB/s"), tr("What the device dirties while it runs"));
    limit_ =
        makeControl(tr("Downtime limit"), tr(" ms"), tr("Pre-copy ends when the rest takes less than this"));
    reset_ = new QPushButton(tr("As measured"), inside_);
    reset_->setAutoDefault(false);
    connect(reset_, &QPushButton::clicked, this, &WhatIfPanel::reset);
    sentence_ = plainLabel({}, inside_);
    sentence_->setObjectName(QStringLiteral("what-if answer"));
    QFont bold = font();
    bold.setBold(true);
    sentence_->setFont(bold);
    assumptions_ = plainLabel({}, inside_);
    assumptions_->setObjectName(QStringLiteral("what-if assumptions"));
    auto* row = new QHBoxLayout;
    row->addWidget(sentence_, 1);
    row->addWidget(reset_);
    layout_->addLayout(row);
    bar_ = new Bar(inside_);
    layout_->addWidget(bar_);
    layout_->addWidget(assumptions_);
    measured_ = new FactsPanel(inside_);
    measured_->setAccessibleName(tr("Measured inputs of the model"));
    measured_->setMinimumHeight(160);
    layout_->addWidget(measured_, 1);
    setWidget(inside_);
}

WhatIfPanel::Control WhatIfPanel::makeControl(const QString& name, const QString& suffix,
                                              const QString& help) {
    Control made;
    auto* label = new QLabel(name, inside_);
    label->setMinimumWidth(110);
    made.slider = new QSlider(Qt::Horizontal, inside_);
    made.slider->setRange(-sliderReach, sliderReach);
    made.slider->setPageStep(10);
    made.slider->setAccessibleName(tr("%1, from a tenth to ten times").arg(name));
    made.slider->setToolTip(help);
    made.box = new QDoubleSpinBox(inside_);
    made.box->setAccessibleName(name);
    made.box->setSuffix(suffix);
    made.box->setToolTip(help);
    made.box->setRange(0, 1e9);
    made.box->setDecimals(2);
    made.box->setKeyboardTracking(false);
    made.box->setFixedWidth(made.box->fontMetrics().horizontalAdvance(QLatin1Char('m')) * 15);
    label->setBuddy(made.box);
    auto* row = new QHBoxLayout;
    row->setSpacing(8);
    row->addWidget(label);
    row->addWidget(made.slider, 1);
    row->addWidget(made.box);
    layout_->addLayout(row);
    connect(made.slider, &QSlider::valueChanged, this, [this, box = made.box](int value) {
        const double measured = box->property("measured").toDouble();
        const QSignalBlocker quiet(box);
        box->setValue(measured * factorOf(value));
        showAnswer();
    });
    connect(made.box, &QDoubleSpinBox::valueChanged, this,
            [this, slider = made.slider, box = made.box](double value) {
                const double measured = box->property("measured").toDouble();
                const QSignalBlocker quiet(slider);
                slider->setValue(measured > 0 ? sliderOf(value / measured) : 0);
                showAnswer();
            });
    return made;
}

void WhatIfPanel::setControl(Control& control, const std::optional<double>& measured, const QString& whyNot) {
    const QSignalBlocker quietBox(control.box);
    const QSignalBlocker quietSlider(control.slider);
    control.measured = measured.value_or(0);
    control.box->setProperty("measured", control.measured);
    control.box->setValue(control.measured);
    control.slider->setValue(0);
    // From nothing no slider leads anywhere: a number can be typed.
    control.slider->setEnabled(control.measured > 0);
    control.box->setEnabled(whyNot.isEmpty());
    if (!whyNot.isEmpty())
        control.slider->setEnabled(false);
    control.box->setAccessibleDescription(whyNot);
}

void WhatIfPanel::setInputs(const QString& what, const WhatIfInputs& inputs, bool simulated) {
    const bool same = what == what_ && inputs.run == inputs_.run && inputs.why == inputs_.why &&
                      inputs.downtime.value == inputs_.downtime.value;
    what_ = what;
    simulated_ = simulated;
    inputs_ = inputs;
    title_->setText(
        tr("A prediction from run %1 of %2%3: the model plays that run again with other numbers. Nothing is "
           "sent to a device.")
            .arg(inputs.run)
            .arg(what, simulated ? tr(" (SIMULATED)") : QString()));
    measured_->setFacts({{tr("Measured in that run"), whatIfMeasured(inputs)}});
    if (!same)
        reset();
    else
        showAnswer();
}

void WhatIfPanel::reset() {
    const QString none = inputs_.why.empty() ? QString() : whatIfReason(inputs_.why);
    const auto inMib = [](const auto& measured) {
        return measured.value ? std::optional(static_cast<double>(*measured.value) / mib) : std::nullopt;
    };
    setControl(bandwidth_, 1.0, none);
    setControl(size_, inMib(inputs_.stateBytes), none);
    const QString noPrecopy = !none.isEmpty()   ? none
                              : inputs_.preCopy ? QString()
                                                : whatIfReason("no-precopy-seen");
    setControl(dirty_, inMib(inputs_.dirtyBytesPerSecond), noPrecopy);
    setControl(limit_, std::chrono::duration<double, std::milli>(inputs_.limits.downtimeLimit).count(),
               noPrecopy);
    showAnswer();
}

QWidget* WhatIfPanel::bar() const {
    return bar_;
}

std::optional<ChartTake> WhatIfPanel::take() const {
    if (!bar_->content())
        return std::nullopt;
    ChartTake take = takeLike(*bar_, QStringLiteral("what-if"));
    take.simulated = simulated_;
    take.caption << tr("Prediction from run %1 of %2").arg(inputs_.run).arg(what_) +
                        (simulated_ ? tr(" · SIMULATED") : QString())
                 << sentence_->text() << whatIfAssumptions(answer_);
    take.table = downtimeTable(*bar_->content());
    paintWith(take, [this](QPainter& painter) { bar_->draw(painter); });
    return take;
}

WhatIfChange WhatIfPanel::change() const {
    WhatIfChange change;
    if (changed(*bandwidth_.box, bandwidth_.measured))
        change.bandwidthFactor = bandwidth_.box->value();
    if (changed(*size_.box, size_.measured))
        change.stateBytes = static_cast<std::uint64_t>(std::llround(size_.box->value() * mib));
    if (changed(*dirty_.box, dirty_.measured))
        change.dirtyBytesPerSecond = dirty_.box->value() * mib;
    if (changed(*limit_.box, limit_.measured))
        change.downtimeLimit = Ns{std::llround(limit_.box->value() * 1e6)};
    return change;
}

void WhatIfPanel::showAnswer() {
    answer_ = whatIf(inputs_, change());
    sentence_->setText(whatIfSentence(inputs_, answer_));
    QPalette colours = palette();
    const Theme theme = Theme::of(colours);
    for (const auto role : {QPalette::WindowText, QPalette::Text})
        colours.setColor(role, answer_.downtime ? theme.text() : theme.bad());
    sentence_->setPalette(colours);
    QStringList lines = whatIfAssumptions(answer_);
    for (QString& line : lines)
        line.prepend(QStringLiteral("· "));
    assumptions_->setText(lines.join(QLatin1Char('\n')));
    std::optional<DowntimeContent> content;
    if (answer_.downtime && *answer_.downtime > Ns{0}) {
        content.emplace();
        content->isDowntime = true;
        content->words.figure = tr("predicted %1").arg(durationText(*answer_.downtime));
        content->words.workload = tr("as measured");
        for (const Phase& phase : answer_.phases) {
            if (!phase.duration)
                content->inside.push_back(phase.name);
            else if (*phase.duration > Ns{0})
                content->parts.push_back(
                    {phase.name, *phase.duration,
                     static_cast<int>(std::llround(100.0 * static_cast<double>(phase.duration->count()) /
                                                   static_cast<double>(answer_.downtime->count()))),
                     std::nullopt});
        }
    }
    bar_->setContent(content);
    bar_->setAccessibleName(tr("Predicted phases"));
    bar_->setAccessibleDescription(sentence_->text());
}

} // namespace migscope
