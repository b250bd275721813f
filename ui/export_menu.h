// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The menus of what can be taken away: of one chart, and of the view that is shown.
#pragma once

#include <QObject>
#include <QPoint>
#include <QPointer>
#include <QString>

#include <optional>
#include <vector>

#include "core/transfer/recording_export.h"
#include "ui/charts/chart_take.h"
#include "ui/charts/render.h"
#include "ui/panels/file_chooser.h"

class QAction;
class QMenu;

namespace migscope {

class Exports;

/// Owned by the window. A chart has its menu under the right button (a drag with it still pans) and the
/// menu key; the menu of the view has those of all its charts.
class ExportMenu : public QObject {
    Q_OBJECT
public:
    /// `act` gets the menu of the view, and pops it up when it is triggered.
    ExportMenu(QAction& act, QWidget* window);
    ~ExportMenu() override;
    [[nodiscard]] Exports& exports() const { return exports_; }
    /// How a person is asked for a file; tests answer instead.
    void setChooser(TargetChooser chooser) { chooser_ = std::move(chooser); }
    /// The menu of the view as it is now.
    [[nodiscard]] QMenu* menu() const { return menu_; }
    /// What the view shows as a command, when it has one of its own: "migscope-cli compare …".
    [[nodiscard]] QString viewCommand() const;

public slots:
    /// Of a chart that was made; it is forgotten with its widget.
    void add(const migscope::ChartOffer& offer);
    void popUp();
    /// Copies viewCommand(); false when there is none.
    bool copyViewCommand();

signals:
    void briefMessage(const QString& text);

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    struct Offer {
        QPointer<QWidget> chart;
        QString name;
        std::function<std::optional<ChartTake>()> take;
        /// Absent, too, when the chart is gone.
        [[nodiscard]] std::optional<ChartTake> now() const { return chart ? take() : std::nullopt; }
    };
    [[nodiscard]] std::vector<Offer> shownOffers() const;
    void fillView();
    void fillChart(QMenu& menu, const Offer& offer);
    void fillData(QMenu& menu, const ChartTake& take);
    void showMenu(const QObject* chart, const QPoint& at);
    void savePicture(const Offer& offer, PictureFormat format);
    void saveData(const RunSourcePtr& source, ExportFormat format);
    void copyText(const QString& text, const QString& what);
    [[nodiscard]] QString ask(TargetQuestion question);

    Exports& exports_;
    QAction& act_;
    QWidget* window_;
    QMenu* menu_;
    TargetChooser chooser_ = chooseTarget;
    std::vector<Offer> offers_;
    std::optional<QPoint> rightPress_; ///< global, of the button that is down
    QString folder_;                   ///< where the last file went
};

} // namespace migscope
