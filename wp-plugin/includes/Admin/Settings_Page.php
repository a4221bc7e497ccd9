<?php
/**
 * The Settings screen: connect, self-test, disconnect, and what the service does for this site.
 *
 * @package Igny8
 */

namespace Igny8\Admin;

use Igny8\Connection;
use Igny8\Options;
use Igny8\Self_Test;

defined( 'ABSPATH' ) || exit;

/**
 * One form while the site is not connected, sections when it is.
 */
final class Settings_Page {

	/**
	 * Draws the screen.
	 */
	public static function render(): void {
		Screen::open( __( 'Settings', 'igny8' ) );
		if ( ! in_array( Options::state(), array( Options::CONNECTED, Options::DENIED ), true ) || ! Options::has_key() ) {
			self::connect_form();
		} else {
			$section = self::section();
			self::tabs( $section );
			if ( 'connection' === $section ) {
				self::connected( Connection::describe() );
			} elseif ( 'prompts' === $section ) {
				Prompts_Section::render();
			} elseif ( 'roles' === $section ) {
				Roles_Section::render();
			} else {
				Settings_Form::render( $section );
			}
		}
		Screen::close();
	}

	/**
	 * The section the address names.
	 */
	private static function section(): string {
		$asked = isset( $_GET['section'] ) && is_string( $_GET['section'] ) ? sanitize_key( wp_unslash( $_GET['section'] ) ) : ''; // phpcs:ignore WordPress.Security.NonceVerification
		return isset( Settings_Fields::sections()[ $asked ] ) ? $asked : 'connection';
	}

	/**
	 * The sections as tabs.
	 */
	private static function tabs( string $section ): void {
		echo '<nav class="nav-tab-wrapper" aria-label="' . esc_attr__( 'Sections', 'igny8' ) . '">';
		foreach ( Settings_Fields::sections() as $name => $words ) {
			$url = Menu::url( Menu::SETTINGS, 'connection' === $name ? array() : array( 'section' => $name ) );
			printf( '<a class="nav-tab%s" href="%s"%s>%s</a>', $name === $section ? ' nav-tab-active' : '', esc_url( $url ), $name === $section ? ' aria-current="page"' : '', esc_html( $words ) );
		}
		echo '</nav>';
	}

	/**
	 * The form for a code; connect.js shows whose code it is and asks before anything is sent.
	 */
	private static function connect_form(): void {
		// A link may fill the form in; sending it still takes a person, a nonce and a confirmation.
		$code = isset( $_GET['code'] ) && is_string( $_GET['code'] ) ? sanitize_text_field( wp_unslash( $_GET['code'] ) ) : ''; // phpcs:ignore WordPress.Security.NonceVerification
		if ( Options::PENDING === Options::state() ) {
			self::unfinished();
		}
		if ( Options::DENIED === Options::state() ) {
			Screen::notice( 'error', __( 'The service refused the last connect code. Ask for a new one.', 'igny8' ) );
		}
		?>
		<form id="igny8-connect" class="igny8-card">
			<h2><?php esc_html_e( 'Connect this site', 'igny8' ); ?></h2>
			<p><?php esc_html_e( 'Paste the connect code that your IGNY8 service made for this site. It works once, for 15 minutes.', 'igny8' ); ?></p>
			<p>
				<label for="igny8-code"><?php esc_html_e( 'Connect code', 'igny8' ); ?></label>
				<textarea id="igny8-code" name="code" rows="4" class="large-text code" required spellcheck="false" autocomplete="off" placeholder="igny8-…"><?php echo esc_textarea( $code ); ?></textarea>
			</p>
			<p>
				<button type="submit" class="button button-primary" disabled><?php esc_html_e( 'Continue', 'igny8' ); ?></button>
				<span class="igny8-form-answer" role="alert"></span>
			</p>
		</form>
		<dialog id="igny8-confirm" class="igny8-dialog" aria-labelledby="igny8-confirm-title">
			<h2 id="igny8-confirm-title"><?php esc_html_e( 'Connect to this service?', 'igny8' ); ?></h2>
			<dl class="igny8-facts">
				<dt><?php esc_html_e( 'Service', 'igny8' ); ?></dt><dd data-fact="host"></dd>
				<dt><?php esc_html_e( 'Account', 'igny8' ); ?></dt><dd data-fact="account"></dd>
			</dl>
			<p><?php esc_html_e( 'The service will be able to write, change and publish posts and to upload images here. The plugin makes a user for it, without the right to change settings, users or plugins. Go on only if you know the service and the account.', 'igny8' ); ?></p>
			<p class="igny8-buttons">
				<button type="button" class="button button-primary" data-answer="yes"><?php esc_html_e( 'Connect', 'igny8' ); ?></button>
				<button type="button" class="button" data-answer="no"><?php esc_html_e( 'Cancel', 'igny8' ); ?></button>
				<span class="igny8-form-answer" role="alert"></span>
			</p>
		</dialog>
		<?php
	}

