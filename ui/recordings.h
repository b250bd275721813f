// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Reads recordings from files in a thread of its own.
#pragma once

#include <QObject>
#include <QString>

#include <memory>

#include "core/base/error.h"
#include "core/transfer/recording.h"
#include "ui/background.h"

namespace migscope {

/// Lives in the GUI thread.
class Recordings : public QObject {
    Q_OBJECT
public:
    explicit Recordings(QObject* parent = nullptr);
    ~Recordings() override;
    void open(const QString& path);

signals:
    void opened(const QString& path, std::shared_ptr<const migscope::Recording> recording);
    void failed(const QString& path, const migscope::Error& error);

private:
    Background background_;
    Postbox postbox_;
};

} // namespace migscope
