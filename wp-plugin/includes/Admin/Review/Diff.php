<?php
/**
 * A fold that shows the difference of two texts.
 *
 * @package Igny8
 */

namespace Igny8\Admin\Review;

defined( 'ABSPATH' ) || exit;

/**
 * Empty here; changes.js fills it from a route when it is opened.
 */
final class Diff {

	/**
	 * Draws it.
	 *
	 * @param string $words Of the summary.
	 * @param string $path  Route that answers {changed, text}.
	 * @param string $old   What the removed lines are.
	 * @param string $new   What the added lines are.
	 * @param bool   $open  Whether it is open from the start.
	 */
	public static function fold( string $words, string $path, string $old, string $new, bool $open = false ): void {
		/* translators: 1: name of the older text, 2: name of the newer one. */
		$legend = sprintf( __( '− %1$s, + %2$s', 'igny8' ), $old, $new );
		printf(
			'<details class="igny8-diff" data-path="%s"%s><summary>%s</summary><p class="description">%s</p><div class="igny8-lines" role="region" tabindex="0" aria-label="%s" aria-live="polite"></div></details>',
			esc_attr( $path ),
			$open ? ' open' : '',
			esc_html( $words ),
			esc_html( $legend ),
			esc_attr( $words )
		);
	}
}