	/**
	 * A handshake that stopped half way.
	 */
	private static function unfinished(): void {
		printf(
			'<div class="notice notice-warning igny8-unfinished"><p>%s</p><p><button type="button" class="button" id="igny8-resume" disabled>%s</button> <span class="igny8-form-answer" role="alert"></span></p></div>',
			esc_html__( 'Connecting stopped half way, for instance because the service could not be reached. You can go on from there.', 'igny8' ),
			esc_html__( 'Go on connecting', 'igny8' )
		);
	}

	/**
	 * The connection and its self-test.
	 *
	 * @param array $view Of Connection::describe().
	 */
	private static function connected( array $view ): void {
		$modes = array(
			'push' => __( 'The service writes posts directly.', 'igny8' ),
			'pull' => __( 'The service can’t reach this site; the plugin fetches the posts.', 'igny8' ),
			'none' => __( 'Not tested yet.', 'igny8' ),
		);
		?>
		<div class="igny8-card" id="igny8-connection">
			<h2><?php esc_html_e( 'Connection', 'igny8' ); ?></h2>
			<dl class="igny8-facts">
				<dt><?php esc_html_e( 'Service', 'igny8' ); ?></dt><dd><?php echo esc_html( $view['host'] ); ?></dd>
				<dt><?php esc_html_e( 'Account', 'igny8' ); ?></dt><dd><?php echo esc_html( $view['account'] ); ?></dd>
				<dt><?php esc_html_e( 'Writes as', 'igny8' ); ?></dt><dd><?php echo esc_html( $view['login'] ); ?></dd>
				<dt><?php esc_html_e( 'Since', 'igny8' ); ?></dt><dd><?php echo esc_html( self::date( $view['connected_at'] ) ); ?></dd>
				<dt><?php esc_html_e( 'Way', 'igny8' ); ?></dt><dd id="igny8-mode"><?php echo esc_html( $modes[ $view['mode'] ] ?? $view['mode'] ); ?></dd>
			</dl>
			<h3><?php esc_html_e( 'Self-test', 'igny8' ); ?></h3>
			<div class="igny8-scroll">
			<table class="widefat striped igny8-checks">
				<thead><tr>
					<th scope="col"><?php esc_html_e( 'Check', 'igny8' ); ?></th>
					<th scope="col"><?php esc_html_e( 'Result', 'igny8' ); ?></th>
					<th scope="col"><?php esc_html_e( 'What it says', 'igny8' ); ?></th>
				</tr></thead>
				<tbody><?php array_map( array( __CLASS__, 'check_row' ), $view['checks'] ); ?></tbody>
			</table>
			</div>
			<p class="description"><?php esc_html_e( '“Connect again” gives the service user a fresh password; it repairs a login that no longer works. The key of the site stays. “New key” exchanges that key.', 'igny8' ); ?></p>
			<p class="igny8-buttons">
				<button type="button" class="button" id="igny8-test" disabled><?php esc_html_e( 'Test again', 'igny8' ); ?></button>
				<button type="button" class="button" id="igny8-resume" disabled><?php esc_html_e( 'Connect again', 'igny8' ); ?></button>
				<button type="button" class="button" id="igny8-rotate" disabled><?php esc_html_e( 'New key', 'igny8' ); ?></button>
				<button type="button" class="button igny8-danger" id="igny8-disconnect" disabled><?php esc_html_e( 'Disconnect', 'igny8' ); ?></button>
				<span class="igny8-form-answer" role="status"></span>
			</p>
		</div>
		<?php
	}

	/**
	 * One line of the self-test.
	 *
	 * @param array $check {label, ok, blocks, message, fix}.
	 */
	private static function check_row( array $check ): void {
		$found = Self_Test::is_blocker( $check ) ? 'is-bad' : ( $check['ok'] ? 'is-ok' : 'is-remark' );
		$words = array(
			'is-ok'     => __( 'Works', 'igny8' ),
			'is-bad'    => __( 'Blocked', 'igny8' ),
			'is-remark' => __( 'Note', 'igny8' ),
		);
		printf(
			'<tr><th scope="row">%s</th><td><span class="igny8-check %s">%s</span></td><td>%s%s</td></tr>',
			esc_html( $check['label'] ),
			esc_attr( $found ),
			esc_html( $words[ $found ] ),
			esc_html( $check['message'] ),
			'' === $check['fix'] ? '' : '<br><strong>' . esc_html__( 'What to do:', 'igny8' ) . '</strong> ' . esc_html( $check['fix'] )
		);
	}

	/**
	 * A time in the site's own form.
	 */
	private static function date( string $time ): string {
		$stamp = strtotime( $time );
		return $stamp ? (string) wp_date( get_option( 'date_format' ) . ' ' . get_option( 'time_format' ), $stamp ) : '—';
	}
}
