// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The tree of groups and devices, updated by difference.
#include "ui/models/machine_model.h"

#include <QFont>
#include <QGuiApplication>
#include <QPalette>

#include <algorithm>
#include <iterator>
#include <set>
#include <utility>

#include "ui/theme.h"
#include "ui/words.h"

namespace migscope {
namespace {

QString tr(const char* text) {
    return MachineModel::tr(text);
}

/// Under the heading "Migrates": the list is narrow.
QString shortVerdict(VerdictKind kind) {
    switch (kind) {
    case VerdictKind::Migratable:
        return tr("yes");
    case VerdictKind::Likely:
        return tr("likely");
    case VerdictKind::NotMigratable:
        return tr("no");
    case VerdictKind::Unknown:
        break;
    }
    return tr("unknown");
}

MachineRow groupRow(const Group& group) {
    MachineRow row;
    row.key = "group " + std::to_string(group.id);
    QStringList words{tr("group %1").arg(group.id)};
    if (group.kind == GroupKind::NoIommu)
        words << tr("no-IOMMU");
    else if (group.kind == GroupKind::Emulated)
        words << tr("mediated");
    else if (!group.type.empty())
        words << shown(group.type);
    row.name = words.join(QStringLiteral(" · "));
    if (group.viable.has_value())
        row.verdict = *group.viable ? tr("viable") : tr("not viable");
    else
        row.verdict = group.kind == GroupKind::NoIommu ? tr("⚠ unsafe") : tr("? viable");
    row.help = row.name;
    if (!group.blockers.empty()) {
        QStringList names;
        for (const std::string& blocker : group.blockers)
            names << shown(blocker);
        row.help +=
            QLatin1Char('\n') +
            tr("Not viable: %1 is used by a driver of the host.").arg(names.join(QStringLiteral(", ")));
    }
    row.search = row.name;
    return row;
}

} // namespace

MachineRow machineRow(const Device& device, const Verdict& verdict, const QString& state) {
    MachineRow row;
    row.key = device.name;
    row.isDevice = true;
    row.name = shortName(device.name);
    if (!device.label.empty())
        row.name += QStringLiteral("  ") + shown(device.label);
    row.verdict = state.startsWith(QStringLiteral("⚠"))
                      ? state
                      : verdictMark(verdict.kind) + QLatin1Char(' ') +
                            (state.isEmpty() ? shortVerdict(verdict.kind) : state);
    row.help = shown(device.name) + QLatin1Char('\n') + deviceTitle(device) + QLatin1Char('\n') +
               verdictSentence(verdict, nullptr);
    row.search = row.name + QLatin1Char(' ') + row.help + QLatin1Char(' ') + verdictWords(verdict.kind);
    row.faint = verdict.kind == VerdictKind::NotMigratable && !device.boundToVfio();
    return row;
}

std::vector<MachineRow> machineRows(const Topology& topology, const VerdictOf& verdict,
                                    const std::function<QString(const Device&)>& state) {
    std::vector<MachineRow> rows;
    std::set<std::string> placed;
    for (const Group& group : topology.groups) {
        MachineRow row = groupRow(group);
        for (const std::string& name : group.devices) {
            if (const Device* device = topology.find(name); device != nullptr && placed.insert(name).second)
                row.children.push_back(machineRow(*device, verdict(*device), state(*device)));
        }
        // Not to be viable is the way of all groups that the host uses; it matters where VFIO has a device.
        const bool wanted =
            std::any_of(group.devices.begin(), group.devices.end(), [&](const std::string& name) {
                const Device* device = topology.find(name);
                return device != nullptr && device->boundToVfio();
            });
        if (wanted && group.viable == false)
            row.verdict = QStringLiteral("⚠ ") + row.verdict;
        row.faint = std::all_of(row.children.begin(), row.children.end(),
                                [](const MachineRow& child) { return child.faint; });
        rows.push_back(std::move(row));
    }
    MachineRow rest;
    rest.key = "no group";
    rest.name = tr("no IOMMU group");
    rest.search = rest.name;
    for (const Device& device : topology.devices) {
        if (!placed.contains(device.name))
            rest.children.push_back(machineRow(device, verdict(device), state(device)));
    }
    if (!rest.children.empty())
        rows.push_back(std::move(rest));
    return rows;
}

struct MachineModel::Node {
    MachineRow row; ///< its children are in `children`, not here
    Node* parent = nullptr;
    std::vector<std::unique_ptr<Node>> children;

    mutable std::size_t hint = 0; ///< where it stood last: looked at first

    [[nodiscard]] int indexInParent() const {
        const auto& all = parent->children;
        if (hint >= all.size() || all[hint].get() != this) {
            const auto found = std::find_if(all.begin(), all.end(),
                                            [this](const auto& child) { return child.get() == this; });
            hint = static_cast<std::size_t>(found - all.begin());
        }
        return static_cast<int>(hint);
    }

