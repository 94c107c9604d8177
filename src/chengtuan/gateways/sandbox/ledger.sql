-- Times are seconds since 1970 in UTC, money is fen. CHECKs are the partner's own invariants.
CREATE TABLE IF NOT EXISTS trade (
    out_trade_no   TEXT PRIMARY KEY,
    prepay_id      TEXT NOT NULL UNIQUE,
    trade_type     TEXT NOT NULL CHECK (trade_type IN ('JSAPI', 'MWEB')),
    appid          TEXT NOT NULL,
    description    TEXT NOT NULL,
    attach         TEXT,
    amount_fen     INTEGER NOT NULL CHECK (amount_fen > 0),
    payer_openid   TEXT,
    notify_url     TEXT NOT NULL,
    time_expire    REAL,
    state          TEXT NOT NULL CHECK (state IN ('NOTPAY', 'USERPAYING', 'SUCCESS', 'REFUND', 'CLOSED')),
    transaction_id TEXT UNIQUE,
    created_at     REAL NOT NULL,
    pay_at         REAL,
    success_time   REAL,
    refunded_fen   INTEGER NOT NULL DEFAULT 0 CHECK (refunded_fen BETWEEN 0 AND amount_fen),
    CHECK ((state IN ('SUCCESS', 'REFUND')) = (transaction_id IS NOT NULL))
) STRICT;
CREATE INDEX IF NOT EXISTS trade_pay_at ON trade (pay_at) WHERE pay_at IS NOT NULL;
CREATE INDEX IF NOT EXISTS trade_created ON trade (created_at);

CREATE TABLE IF NOT EXISTS refund (
    out_refund_no TEXT PRIMARY KEY,
    refund_id     TEXT NOT NULL UNIQUE,
    out_trade_no  TEXT NOT NULL REFERENCES trade,
    amount_fen    INTEGER NOT NULL CHECK (amount_fen > 0),
    reason        TEXT NOT NULL,
    notify_url    TEXT,
    status        TEXT NOT NULL CHECK (status IN ('PROCESSING', 'SUCCESS', 'ABNORMAL', 'CLOSED')),
    outcome       TEXT NOT NULL CHECK (outcome IN ('SUCCESS', 'ABNORMAL', 'CLOSED')),
    created_at    REAL NOT NULL,
    settle_at     REAL,
    success_time  REAL
) STRICT;
CREATE INDEX IF NOT EXISTS refund_trade ON refund (out_trade_no, created_at);
CREATE INDEX IF NOT EXISTS refund_settle_at ON refund (settle_at) WHERE settle_at IS NOT NULL;

CREATE TABLE IF NOT EXISTS notice (
    id          TEXT PRIMARY KEY,
    event_type  TEXT NOT NULL,
    notify_url  TEXT NOT NULL,
    content     TEXT NOT NULL,
    created_at  REAL NOT NULL,
    due_at      REAL,
    attempts    INTEGER NOT NULL DEFAULT 0,
    status      TEXT NOT NULL CHECK (status IN ('pending', 'held', 'delivered', 'lost', 'exhausted')),
    quirk       TEXT,
    last_answer TEXT
) STRICT;
CREATE INDEX IF NOT EXISTS notice_due ON notice (due_at) WHERE status = 'pending';
CREATE INDEX IF NOT EXISTS notice_held ON notice (id) WHERE status = 'held';

CREATE TABLE IF NOT EXISTS sms (
    request_id TEXT PRIMARY KEY,
    id         TEXT NOT NULL UNIQUE,
    phone      TEXT NOT NULL,
    template   TEXT NOT NULL,
    params     TEXT NOT NULL,
    language   TEXT NOT NULL,
    sent_at    REAL NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS sms_phone ON sms (phone, sent_at);

CREATE TABLE IF NOT EXISTS subscribe_message (
    id          INTEGER PRIMARY KEY,
    openid      TEXT NOT NULL,
    template_id TEXT NOT NULL,
    page        TEXT,
    data        TEXT NOT NULL,
    sent_at     REAL NOT NULL
) STRICT;

CREATE TABLE IF NOT EXISTS consent (
    openid      TEXT NOT NULL,
    template_id TEXT NOT NULL,
    remaining   INTEGER NOT NULL CHECK (remaining >= 0),
    PRIMARY KEY (openid, template_id)
) STRICT;

CREATE TABLE IF NOT EXISTS code (
    code       TEXT PRIMARY KEY,
    kind       TEXT NOT NULL CHECK (kind IN ('login', 'phone')),
    value      TEXT NOT NULL,
    expires_at REAL NOT NULL,
    used       INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE IF NOT EXISTS access_token (
    token      TEXT PRIMARY KEY,
    expires_at REAL NOT NULL
) STRICT;

CREATE TABLE IF NOT EXISTS shipping_info (
    transaction_id TEXT PRIMARY KEY,
    content        TEXT NOT NULL,
    upload_time    TEXT NOT NULL,
    delivery_mode  INTEGER NOT NULL CHECK (delivery_mode IN (1, 2)),
    finished       INTEGER NOT NULL,
    uploads        INTEGER NOT NULL,
    reshipped      INTEGER NOT NULL DEFAULT 0 CHECK (reshipped <= 1)
) STRICT;

CREATE TABLE IF NOT EXISTS bill (
    bill_date TEXT PRIMARY KEY,
    content   TEXT NOT NULL
) STRICT;

CREATE TABLE IF NOT EXISTS bill_plant (
    id        INTEGER PRIMARY KEY,
    bill_date TEXT NOT NULL,
    content   TEXT NOT NULL
) STRICT;

CREATE TABLE IF NOT EXISTS fault (
    id      INTEGER PRIMARY KEY,
    kind    TEXT NOT NULL,
    times   INTEGER NOT NULL CHECK (times > 0),
    seconds REAL NOT NULL
) STRICT;

CREATE TABLE IF NOT EXISTS state (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT;
