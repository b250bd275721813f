// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The tree of groups and devices, updated by difference: selection, expansion and scroll survive a refresh.
#pragma once

#include <QAbstractItemModel>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/device/topology.h"
#include "core/device/verdict.h"

namespace migscope {

/// What is judged of a device: asked several times of each, so it hands out what is kept elsewhere.
using VerdictOf = std::function<const Verdict&(const Device&)>;

/// One row as it is shown. Plain values, made from the topology by machineRows().
struct MachineRow {
    std::string key; ///< of a device: its name; of a group: "group 41"; sorted by the topology's order
    QString name;
    QString verdict;
    QString help;   ///< the tool tip and accessible description
    QString search; ///< all words that the filter looks at
    bool isDevice = false;
    bool faint = false; ///< nothing to do here: not migratable and not of VFIO
    std::vector<MachineRow> children;
    friend bool operator==(const MachineRow&, const MachineRow&) = default;
};

/// Groups by id with their devices, then the devices without a group. `state` is what an opened device says
/// behind its verdict ("STOP_COPY"), empty for others. *Reentrant.*
[[nodiscard]] std::vector<MachineRow> machineRows(const Topology& topology, const VerdictOf& verdict,
                                                  const std::function<QString(const Device&)>& state);

/// The row of one device.
[[nodiscard]] MachineRow machineRow(const Device& device, const Verdict& verdict, const QString& state);

class MachineModel : public QAbstractItemModel {
    Q_OBJECT
public:
    enum Column { Name, VerdictWord, ColumnCount };
    enum Role { DeviceRole = Qt::UserRole, SearchRole };

    explicit MachineModel(QObject* parent = nullptr);
    ~MachineModel() override;

    /// Makes the model equal to `rows` by inserting, removing and changing only what differs.
    void update(std::vector<MachineRow> rows);
    /// Changes the row of one device, when it is there.
    void updateDevice(const MachineRow& row);
    /// Column 0 of the device; invalid when it is not there.
    [[nodiscard]] QModelIndex indexOf(const std::string& device) const;

    [[nodiscard]] QModelIndex index(int row, int column, const QModelIndex& parent = {}) const override;
    [[nodiscard]] QModelIndex parent(const QModelIndex& child) const override;
    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation,
                                      int role = Qt::DisplayRole) const override;

private:
    struct Node;
    [[nodiscard]] Node* nodeOf(const QModelIndex& index) const;
    [[nodiscard]] QModelIndex indexOfNode(const Node& node, int column) const;
    void merge(Node& parent, std::vector<MachineRow> rows);
    std::unique_ptr<Node> root_;
};

} // namespace migscope
