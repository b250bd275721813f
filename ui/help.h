// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Help of the window: which page belongs to what is shown, and the guide's own window.
#pragma once

#include <QObject>
#include <QString>

#include "ui/presenter.h"

class QWidget;

namespace migscope {

class HelpWindow;

/// The guide's window is made when it is first asked for: most of a window's start is its widgets.
class Help : public QObject {
    Q_OBJECT
public:
    Help(QWidget& window, const WindowParts& parts);
    /// The name of the page of the list that has the focus, else of the view in the centre.
    [[nodiscard]] QString pageOfView() const;

public slots:
    void showView();
    void showPage(const QString& name);

private:
    QWidget& window_;
    WindowParts parts_;
    HelpWindow* guide_ = nullptr;
};

} // namespace migscope
