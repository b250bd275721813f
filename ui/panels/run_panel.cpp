// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The run panel: what a run is to do, start and cancel, how far it is, how it ended.
#include "ui/panels/run_panel.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QProgressBar>
#include <QPushButton>
#include <QVBoxLayout>

#include <algorithm>
#include <utility>

#include "core/base/byte_size.h"
#include "ui/panels/command_box.h"
#include "ui/panels/run_form.h"
#include "ui/run_words.h"
#include "ui/theme.h"
#include "ui/words.h"

namespace migscope {
namespace {
constexpr Ns rateWindow = std::chrono::milliseconds(500);
constexpr int barSteps = 1000;
} // namespace

RunPanel::RunPanel(FileChooser chooser, QWidget* parent) : QWidget(parent) {
    setAccessibleName(tr("Run"));
    form_ = new RunForm(std::move(chooser), this);
    const auto button = [this](const char* object, const QString& text, const QString& name) {
        auto* made = new QPushButton(text, this);
        made->setObjectName(QLatin1String(object));
        made->setAccessibleName(name);
        made->setAutoDefault(false);
        return made;
    };
    start_ = button("run start", tr("&Start"), tr("Start the run"));
    cancel_ = button("run cancel", tr("Cancel"), tr("Cancel the run"));
    cancel_->setToolTip(tr("The devices are brought back to RUNNING first."));
    copy_ = button("run copy", tr("Copy as command"), tr("Copy the run as a migscope-cli command"));
    why_ = plainLabel({}, this);
    why_->setObjectName(QStringLiteral("run why"));
    bar_ = new QProgressBar(this);
    bar_->setObjectName(QStringLiteral("run bar"));
    bar_->setAccessibleName(tr("Progress of the run"));
    bar_->setTextVisible(false);
    bar_->setMaximumHeight(10);
    progress_ = plainLabel({}, this);
    progress_->setObjectName(QStringLiteral("run progress"));
    outcome_ = plainLabel({}, this);
    outcome_->setObjectName(QStringLiteral("run outcome"));
    auto* acts = new QHBoxLayout;
    acts->setSpacing(6);
    acts->addWidget(start_);
    acts->addWidget(cancel_);
    endActs_ = new QHBoxLayout;
    endActs_->setSpacing(6);
    for (int at = 0; at < 2; ++at) {
        auto* made = button("", {}, {});
        made->setObjectName(QStringLiteral("run end %1").arg(at));
        made->hide();
        endButtons_ << made;
        endActs_->addWidget(made);
    }
    acts->addStretch(1);
    acts->addWidget(copy_);
    endActs_->addStretch(1);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(12, 8, 12, 8);
    layout->setSpacing(4);
    layout->addWidget(form_);
    layout->addLayout(acts);
    layout->addLayout(endActs_);
    layout->addWidget(why_);
    layout->addWidget(bar_);
    layout->addWidget(progress_);
    layout->addWidget(outcome_);
    layout->addStretch(1);
    connect(form_, &RunForm::changed, this, &RunPanel::showActs);
    connect(start_, &QPushButton::clicked, this, [this] { emit startAsked(form_->request()); });
    connect(cancel_, &QPushButton::clicked, this, &RunPanel::cancelAsked);
    connect(copy_, &QPushButton::clicked, this, [this] { emit copyAsked(form_->request()); });
    for (QPushButton* end : std::as_const(endButtons_)) {
        connect(end, &QPushButton::clicked, this, [this, end] {
            const std::string device = end->property("device").toString().toStdString();
            if (end->property("opens").toBool())
                emit openAsked(device);
            else
                emit bringBackAsked(device);
        });
    }
    setStatus(std::nullopt, Ns{0});
}

void RunPanel::setDevices(const std::vector<RunCandidate>& devices) {
    devices_ = devices;
    form_->setDevices(devices);
    showActs();
}

void RunPanel::select(const std::string& device) {
    if (!running())
        form_->select(device);
}

RunRequest RunPanel::request() const {
    return form_->request();
}

void RunPanel::setStatus(const std::optional<RunStatus>& status, Ns now) {
    status_ = status;
    showActs();
    showProgress(now);
    showOutcome();
}

void RunPanel::showActs() {
    const RunRequest asked = form_->request();
    const QString why =
        running() ? tr("A run is under way: %1, workload: %2.")
                        .arg(requestWords(status_->request), workloadWords(status_->request.workload))
                  : whyNotStart(devices_, asked);
    form_->setEnabled(!running());
    start_->setEnabled(!running() && why.isEmpty());
    start_->setAccessibleDescription(why);
    start_->setToolTip(why);
    cancel_->setEnabled(running() && !status_->cancelling);
    why_->setText(why.isEmpty()
                      ? tr("Ready: %1, workload: %2.").arg(requestWords(asked), workloadWords(asked.workload))
                      : why);
    showEndActs();
}

void RunPanel::showEndActs() {
    const auto offer = [this](QPushButton& button, const std::string& name) {
        const auto device = std::find_if(devices_.begin(), devices_.end(),
                                         [&](const RunCandidate& one) { return one.name == name; });
        button.setVisible(false);
        if (running() || device == devices_.end())
            return;
        const bool opens = !device->open && device->canOpen;
        const bool stands = device->open && device->phase == SessionPhase::Idle && device->capabilities &&
                            device->capabilities->protocol == Protocol::V2 &&
                            (device->state != MigState::Running || device->needsReset || device->handedOver);
        if (!opens && !stands)
            return;
        const bool resets = device->needsReset || device->handedOver || device->state == MigState::Resuming;
        button.setText(opens    ? tr("Open %1 (resets the function)").arg(shortName(name))
                       : resets ? tr("Bring %1 back (resets the function)").arg(shortName(name))
                                : tr("Bring %1 back to RUNNING").arg(shortName(name)));
        button.setAccessibleName(button.text());
        button.setProperty("device", QString::fromStdString(name));
        button.setProperty("opens", opens);
        button.setVisible(true);
    };
    const std::vector<std::string> ends = form_->request().devices();
    for (int at = 0; at < endButtons_.size(); ++at) {
        const auto index = static_cast<std::size_t>(at);
        offer(*endButtons_[at], index < ends.size() ? ends[index] : std::string());
    }
}

QString RunPanel::rate(const RunProgress& progress) {
    if (!moved_.empty() &&
        (progress.movedBytes < moved_.back().second || progress.elapsed < moved_.back().first))
        moved_.clear(); // the next run of several
    moved_.emplace_back(progress.elapsed, progress.movedBytes);
    // One that is just older than the window stays: it is where the window begins.
    while (moved_.size() > 2 && progress.elapsed - moved_[1].first >= rateWindow)
        moved_.pop_front();
    const Ns time = progress.elapsed - moved_.front().first;
    if (time <= Ns{0})
        return {};
    return QString::fromStdString(formatRate(progress.movedBytes - moved_.front().second, time));
}

void RunPanel::showProgress(Ns now) {
    bar_->setVisible(running());
    progress_->setVisible(running());
    if (!running()) {
        moved_.clear();
        return;
    }
    const RunProgress& at = status_->progress;
    if (at.expectedBytes && *at.expectedBytes > 0) {
        const double share = static_cast<double>(at.movedBytes) / static_cast<double>(*at.expectedBytes);
        bar_->setRange(0, barSteps);
        bar_->setValue(static_cast<int>(std::clamp(share, 0.0, 1.0) * barSteps));
    } else {
        bar_->setRange(0, 0); // how much it will be is not known
    }
    RunProgress timed = at;
    timed.elapsed = std::max(at.elapsed, now - status_->since);
    QString text = progressWords(timed, rate(at));
    if (status_->cancelling)
        text = tr("Cancelling, the devices are brought back · %1").arg(text);
    const bool stuck = !status_->stuck.isEmpty();
    if (stuck)
        text =
            tr("%1. The kernel has not returned from this call: the run waits for it. Other devices go on, "
               "and closing the window is still possible.")
                .arg(status_->stuck);
    progress_->setText(text);
    paint(*progress_, stuck);
}

void RunPanel::showOutcome() {
    const RunWords words = status_ ? outcomeWords(*status_) : RunWords{};
    outcome_->setVisible(!words.text.isEmpty());
    outcome_->setText(words.text);
    paint(*outcome_, words.bad);
}

void RunPanel::paint(QLabel& label, bool bad) {
    QPalette colours = palette();
    const Theme theme = Theme::of(colours);
    for (const auto role : {QPalette::WindowText, QPalette::Text})
        colours.setColor(role, bad ? theme.bad() : theme.text());
    if (label.palette() != colours)
        label.setPalette(colours);
}

void RunPanel::changeEvent(QEvent* event) {
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange && outcome_ != nullptr) {
        showOutcome();
        paint(*progress_, status_ && !status_->stuck.isEmpty());
    }
}

} // namespace migscope
