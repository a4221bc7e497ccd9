"""Many rows at once: the database makes them itself, from one statement."""

from sqlalchemy import text

from igny8_flask.db import db

COUNTED = {
    "sqlite": "WITH RECURSIVE series(n) AS (SELECT :first UNION ALL SELECT n + 1 FROM series"
    " WHERE n + 1 < :last)",
    "postgresql": "WITH series(n) AS (SELECT generate_series(:first, :last - 1))",
}
NEW_ID = {  # in order of age, as the product's own
    "sqlite": "printf('01%030x', n)",
    "postgresql": "('01' || lpad(to_hex(n), 30, '0'))::uuid",
}
NOW = {"sqlite": "datetime('now')", "postgresql": "now()"}
STEPS = '[{"stepNumber": 1, "stepName": "Validate", "status": "success", "message": "accepted"}]'
# filling is not what is measured: no checks of parents, and room for the indexes meanwhile
HURRY = {
    "sqlite": ("PRAGMA foreign_keys=OFF", "PRAGMA cache_size=-400000"),
    "postgresql": ("SET session_replication_role = replica", "SET statement_timeout = 0"),
}
CALM = {
    "sqlite": ("PRAGMA foreign_keys=ON", "PRAGMA cache_size=-512"),
    "postgresql": ("SET session_replication_role = DEFAULT", "RESET statement_timeout"),
}
OWNERS = (
    "JOIN (SELECT id AS site_id, account_id, row_number() OVER (ORDER BY id) - 1 AS place"
    " FROM site) owner ON owner.place = n % (SELECT count(*) FROM site)"
)
KEYWORDS = """
INSERT INTO keyword (id, created_at, updated_at, account_id, site_id, keyword, volume, status)
{counted}
SELECT {new_id}, {now}, {now}, owner.account_id, owner.site_id, 'phrase ' || n, n % 5000, 'new'
FROM series {owners}
"""
RUNS = """
INSERT INTO ai_task_log (id, created_at, updated_at, account_id, site_id, function_name, state,
  generation, priority, attempts, crashes, cancel_requested, work_key, is_batch, phase,
  percentage, message, request_steps, response_steps, result, payload, credits, tokens, sandbox,
  started_at, finished_at)
{counted}
SELECT {new_id}, {now}, {now}, owner.account_id, owner.site_id, 'generate_content', 'success',
  1, 0, 1, 0, {false}, 'bulk ' || n, {false}, 'DONE',
  100, 'Done.', '{steps}', '{steps}', '{{}}', '{{}}', 10, 900, {false}, {now}, {now}
FROM series {owners}
"""


def add_keywords(count: int, first: int = 0) -> None:
    """So many keywords more, spread over all sites."""
    _execute(KEYWORDS, count, first)


def add_finished_runs(count: int, first: int = 0) -> None:
    """So many runs more that have succeeded, spread over all sites."""
    _execute(RUNS, count, first)


def _execute(template: str, count: int, first: int) -> None:
    dialect = db.engine.dialect.name
    statement = template.format(
        counted=COUNTED[dialect],
        new_id=NEW_ID[dialect],
        now=NOW[dialect],
        false="0" if dialect == "sqlite" else "false",
        owners=OWNERS,
        steps=STEPS.replace(":", r"\:"),
    )
    with db.engine.connect() as connection:
        for words in HURRY[dialect]:
            connection.exec_driver_sql(words)
        connection.execute(text(statement), {"first": first, "last": first + count})
        connection.commit()
        for words in CALM[dialect]:
            connection.exec_driver_sql(words)
        connection.commit()
