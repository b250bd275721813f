// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The window: makes its parts and lays them out; what they do stands elsewhere.
#pragma once

#include <QMainWindow>

#include "ui/presenter.h"

class QDockWidget;

namespace migscope {

class MainWindow : public QMainWindow {
    Q_OBJECT
public:
    struct About {
        QString version;
        QString uapiBaseline;
    };
    /// `host` is shared with whoever ends the program: it outlives the window.
    MainWindow(HostSession& host, const About& about, QWidget* parent = nullptr);

    [[nodiscard]] const WindowParts& parts() const { return parts_; }
    [[nodiscard]] Presenter& presenter() const { return *parts_.presenter; }

protected:
    void closeEvent(QCloseEvent* event) override;
    void changeEvent(QEvent* event) override;
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dropEvent(QDropEvent* event) override;

private:
    void makeParts(HostSession& host, const About& about);
    void makeCentre();
    void makeDocks();
    QDockWidget* dock(const QString& name, const QString& title, QWidget* inside, Qt::DockWidgetArea area);
    void restoreLayout();
    void saveLayout() const;

    WindowParts parts_;
    QList<QDockWidget*> docks_;
};

} // namespace migscope
