// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The stream that a click opened.
#include "ui/panels/stream_panel.h"

#include <QCheckBox>
#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

#include <cerrno>
#include <utility>

#include "core/base/byte_size.h"
#include "ui/panels/command_box.h"
#include "ui/theme.h"
#include "ui/words.h"

namespace migscope {
namespace {

bool isStreamJob(const std::string& job) {
    return job == jobWord(job::Drain{}) || job == jobWord(job::SaveStream{}) ||
           job == jobWord(job::LoadStream{});
}

QString helps(const SessionState& state) {
    const Error& error = *state.error;
    if (state.needsReset)
        return StreamPanel::tr("Next: Reset.");
    if (error.isErrno(EEXIST))
        return StreamPanel::tr("Next: name another file.");
    if (error.isErrno(ENOSPC))
        return StreamPanel::tr("Next: make room, or name a file elsewhere. What was read is gone from the "
                               "stream: save anew from RUNNING.");
    if (error.is(Errc::Damaged) || error.is(Errc::Incomplete))
        return StreamPanel::tr("Next: load another file; nothing of this one can be trusted.");
    if (error.what == "read" && !error.is(Errc::Cancelled))
        return StreamPanel::tr("Next: RUNNING, then PRE_COPY or STOP_COPY for a new stream.");
    if (error.isErrno(ENOENT) || error.isErrno(EACCES) || error.isErrno(EISDIR))
        return StreamPanel::tr("Next: name a file that you may use.");
    return {};
}

} // namespace

QString streamWords(const HandStream& stream) {
    QString text = stream.direction == StreamDirection::Save ? StreamPanel::tr("Saving stream")
                                                             : StreamPanel::tr("Loading stream");
    text += StreamPanel::tr(" · %1 so far").arg(QString::fromStdString(formatBytes(stream.bytes)));
    if (stream.ended)
        text += StreamPanel::tr(" · at its end");
    else if (stream.drained)
        text += StreamPanel::tr(" · drained for now");
    return text;
}

StreamPanel::StreamPanel(FileChooser chooser, QWidget* parent)
    : QFrame(parent), chooser_(std::move(chooser)) {
    setAccessibleName(tr("Stream"));
    setFrameShape(QFrame::StyledPanel);
    words_ = plainLabel({}, this);
    words_->setObjectName(QStringLiteral("stream words"));
    drain_ = new QPushButton(tr("&Drain"), this);
    drain_->setObjectName(QStringLiteral("stream drain"));
    drain_->setToolTip(tr("Reads until nothing is left for now; the bytes are thrown away."));
    save_ = new QPushButton(tr("Save to file…"), this);
    save_->setObjectName(QStringLiteral("stream save"));
    save_->setToolTip(tr("Reads what is left of the stream into a new file."));
    raw_ = new QCheckBox(tr("bare"), this);
    raw_->setObjectName(QStringLiteral("stream raw"));
    raw_->setAccessibleName(tr("Save the bare stream"));
    raw_->setToolTip(tr("Only the stream's bytes: no checksums, no identity."));
    load_ = new QPushButton(tr("Load from file…"), this);
    load_->setObjectName(QStringLiteral("stream load"));
    load_->setToolTip(
        tr("Writes a saved state into the stream. The device judges it when it leaves RESUMING."));
    cancel_ = new QPushButton(tr("Cancel"), this);
    cancel_->setObjectName(QStringLiteral("stream cancel"));
    cancel_->setAccessibleName(tr("Cancel the work on the stream"));
    for (QPushButton* button : {drain_, save_, load_, cancel_}) {
        button->setAutoDefault(false);
        button->setAccessibleDescription(button->toolTip());
    }
    drain_->setAccessibleName(tr("Drain the stream"));
    save_->setAccessibleName(tr("Save the stream to a file"));
    load_->setAccessibleName(tr("Load the stream from a file"));
    why_ = plainLabel({}, this);
    why_->setObjectName(QStringLiteral("stream why"));
    error_ = plainLabel({}, this);
    error_->setObjectName(QStringLiteral("stream error"));
    auto* row = new QHBoxLayout;
    row->setSpacing(6);
    for (QWidget* widget : std::initializer_list<QWidget*>{drain_, save_, raw_, load_, cancel_})
        row->addWidget(widget);
    row->addStretch(1);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(8, 4, 8, 4);
    layout->setSpacing(4);
    layout->addWidget(words_);
    layout->addLayout(row);
    layout->addWidget(why_);
    layout->addWidget(error_);
    connect(drain_, &QPushButton::clicked, this, &StreamPanel::drainAsked);
    connect(cancel_, &QPushButton::clicked, this, &StreamPanel::cancelAsked);
    connect(save_, &QPushButton::clicked, this, [this] {
        const QString path = chooser_(this, FileUse::Write, tr("Save the stream to a file"));
        if (!path.isEmpty())
            emit saveAsked(path.toStdString(), raw_->isChecked());
    });
    connect(load_, &QPushButton::clicked, this, [this] {
        const QString path = chooser_(this, FileUse::Read, tr("Load the stream from a file"));
        if (!path.isEmpty())
            emit loadAsked(path.toStdString());
    });
    hide();
}

void StreamPanel::setState(const SessionState& state, Ns now) {
    const bool failed = state.error && isStreamJob(state.job);
    setVisible(state.stream.has_value() || failed);
    const bool saving = state.stream && state.stream->direction == StreamDirection::Save;
    const bool idle = state.phase == SessionPhase::Idle;
    // A call that has not returned may sit in a sleep that a signal ends: cancel stays.
    const bool working = (state.phase == SessionPhase::Working || state.phase == SessionPhase::Stuck) &&
                         isStreamJob(state.job);
    words_->setText(state.stream ? streamWords(*state.stream) : tr("The stream is gone."));
    const bool left = saving && !state.stream->ended;
    drain_->setEnabled(idle && left);
    save_->setEnabled(idle && left);
    raw_->setEnabled(idle && left);
    load_->setEnabled(idle && state.stream && !saving && !state.needsReset);
    cancel_->setEnabled(working);
    QString why;
    if (working && state.phase == SessionPhase::Working)
        why = tr("At work: %1.").arg(shown(state.job));
    else if (!idle)
        why = workerText(state, now) + QLatin1Char('.');
    else if (!state.stream)
        why = tr("A step that opens a stream comes first: PRE_COPY, STOP_COPY or RESUMING.");
    else if (saving && state.stream->ended)
        why = tr("Nothing is left to read or save: the stream is at its end. Load needs a loading stream: "
                 "RESUMING opens one.");
    else if (saving)
        why = tr("Load needs a loading stream: RESUMING opens one.");
    else
        why = tr("Drain and save need a saving stream: PRE_COPY or STOP_COPY opens one.");
    why_->setText(why);
    showError(state);
}

void StreamPanel::showError(const SessionState& state) {
    const bool failed = state.error && isStreamJob(state.job);
    error_->setVisible(failed);
    if (!failed)
        return;
    QString text = errorSentence(*state.error, state.device);
    text += QLatin1Char(' ') +
            (state.state ? tr("The device stands in %1.").arg(QString::fromStdString(stateName(*state.state)))
                         : tr("Where the device stands is not known."));
    error_->setText((text + QLatin1Char(' ') + helps(state)).trimmed());
    paintError();
}

void StreamPanel::paintError() {
    QPalette colours = palette();
    for (const auto role : {QPalette::WindowText, QPalette::Text})
        colours.setColor(role, Theme::of(colours).bad());
    error_->setPalette(colours);
}

void StreamPanel::changeEvent(QEvent* event) {
    QFrame::changeEvent(event);
    if (event->type() == QEvent::PaletteChange && error_ != nullptr)
        paintError();
}

} // namespace migscope
