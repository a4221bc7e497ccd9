"""What a run left behind: posts in WordPress, calls at the provider, rows in the ledger."""

from collections import Counter
from typing import Any

from tests.lab.stack import Stack
from tests.lab.wordpress_site import WordPressSite

POSTS = """
return array_map(
	fn( $id ) => array( 'id' => $id, 'uuid' => get_post_meta( $id, '_igny8_content_id', true ) ),
	get_posts( array(
		'meta_key' => '_igny8_content_id', 'post_status' => 'any,trash',
		'posts_per_page' => -1, 'fields' => 'ids',
	) )
);
"""
PAID = ("/chat/completions", "/images/generations")
PICTURES = """
return count( get_posts( array(
	'post_type' => 'attachment', 'post_status' => 'any', 'posts_per_page' => -1,
	'meta_key' => '_igny8_sha256', 'fields' => 'ids',
) ) );
"""


def posts(site: WordPressSite) -> list[dict[str, Any]]:
    """Every post the product made on the site: {id, uuid}."""
    found: list[dict[str, Any]] = site.wp_eval(POSTS)
    return found


def pictures(site: WordPressSite) -> int:
    """How many pictures the product uploaded to the site."""
    return int(site.wp_eval(PICTURES))


def paid_calls(stack: Stack) -> Counter[str]:
    """Requests of the kind that costs money that reached the provider, by address and prompt."""
    return Counter(
        f"{entry['path']} {entry['prompt_hash']}"
        for entry in stack.sandbox_provider.journal()
        if entry["path"].endswith(PAID)
    )


def calls_on_record(stack: Stack, run_id: str) -> Counter[str]:
    """The product's own record of a run's paid calls, by their state."""
    sql = "select state from paid_call where run_id = ? order by created_at"
    return Counter(row["state"] for row in stack.rows(sql, run_id.replace("-", "")))
