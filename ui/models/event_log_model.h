// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What happened, one row an event; rows are only added, changed in place, or dropped at the old end.
#pragma once

#include <QAbstractTableModel>

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/transfer/event.h"
#include "ui/models/event_filter.h"
#include "ui/models/event_text.h"
#include "ui/run_source.h"
#include "ui/selection.h"

namespace migscope {

class EventLogModel : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Column { Time, DeviceName, Kind, Text, ColumnCount };
    /// The oldest rows go when there are more.
    static constexpr std::size_t capacity = 50'000;

    struct Row {
        Pick pick;              ///< of an arc: its end, once it is there
        Ns time{0};             ///< on the clock that all sources of a host share
        std::optional<Ns> wall; ///< since the epoch; absent: the recording does not say
        FilterSubject subject;
        bool bad = false;
        bool isCall = false;
    };

    explicit EventLogModel(QObject* parent = nullptr);

    /// Before its events. Sources of one machine share their clock, so that their rows can be told apart in
    /// time.
    void addSource(const RunSourcePtr& source);
    /// events()[first…] of that source, in order. The end of an arc and each further second of a stuck call
    /// change the row that their begin made; the call of an arc is its evidence and leads to the arc's row.
    void append(SourceId id, std::size_t first, const std::vector<Event>& events);
    void clear();

    [[nodiscard]] const Row& row(int row) const { return rows_[static_cast<std::size_t>(row)]; }
    /// -1 when it is not (or no longer) there.
    [[nodiscard]] int rowOf(const Pick& pick) const;
    /// Where its times count from; absent while it is empty.
    [[nodiscard]] std::optional<Ns> zero() const { return zero_; }
    /// For one recording: its own t0, so that log and axis say the same.
    void setZero(Ns zero) { zero_ = zero; }
    /// A source's time on the clock of the rows.
    [[nodiscard]] std::optional<Ns> clockTime(const TimeCursor& cursor) const;

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation,
                                      int role = Qt::DisplayRole) const override;

private:
    struct Source {
        Ns t0{0};
        Ns realtime{0};
        std::vector<std::string> devices;
    };
    using Lane = std::pair<SourceId, int>;
    [[nodiscard]] Row rowFor(SourceId id, const Source& source, std::size_t index, const Event& event) const;
    void change(std::uint64_t number, Row row);
    void dropOldest();

    std::deque<Row> rows_;
    std::uint64_t dropped_ = 0; ///< rows that went: a row's number is dropped_ + its index
    std::map<SourceId, Source> sources_;
    std::map<std::pair<SourceId, std::size_t>, std::uint64_t> numbers_; ///< row number by event
    std::map<Lane, std::uint64_t> openArc_;
    /// The stuck call of a device: when it was called tells it from the next one that is stuck.
    std::map<Lane, std::pair<Ns, std::uint64_t>> stuck_;
    std::optional<Ns> zero_;
};

} // namespace migscope
