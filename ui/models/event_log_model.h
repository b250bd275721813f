// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What happened, one row an event; rows are only added, changed in place, or dropped at the old end.
#pragma once

#include <QAbstractTableModel>

#include <deque>
#include <map>
#include <string>
#include <vector>

#include "core/transfer/event.h"

namespace migscope {

/// One line for people; empty for events that the log does not show (samples).
[[nodiscard]] QString eventText(const Event& event);

class EventLogModel : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Column { Time, DeviceName, Kind, Text, ColumnCount };
    /// The oldest rows go when there are more.
    static constexpr std::size_t capacity = 50'000;

    explicit EventLogModel(QObject* parent = nullptr);

    /// Events of one device. `start` is their time zero on the machine's clock; the log's own zero is the
    /// first one it ever saw. The end of an arc and each further second of a stuck call change the row that
    /// their begin made.
    void append(const std::string& device, Ns start, const std::vector<Event>& events);
    void clear();
    /// The rows as tab-separated text, for the clipboard.
    [[nodiscard]] QString textOf(const QModelIndexList& rows) const;

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation,
                                      int role = Qt::DisplayRole) const override;

private:
    struct Row {
        QString time;
        QString device;
        QString kind;
        QString text;
        bool bad = false;
    };
    [[nodiscard]] Row rowOf(const std::string& device, Ns start, const Event& event) const;
    void change(std::uint64_t number, Row row);

    std::deque<Row> rows_;
    std::uint64_t dropped_ = 0; ///< rows that went: a row's number is dropped_ + its index
    std::map<std::string, std::uint64_t> openArc_;
    std::map<std::string, std::uint64_t> stuck_;
    std::optional<Ns> zero_;
};

} // namespace migscope
