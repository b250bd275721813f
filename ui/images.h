// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The window in which saved states are compared: made when it is first wanted.
#pragma once

#include <QObject>
#include <QStringList>

class QMimeData;
class QWidget;

namespace migscope {

class ImagesWindow;

/// The saved states (*.migstate, *.state, on this machine) among what is dragged; empty: nothing for us.
[[nodiscard]] QStringList imagesIn(const QMimeData& data);

class Images : public QObject {
    Q_OBJECT
public:
    explicit Images(QWidget* window);
    /// Made by the first call.
    [[nodiscard]] ImagesWindow& view();
    /// The one that was made, or null.
    [[nodiscard]] ImagesWindow* made() const { return view_; }

public slots:
    void show();
    /// One or two states: shows the window with them. None: nothing.
    void open(const QStringList& paths);

signals:
    void helpAsked();

private:
    QWidget* window_;
    ImagesWindow* view_ = nullptr;
};

} // namespace migscope
