<?php
/**
 * The panel beside an article that shows its internal links.
 *
 * @package Igny8
 */

namespace Igny8\Admin\Review;

defined( 'ABSPATH' ) || exit;

/**
 * An empty place; links.js fills it and keeps what is chosen.
 */
final class Links_Panel {

	/**
	 * Draws the place.
	 *
	 * @param array $content Of the backend; the script asks for the links itself.
	 */
	public static function render( array $content ): void { // phpcs:ignore Generic.CodeAnalysis.UnusedFunctionParameter
		?>
		<section class="igny8-card" id="igny8-links" aria-labelledby="igny8-links-title">
			<h2 id="igny8-links-title"><?php esc_html_e( 'Internal links', 'igny8' ); ?></h2>
			<p class="igny8-form-answer" role="status"><?php esc_html_e( 'One moment…', 'igny8' ); ?></p>
			<div class="igny8-links-body"></div>
		</section>
		<?php
	}
}
