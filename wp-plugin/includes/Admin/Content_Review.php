<?php
/**
 * One article: read it as readers will, change it, approve it, publish it.
 *
 * @package Igny8
 */

namespace Igny8\Admin;

use Igny8\Capabilities;
use Igny8\Client;
use Igny8\Site\Preview;

defined( 'ABSPATH' ) || exit;

/**
 * A preview beside a form; review.js saves and starts the work.
 */
final class Content_Review {

	/** Cards beside the text, one class each; a card that carries data-panel is drawn anew when work has moved. */
	const PANELS = array( Review\Schedule_Panel::class, Review\Wish_Panel::class, Review\Links_Panel::class, Review\Versions_Panel::class );

	/** Cards above the text, which need its width. */
	const WIDE_PANELS = array( Review\Conflict_Panel::class, Review\Proposal_Panel::class );

	/**
	 * Draws the article with this id.
	 */
	public static function render( string $id ): void {
		$answer = Client::of_site()->get( '/v1/writer/content/' . $id . '/', array(), false );
		if ( is_wp_error( $answer ) ) {
			Screen::failure( $answer );
			return;
		}
		$content = (array) $answer['content'];
		printf( '<p>%s</p><div id="igny8-list" tabindex="-1"></div>', wp_kses_post( Cells::link( Menu::url( Menu::CONTENTS ), __( '← All content', 'igny8' ) ) ) );
		printf( '<form id="igny8-review" autocomplete="off" data-id="%s" data-kind="contents" data-content="%s" data-task="%s" data-title="%s" data-version="%d">', esc_attr( $id ), esc_attr( $id ), esc_attr( (string) ( $content['task_id'] ?? '' ) ), esc_attr( (string) $content['title'] ), (int) ( $content['version'] ?? 1 ) );
		echo '<div class="igny8-review-columns"><div>';
		foreach ( self::WIDE_PANELS as $panel ) {
			$panel::render( $content );
		}
		self::texts( $content );
		self::preview( $content );
		echo '</div><aside>';
		self::state( $content );
		foreach ( self::PANELS as $panel ) {
			$panel::render( $content );
		}
		self::details( $content );
		echo '</aside></div></form>';
	}

	/**
	 * Title and text.
	 */
	private static function texts( array $content ): void {
		?>
		<p>
			<label for="igny8-review-title"><?php esc_html_e( 'Title', 'igny8' ); ?></label>
			<input type="text" id="igny8-review-title" name="title" class="large-text igny8-big" dir="auto" maxlength="300" required value="<?php echo esc_attr( (string) $content['title'] ); ?>">
		</p>
		<details class="igny8-outline">
			<summary><?php esc_html_e( 'Edit the text as HTML', 'igny8' ); ?></summary>
			<label class="screen-reader-text" for="igny8-review-html"><?php esc_html_e( 'Text as HTML', 'igny8' ); ?></label>
			<textarea id="igny8-review-html" name="html" rows="20" class="large-text code" dir="auto" spellcheck="true"><?php echo esc_textarea( (string) $content['html'] ); ?></textarea>
		</details>
		<?php
	}

	/**
	 * The text in the site's own theme, as readers will see it; nothing in it can run.
	 */
	private static function preview( array $content ): void {
		printf(
			'<iframe class="igny8-preview" name="igny8-preview" sandbox="allow-same-origin" title="%s" data-url="%s" data-nonce="%s" data-post="%d"></iframe>',
			esc_attr__( 'Preview of the article', 'igny8' ),
			esc_url( Preview::url() ),
			esc_attr( wp_create_nonce( Preview::ACTION ) ),
			(int) ( $content['wp_post_id'] ?? 0 )
		);
	}

	/**
	 * Where it stands, and the buttons.
	 */
	private static function state( array $content ): void {
		$words = Contents_Table::words();
		echo '<section class="igny8-card"><h2>' . esc_html__( 'State', 'igny8' ) . '</h2><p>';
		echo Cells::pill( (string) $content['status'], $words[ $content['status'] ] ?? (string) $content['status'] ) . Cells::sandbox( $content['sandbox'] ?? false ); // phpcs:ignore WordPress.Security.EscapeOutput -- escaped there.
		/* translators: %s: number of words. */
		printf( ' %s</p><p>%s</p>', esc_html( sprintf( __( '%s words', 'igny8' ), number_format_i18n( (int) $content['word_count'] ) ) ), wp_kses_post( Cells::post_links( $content ) ) );
		foreach ( array_filter( (array) ( $content['warnings'] ?? array() ), 'is_string' ) as $warning ) {
			printf( '<p class="igny8-flag">%s</p>', esc_html( $warning ) );
		}
		echo '<p class="igny8-buttons">';
		if ( current_user_can( Capabilities::PUBLISH ) ) {
			self::buttons( $content );
		}
		echo '</p><p class="igny8-form-answer" role="status"></p></section>';
	}

	/**
	 * What can be done with the text, by those who may.
	 */
	private static function buttons( array $content ): void {
		printf( '<button type="submit" class="button" disabled value="">%s</button>', esc_html__( 'Save', 'igny8' ) );
		if ( in_array( $content['status'], array( 'draft', 'review' ), true ) ) {
			printf( '<button type="submit" class="button" disabled value="approved">%s</button>', esc_html__( 'Approve', 'igny8' ) );
		}
		$label = empty( $content['wp_post_id'] ) ? __( 'Save and publish', 'igny8' ) : __( 'Save and update post', 'igny8' );
		printf( '<button type="submit" class="button button-primary" disabled value="publish">%s</button>', esc_html( $label ) );
	}

	/**
	 * What stands around the text.
	 */
	private static function details( array $content ): void {
		$fields = array(
			'excerpt'         => array( __( 'Excerpt', 'igny8' ), (string) $content['excerpt'], 3 ),
			'seo.title'       => array( __( 'Title for search engines', 'igny8' ), (string) ( $content['seo']['title'] ?? '' ), 1 ),
			'seo.description' => array( __( 'Description for search engines', 'igny8' ), (string) ( $content['seo']['description'] ?? '' ), 3 ),
			'seo.focus'       => array( __( 'Focus keyphrase', 'igny8' ), (string) ( $content['seo']['focus'] ?? '' ), 1 ),
			'terms.categories' => array( __( 'Categories, separated by commas', 'igny8' ), implode( ', ', (array) ( $content['terms']['categories'] ?? array() ) ), 1 ),
			'terms.tags'      => array( __( 'Tags, separated by commas', 'igny8' ), implode( ', ', (array) ( $content['terms']['tags'] ?? array() ) ), 1 ),
		);
		echo '<section class="igny8-card"><h2>' . esc_html__( 'Details', 'igny8' ) . '</h2>';
		foreach ( $fields as $name => list( $label, $value, $rows ) ) {
			$id = 'igny8-review-' . str_replace( '.', '-', $name );
			printf( '<p><label for="%1$s">%2$s</label><textarea id="%1$s" name="%3$s" rows="%4$d" class="large-text" dir="auto">%5$s</textarea></p>', esc_attr( $id ), esc_html( $label ), esc_attr( $name ), (int) $rows, esc_textarea( $value ) );
		}
		echo '</section>';
	}
}
