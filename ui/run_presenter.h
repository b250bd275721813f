// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Recordings, runs and the selection: puts them into the panels that show them.
#pragma once

#include <QObject>
#include <QString>

#include <map>
#include <optional>
#include <vector>

#include "core/base/error.h"
#include "core/device/migration_state.h"
#include "core/transfer/event.h"
#include "ui/presenter.h"
#include "ui/run_request.h"
#include "ui/run_source.h"
#include "ui/selection.h"
#include "ui/unfinished.h"

class QAction;
class QMimeData;

namespace migscope {

/// What Presenter is for machines and devices, this is for what was recorded of them.
class RunPresenter : public QObject {
    Q_OBJECT
public:
    explicit RunPresenter(const WindowParts& parts, QObject* parent = nullptr);
    /// Null when it is not known (any more).
    [[nodiscard]] RunSourcePtr find(SourceId id) const;
    void openFiles(const QStringList& paths);
    /// Recordings and saved states.
    void openDropped(const QMimeData& data);

public slots:
    void onSourceAdded(const migscope::RunSourcePtr& source);
    void onSourceGrew(migscope::SourceId id);
    void onSourceEnded(migscope::SourceId id);
    void onEvents(migscope::SourceId source, std::size_t first, const std::vector<migscope::Event>& events);
    void onOpened(const migscope::RunSourcePtr& source);
    void onStopped(migscope::SourceId id, const migscope::Error& error);
    void onClosed(migscope::SourceId id);
    void onSaved(const QString& path);
    void onSaveFailed(const QString& path, const migscope::Error& error);
    void onOpenFailed(const QString& path, const migscope::Error& error);
    void onUnfinished(const QList<migscope::Unfinished>& found);
    void onOfferAnswered(int which);
    void onRunChanged();
    void onTick();
    void onTab();
    void onDeviceChanged();
    void showRun(const migscope::RunSourcePtr& source);
    void onTicked();
    /// In the Timeline, zoomed to the run.
    void showOneRun(const migscope::RunSourcePtr& source, int run);
    void showSelection();
    void pickArc(migscope::MigState from, migscope::MigState to);
    /// The devices that a run may be between: asked again whenever one changed while the panel is shown.
    void showEnds();
    void showRunPanel();
    void start(const migscope::RunRequest& request);
    void chooseRecording();
    void fillRecent();
    /// The entry's data names it. Opened once: the second time its row is shown again.
    void showExample(const QAction* entry);
    void saveShown();
    void saveAs(const migscope::RunSourcePtr& source);
    void saveStretch(const migscope::RunSourcePtr& source, migscope::TimeRange range);
    void onMarked(const migscope::RunSourcePtr& source, bool inMemory);
    void copyCommand(const migscope::RunRequest& request);

signals:
    void briefMessage(const QString& text);

private:
    void offerNext();
    void showRecordingActs();
    /// What was looked at in a file that is read again.
    struct Looked {
        QString path;
        TimeRange range;
        std::optional<TimeCursor> cursor;
    };
    WindowParts parts_;
    std::optional<Looked> looked_;
    std::map<SourceId, RunSourcePtr> sources_;
    bool otherDevice_ = false;     ///< since the run panel last heard of it
    QList<Unfinished> unfinished_; ///< the first one is the one that is offered
};

} // namespace migscope
