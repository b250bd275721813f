// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// One row for each file that is being read or written.
#include "ui/panels/loading_rows.h"

#include <QFileInfo>
#include <QGridLayout>
#include <QLabel>
#include <QProgressBar>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>

#include "core/base/byte_size.h"

namespace migscope {

LoadingRows::LoadingRows(QWidget* parent) : QWidget(parent) {
    layout_ = new QVBoxLayout(this);
    layout_->setContentsMargins(6, 2, 6, 2);
    layout_->setSpacing(2);
    hide();
}

LoadingRows::Row& LoadingRows::row(const QString& path) {
    const auto found = rows_.find(path);
    if (found != rows_.end())
        return found->second;
    const QString name = QFileInfo(path).fileName();
    Row made;
    made.widget = new QWidget(this);
    made.text = new QLabel(made.widget);
    made.text->setTextFormat(Qt::PlainText);
    made.text->setToolTip(path);
    made.text->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    made.bar = new QProgressBar(made.widget);
    made.bar->setTextVisible(false);
    made.bar->setMaximumHeight(6);
    made.bar->setAccessibleName(tr("Progress of %1").arg(name));
    auto* cancel = new QToolButton(made.widget);
    cancel->setText(tr("Cancel"));
    cancel->setAccessibleName(tr("Cancel %1").arg(name));
    cancel->setFocusPolicy(Qt::StrongFocus);
    connect(cancel, &QToolButton::clicked, this, [this, path] { emit cancelAsked(path); });
    auto* grid = new QGridLayout(made.widget);
    grid->setContentsMargins(0, 0, 0, 0);
    grid->setVerticalSpacing(1);
    grid->addWidget(made.text, 0, 0);
    grid->addWidget(made.bar, 1, 0);
    grid->addWidget(cancel, 0, 1, 2, 1);
    grid->setColumnStretch(0, 1);
    layout_->addWidget(made.widget);
    show();
    return rows_.emplace(path, made).first->second;
}

void LoadingRows::showRow(const QString& path, const QString& text, quint64 done, quint64 total) {
    Row& shown = row(path);
    shown.text->setText(text);
    // A bar counts in int: thousandths. Without a total it only moves.
    shown.bar->setRange(0, total > 0 ? 1000 : 0);
    if (total > 0)
        shown.bar->setValue(static_cast<int>(std::min(done, total) * 1000 / total));
}

void LoadingRows::showReading(const QString& path, quint64 read, quint64 total) {
    const QString name = QFileInfo(path).fileName();
    const QString amount = QString::fromStdString(formatBytes(read));
    showRow(path,
            total > 0
                ? tr("Reading %1: %2 of %3").arg(name, amount, QString::fromStdString(formatBytes(total)))
                : tr("Reading %1: %2").arg(name, amount),
            read, total);
}

void LoadingRows::showWriting(const QString& path, quint64 done, quint64 total) {
    const quint64 percent = total > 0 ? std::min(done, total) * 100 / total : 0;
    showRow(path, tr("Saving %1: %2 %").arg(QFileInfo(path).fileName()).arg(percent), done, total);
}

void LoadingRows::end(const QString& path) {
    const auto found = rows_.find(path);
    if (found == rows_.end())
        return;
    found->second.widget->hide(); // deleted later: its button may be what led here
    found->second.widget->deleteLater();
    rows_.erase(found);
    if (rows_.empty())
        hide();
}

QString LoadingRows::text(const QString& path) const {
    const auto found = rows_.find(path);
    return found == rows_.end() ? QString() : found->second.text->text();
}

} // namespace migscope
