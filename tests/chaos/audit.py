"""What is counted after a run of faults: was anything lost, doubled or paid twice unsaid?"""

from collections import Counter
from dataclasses import asdict, dataclass
from decimal import Decimal

from tests.chaos.ground import Ground

PAID = ("/chat/completions", "/images/generations")


@dataclass(frozen=True)
class Audit:
    """Counts after all work has ended; the last lines must be 0."""

    articles: int
    posts: int
    pictures: int  # attachments that the site made
    uploads: int
    billed_by_provider: int
    answered_calls: int
    in_the_air: int  # calls the ledger marks as perhaps billed without an answer
    quarantined: int
    lost: int
    duplicate_posts: int
    duplicate_media: int
    posts_without_picture: int
    paid_twice_unsaid: int
    ledger_faults: int

    @property
    def faults(self) -> dict[str, int]:
        """What must not be."""
        names = list(asdict(self))
        bad = names[names.index("lost") :]
        return {name: count for name, count in asdict(self).items() if name in bad and count}


def audit(ground: Ground) -> Audit:
    """Count."""
    posts = Counter(title for _, title in ground.site.posts)
    billed = sum(
        bool(entry["billed"]) for entry in ground.sandbox.journal() if entry["path"].endswith(PAID)
    )
    calls = ground.rows("select state, run_id, step, prompt_hash, model from paid_call")
    states = Counter(call["state"] for call in calls)
    answered = Counter(
        (call["run_id"], call["step"], call["prompt_hash"], call["model"])
        for call in calls
        if call["state"] == "done"
    )
    twice = sum(count - 1 for count in answered.values())
    unsaid = max(0, billed - states["done"] - states["unknown"])
    return Audit(
        articles=len(ground.submitted),
        posts=len(ground.site.posts),
        pictures=len(ground.site.media),
        uploads=ground.site.calls["media"],
        billed_by_provider=billed,
        answered_calls=states["done"],
        in_the_air=states["unknown"],
        quarantined=ground.quarantined,
        lost=len(lost_articles(ground)),
        duplicate_posts=sum(count - 1 for count in posts.values()),
        duplicate_media=len(ground.site.media) - len(set(ground.site.media)),
        posts_without_picture=sum(
            picture not in ground.site.media for picture in ground.site.featured.values()
        ),
        paid_twice_unsaid=twice + unsaid,
        ledger_faults=ledger_faults(ground),
    )


def lost_articles(ground: Ground) -> list[str]:
    """Articles that were accepted and did not come to a post with their picture."""
    chains = ground.rows(
        "select r.id, r.state, d.state as delivered, i.state as drawn, c.title"
        " from ai_task_log r left join ai_task_log p on p.id = r.next_id"
        " left join delivery d on d.id = p.next_id"
        " left join content c on c.id = d.content_id"
        " left join image i on i.content_id = c.id"
        " where r.function_name = 'generate_content'"
    )
    whole = {
        row["id"]
        for row in chains
        if (row["state"], row["delivered"], row["drawn"]) == ("success", "success", "generated")
    }
    return [
        title for title, run_id in ground.submitted.items() if run_id.replace("-", "") not in whole
    ]


def ledger_faults(ground: Ground) -> int:
    """Calls whose reservation was not given back, and sums that do not agree."""
    open_holds = ground.rows(
        "select call_id from ledger_entry where kind in ('reserve', 'refund')"
        " group by call_id having abs(sum(amount_usd)) > 0.000000001"
    )
    left = ground.rows("select id from budget_hold") + ground.rows(
        "select id from paid_call where state = 'intent'"
    )
    costs = ground.rows("select cost_usd as usd from paid_call where state = 'done'")
    settled = ground.rows("select amount_usd as usd from ledger_entry where kind = 'settle'")
    counted = ground.rows(
        "select used - unpriced as units from budget_counter"
        " where site_id is null and key like 'account:%:day:%'"
    )
    spent = _sum(costs)
    sums_differ = spent != _sum(settled)
    counter_differs = abs(sum(row["units"] for row in counted) - int(spent * 10**8)) > len(costs)
    return len(open_holds) + len(left) + int(sums_differ) + int(counter_differs)


def _sum(rows: list[dict[str, float | None]]) -> Decimal:
    exact = Decimal("0.00000001")
    amounts = (Decimal(str(row["usd"] or 0)).quantize(exact) for row in rows)
    return sum(amounts, Decimal(0))
