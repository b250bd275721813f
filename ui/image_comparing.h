// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Compares two saved states outside the GUI thread.
#pragma once

#include <QObject>
#include <QString>

#include <atomic>
#include <memory>

#include "core/transfer/image_bytes.h"
#include "core/transfer/image_diff.h"
#include "ui/background.h"

namespace migscope {

/// What a comparison found, and both states to look into.
struct ComparedImages {
    QString pathA;
    QString pathB;
    ImageDiff diff;
    std::shared_ptr<const ImageBytes> a;
    std::shared_ptr<const ImageBytes> b;
};

/// Lives in the GUI thread; one comparison at a time, a new one takes the place of the last. Its thread is
/// waited for by nobody.
class ImageComparing : public QObject {
    Q_OBJECT
public:
    explicit ImageComparing(QObject* parent = nullptr);
    ~ImageComparing() override;
    [[nodiscard]] bool running() const { return cancel_ != nullptr; }

    enum class Stage { VerifyA, VerifyB, Compare };

public slots:
    /// Absolute paths of files. Ends in done(), failed() or cancelled(), unless start() is called again.
    void start(const QString& a, const QString& b);
    /// At once, whatever the thread does.
    void cancel();

signals:
    /// Bytes; only when it takes long, and then each 100 ms at most. `total` 0: unknown.
    void progress(migscope::ImageComparing::Stage stage, quint64 done, quint64 total);
    void done(const std::shared_ptr<const migscope::ComparedImages>& found);
    void failed(const QString& path, const migscope::Error& error);
    void cancelled();

private:
    Background background_;
    Postbox postbox_;
    std::shared_ptr<std::atomic<bool>> cancel_; ///< of the one under way, or null
};

} // namespace migscope