    /// With all that is below it, before anybody is told.
    [[nodiscard]] static std::unique_ptr<Node> make(MachineRow row, Node* parent, std::size_t at) {
        auto node = std::make_unique<Node>();
        std::vector<MachineRow> children = std::exchange(row.children, {});
        node->row = std::move(row);
        node->parent = parent;
        node->hint = at;
        for (MachineRow& child : children)
            node->children.push_back(make(std::move(child), node.get(), node->children.size()));
        return node;
    }
};

MachineModel::MachineModel(QObject* parent) : QAbstractItemModel(parent), root_(std::make_unique<Node>()) {}
MachineModel::~MachineModel() = default;

void MachineModel::update(std::vector<MachineRow> rows) {
    merge(*root_, std::move(rows));
}

void MachineModel::updateDevice(const MachineRow& row) {
    const QModelIndex index = indexOf(row.key);
    if (!index.isValid() || nodeOf(index)->row == row)
        return;
    nodeOf(index)->row = row;
    emit dataChanged(index, index.siblingAtColumn(ColumnCount - 1));
}

void MachineModel::merge(Node& parent, std::vector<MachineRow> rows) {
    const QModelIndex parentIndex = &parent == root_.get() ? QModelIndex() : indexOfNode(parent, 0);
    auto& nodes = parent.children;
    std::set<std::string> wanted;
    for (const MachineRow& row : rows)
        wanted.insert(row.key);
    for (int at = static_cast<int>(nodes.size()) - 1; at >= 0; --at) {
        if (!wanted.contains(nodes[static_cast<std::size_t>(at)]->row.key)) {
            beginRemoveRows(parentIndex, at, at);
            nodes.erase(nodes.begin() + at);
            endRemoveRows();
        }
    }
    std::set<std::string> known;
    for (const auto& node : nodes)
        known.insert(node->row.key);
    for (std::size_t at = 0; at < rows.size();) {
        // New neighbours come in one go: a large machine is one insertion, not thousands.
        std::size_t end = at;
        while (end < rows.size() && !known.contains(rows[end].key))
            ++end;
        if (end > at) {
            beginInsertRows(parentIndex, static_cast<int>(at), static_cast<int>(end) - 1);
            std::vector<std::unique_ptr<Node>> fresh;
            for (; at < end; ++at)
                fresh.push_back(Node::make(std::move(rows[at]), &parent, at));
            nodes.insert(nodes.begin() + static_cast<std::ptrdiff_t>(end - fresh.size()),
                         std::make_move_iterator(fresh.begin()), std::make_move_iterator(fresh.end()));
            endInsertRows();
            continue;
        }
        const int row = static_cast<int>(at);
        const auto same = std::find_if(nodes.begin() + row, nodes.end(),
                                       [&](const auto& node) { return node->row.key == rows[at].key; });
        if (const int from = static_cast<int>(same - nodes.begin()); from != row) {
            beginMoveRows(parentIndex, from, from, parentIndex, row);
            std::rotate(nodes.begin() + row, nodes.begin() + from, nodes.begin() + from + 1);
            endMoveRows();
        }
        Node& node = *nodes[at];
        std::vector<MachineRow> children = std::exchange(rows[at].children, {});
        if (node.row != rows[at]) {
            node.row = std::move(rows[at]);
            emit dataChanged(indexOfNode(node, 0), indexOfNode(node, ColumnCount - 1));
        }
        merge(node, std::move(children));
        ++at;
    }
}

MachineModel::Node* MachineModel::nodeOf(const QModelIndex& index) const {
    return index.isValid() ? static_cast<Node*>(index.internalPointer()) : root_.get();
}

QModelIndex MachineModel::indexOfNode(const Node& node, int column) const {
    return createIndex(node.indexInParent(), column, &node);
}

QModelIndex MachineModel::indexOf(const std::string& device) const {
    for (const auto& group : root_->children) {
        for (const auto& node : group->children) {
            if (node->row.key == device)
                return indexOfNode(*node, 0);
        }
    }
    return {};
}

QModelIndex MachineModel::index(int row, int column, const QModelIndex& parent) const {
    const Node* node = nodeOf(parent);
    if (parent.column() > 0 || row < 0 || column < 0 || column >= ColumnCount ||
        row >= static_cast<int>(node->children.size()))
        return {};
    return createIndex(row, column, node->children[static_cast<std::size_t>(row)].get());
}

QModelIndex MachineModel::parent(const QModelIndex& child) const {
    if (!child.isValid())
        return {};
    const Node* parent = nodeOf(child)->parent;
    return parent == nullptr || parent == root_.get() ? QModelIndex() : indexOfNode(*parent, 0);
}

int MachineModel::rowCount(const QModelIndex& parent) const {
    return parent.column() > 0 ? 0 : static_cast<int>(nodeOf(parent)->children.size());
}

int MachineModel::columnCount(const QModelIndex&) const {
    return ColumnCount;
}

QVariant MachineModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid())
        return {};
    const MachineRow& row = nodeOf(index)->row;
    switch (role) {
    case Qt::DisplayRole:
        return index.column() == Name ? row.name : row.verdict;
    case Qt::ToolTipRole:
    case Qt::AccessibleDescriptionRole:
        return row.help;
    case Qt::AccessibleTextRole:
        return index.column() == Name ? row.name + QStringLiteral(", ") + row.verdict : row.verdict;
    case Qt::ForegroundRole:
        if (row.faint || !row.isDevice)
            return Theme::of(QGuiApplication::palette()).quiet();
        return {};
    case DeviceRole:
        return row.isDevice ? QString::fromStdString(row.key) : QString();
    case SearchRole:
        return row.search;
    default:
        return {};
    }
}

QVariant MachineModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    return section == Name ? tr("Group, device") : tr("Migrates");
}

} // namespace migscope
