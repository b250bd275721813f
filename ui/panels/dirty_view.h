// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What DMA logging found on a device of one recording: the heat map, its rounds, and what the calls cost.
#pragma once

#include <QWidget>

#include <map>
#include <utility>
#include <vector>

#include "ui/charts/heat_map_view.h"
#include "ui/models/dirty_models.h"
#include "ui/run_source.h"

class QComboBox;
class QLabel;
class QTableView;

namespace migscope {

class DirtyView : public QWidget {
    Q_OBJECT
public:
    explicit DirtyView(QWidget* parent = nullptr);
    /// Null: nothing is shown.
    void setSource(const RunSourcePtr& source);
    /// What stands there instead of a map.
    void setEmptyText(const QString& text);
    [[nodiscard]] const RunSourcePtr& source() const { return source_; }
    [[nodiscard]] HeatMapView* heat() const { return heat_; }
    [[nodiscard]] DirtyRoundsModel& rounds() { return rounds_; }
    [[nodiscard]] DirtyCostModel& costs() { return costs_; }
    [[nodiscard]] QLabel* words() const { return words_; }
    [[nodiscard]] QComboBox* logging() const { return logging_; }
    [[nodiscard]] QComboBox* device() const { return device_; }

public slots:
    /// The source grew; looked at when it is shown.
    void refresh();

protected:
    void showEvent(QShowEvent* event) override;

private:
    struct Shown {
        int device = -1;
        std::size_t loggings = 0;
        std::size_t logging = 0;
        std::uint64_t rounds = 0;
        std::uint64_t calls = 0;
        QSize cells;
        friend bool operator==(const Shown&, const Shown&) = default;
    };
    void makeBody();
    void makeTables(QWidget* parent);
    /// What is taken from the recording under its lock: no widget is touched there, since that may ask for
    /// more.
    struct Seen {
        Shown shown;
        std::vector<std::pair<int, QString>> devices;
        std::size_t loggings = 0;
        std::size_t dropped = 0;
        QString words;
        HeatMap map;
        std::vector<DirtyRound> rounds;
        std::map<std::uint64_t, DirtyCost> starts;
        std::map<std::uint64_t, DirtyCost> reports;
        DirtyCost stop;
    };
    [[nodiscard]] Seen look(const Recording& recording) const;
    void fillDevices(const Seen& seen);
    void fillLoggings(const Seen& seen);
    [[nodiscard]] QString sentence(const Recording& recording, const DirtyFold& fold) const;

    RunSourcePtr source_;
    DirtyRoundsModel rounds_;
    DirtyCostModel costs_;
    QLabel* empty_;
    QWidget* body_ = nullptr; ///< made with the first logging; with it all that follow
    QComboBox* device_ = nullptr;
    QComboBox* logging_ = nullptr;
    QLabel* words_ = nullptr;
    QLabel* readout_ = nullptr;
    HeatMapView* heat_ = nullptr;
    QTableView* roundsTable_ = nullptr;
    QTableView* costTable_ = nullptr;
    Shown shown_;
    bool refreshing_ = false;
    bool follows_ = true; ///< the newest logging is shown, also when another begins
};

} // namespace migscope
