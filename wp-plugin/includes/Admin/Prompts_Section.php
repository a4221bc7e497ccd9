<?php
/**
 * The site's own prompts: edit, try without paying, go back.
 *
 * @package Igny8
 */

namespace Igny8\Admin;

use Igny8\Client;

defined( 'ABSPATH' ) || exit;

/**
 * One form for the chosen prompt; prompts.js sends it.
 */
final class Prompts_Section {

	/**
	 * Draws the section.
	 */
	public static function render(): void {
		$list = Client::of_site()->get( '/v1/system/prompts/', array(), false );
		if ( is_wp_error( $list ) ) {
			Screen::failure( $list );
			return;
		}
		$types = array_column( array_filter( (array) ( $list['results'] ?? array() ), 'is_array' ), 'prompt_type' );
		$asked = isset( $_GET['prompt'] ) && is_string( $_GET['prompt'] ) ? sanitize_key( wp_unslash( $_GET['prompt'] ) ) : ''; // phpcs:ignore WordPress.Security.NonceVerification
		$type  = in_array( $asked, $types, true ) ? $asked : (string) reset( $types );
		self::choice( $types, $type );
		$answer = Client::of_site()->get( '/v1/system/prompts/' . $type . '/', array(), false );
		if ( is_wp_error( $answer ) ) {
			Screen::failure( $answer );
			return;
		}
		self::form( (array) $answer['prompt'] );
	}

	/**
	 * What a prompt type is called.
	 */
	private static function name( string $type ): string {
		return Work_Words::functions()[ $type ] ?? ucfirst( str_replace( '_', ' ', $type ) );
	}

	/**
	 * Links to the prompts.
	 *
	 * @param string[] $types All.
	 * @param string   $type  The chosen one.
	 */
	private static function choice( array $types, string $type ): void {
		echo '<ul class="subsubsub">';
		foreach ( $types as $i => $one ) {
			printf( '<li>%s<a href="%s"%s>%s</a></li>', $i ? ' | ' : '', esc_url( Menu::url( Menu::SETTINGS, array( 'section' => 'prompts', 'prompt' => $one ) ) ), $one === $type ? ' class="current" aria-current="page"' : '', esc_html( self::name( $one ) ) ); // phpcs:ignore WordPress.Security.EscapeOutput -- both choices are literals.
		}
		echo '</ul><br class="clear">';
	}

	/**
	 * The template with what it may name, its trial and its versions.
	 *
	 * @param array $prompt Of the backend.
	 */
	private static function form( array $prompt ): void {
		?>
		<form id="igny8-prompt" autocomplete="off" data-type="<?php echo esc_attr( $prompt['prompt_type'] ); ?>">
			<p>
				<label for="igny8-template"><strong><?php esc_html_e( 'Template', 'igny8' ); ?></strong></label>
				<textarea id="igny8-template" name="template" rows="14" class="large-text code" dir="auto" required aria-describedby="igny8-template-help"><?php echo esc_textarea( $prompt['template'] ); ?></textarea>
			</p>
			<div id="igny8-template-help">
				<p class="description"><?php esc_html_e( 'Placeholders that are filled in for each article:', 'igny8' ); ?></p>
				<ul class="igny8-placeholders">
				<?php foreach ( (array) $prompt['placeholders'] as $one ) : ?>
					<li><code><?php echo esc_html( $one['forms'][1] ); ?></code> <?php echo esc_html( $one['meaning'] ); ?></li>
				<?php endforeach; ?>
				</ul>
			</div>
			<p class="igny8-buttons">
				<button type="submit" class="button button-primary" value="save" disabled><?php esc_html_e( 'Save as new version', 'igny8' ); ?></button>
				<button type="submit" class="button" value="try" disabled><?php esc_html_e( 'Try without paying', 'igny8' ); ?></button>
				<span class="igny8-form-answer" role="status"></span>
			</p>
			<div class="igny8-trial" hidden>
				<h3><?php esc_html_e( 'What would be sent', 'igny8' ); ?></h3>
				<p role="status"></p>
				<pre tabindex="0" dir="auto"></pre>
			</div>
		</form>
		<?php
		self::versions( (array) ( $prompt['versions'] ?? array() ) );
	}

	/**
	 * Versions of the site, newest first, and the way back to none.
	 *
	 * @param array[] $versions Of the backend.
	 */
	private static function versions( array $versions ): void {
		echo '<h3>' . esc_html__( 'Versions of this site', 'igny8' ) . '</h3>';
		if ( ! $versions ) {
			echo '<p>' . esc_html__( 'None: the template of the service is in use.', 'igny8' ) . '</p>';
			return;
		}
		echo '<ul class="igny8-versions">';
		foreach ( $versions as $version ) {
			$number = (int) $version['version'];
			/* translators: %d: number of a version. */
			printf( '<li><strong>%s</strong> %s ', esc_html( sprintf( __( 'Version %d', 'igny8' ), $number ) ), wp_kses_post( Cells::time( (string) $version['created_at'] ) ) );
			if ( ! empty( $version['is_active'] ) ) {
				echo '<span class="igny8-check is-ok">' . esc_html__( 'In use', 'igny8' ) . '</span>';
			} else {
				printf( '<button type="button" disabled class="button-link" data-version="%d">%s</button>', (int) $number, esc_html__( 'Use again', 'igny8' ) );
			}
			echo '</li>';
		}
		printf( '<li><button type="button" disabled class="button-link" data-version="0">%s</button></li></ul>', esc_html__( 'Use the template of the service', 'igny8' ) );
	}
}
