<?php
/**
 * The self-test of the connection: what works, what blocks, and how to unblock it.
 *
 * @package Igny8
 */

namespace Igny8;

defined( 'ABSPATH' ) || exit;

/**
 * Puts the checks that only this side can make before the ones of the backend.
 */
final class Self_Test {

	/**
	 * Runs the test.
	 *
	 * @param bool       $fresh True: the backend tests now; false: it tells its last result.
	 * @param array|null $told  That result, where it is known already.
	 * @return array {mode, checks: [{name, label, ok, blocks, message, fix}]}
	 */
	public static function run( bool $fresh, ?array $told = null ): array {
		$answer = $told ?? Client::of_site()->get( '/v1/sites/me/', array( 'test' => $fresh ? '1' : '' ), $fresh );
		$known  = is_wp_error( $answer ) ? array() : $answer;
		$checks = array_merge( array( self::passwords(), self::service_user(), self::backend( $answer ) ), self::versions( (string) ( $known['service_version'] ?? '' ) ) );
		$remote = (array) ( $known['connection']['checks'] ?? array() );
		foreach ( array_filter( $remote, 'is_array' ) as $check ) {
			$checks[] = self::row( (string) ( $check['name'] ?? '' ), ! empty( $check['ok'] ), (string) ( $check['message'] ?? '' ), (string) ( $check['fix'] ?? '' ), (bool) ( $check['blocks'] ?? true ) );
		}
		return array(
			'mode'   => is_wp_error( $answer ) ? 'none' : (string) ( $answer['connection']['mode'] ?? 'none' ),
			'checks' => $checks,
		);
	}

	/**
	 * Application Passwords are the way in for the backend.
	 */
	private static function passwords(): array {
		$on = wp_is_application_passwords_available();
		return self::row(
			'passwords',
			$on,
			$on ? __( 'Application Passwords are switched on.', 'igny8' ) : __( 'Application Passwords are switched off on this site.', 'igny8' ),
			$on ? '' : __( 'Serve the site over https, or allow Application Passwords in your security plugin (Wordfence: All Options → Disable WordPress application passwords).', 'igny8' )
		);
	}

	/**
	 * The service user must be there with its role and a password.
	 */
	private static function service_user(): array {
		$user = Service_User::find();
		$ok   = $user && in_array( Capabilities::ROLE, $user->roles, true );
		return self::row(
			'service_user',
			$ok,
			/* translators: %s: user login. */
			$ok ? sprintf( __( 'The user “%s” writes the posts.', 'igny8' ), $user->user_login ) : __( 'The user that writes the posts is missing or has another role.', 'igny8' ),
			$ok ? '' : __( 'Disconnect and connect again: the plugin makes the user anew.', 'igny8' )
		);
	}

	/**
	 * The way out, and whether the key is accepted.
	 *
	 * @param array|\WP_Error $answer Of the backend.
	 */
	private static function backend( $answer ): array {
		if ( ! is_wp_error( $answer ) ) {
			/* translators: %s: host name of the IGNY8 service. */
			return self::row( 'backend', true, sprintf( __( 'The IGNY8 service at %s answers and accepts the key of this site.', 'igny8' ), Connect_Code::host_of( Options::api_url() ) ), '' );
		}
		$data = (array) $answer->get_error_data();
		$fix  = 401 === ( $data['backend_status'] ?? 0 )
			? __( 'The key of this site is no longer valid. Disconnect, ask for a new connect code, and connect again.', 'igny8' )
			: __( 'Try again in a minute. If it stays so, check that this server may open outgoing connections to the service.', 'igny8' );
		return self::row( 'backend', false, $answer->get_error_message(), $fix );
	}

	/**
	 * Plugin and service belong together as long as the first two numbers of their versions agree.
	 *
	 * @param string $service Version of the service, or '' where it tells none.
	 * @return array[] One line where they differ.
	 */
	private static function versions( string $service ): array {
		$series = static fn( string $version ): string => implode( '.', array_slice( explode( '.', $version ), 0, 2 ) );
		$order  = '' === $service ? 0 : version_compare( $series( $service ), $series( Plugin::version() ) );
		if ( 0 === $order ) {
			return array();
		}
		/* translators: 1: version of the service, 2: version of this plugin. */
		$message = sprintf( __( 'The service has version %1$s, this plugin %2$s. Some buttons may be refused.', 'igny8' ), $service, Plugin::version() );
		$fix     = $order > 0 ? __( 'Update the plugin.', 'igny8' ) : __( 'Ask who runs the service to update it.', 'igny8' );
		return array( self::row( 'versions', false, $message, $fix, false ) );
	}

	/**
	 * Whether a line tells of something that keeps articles away.
	 *
	 * @param array $check A line of the result.
	 */
	public static function is_blocker( array $check ): bool {
		return ! $check['ok'] && $check['blocks'];
	}

	/**
	 * One line of the result.
	 *
	 * @param bool $blocks False where it is only worth knowing.
	 */
	private static function row( string $name, bool $ok, string $message, string $fix, bool $blocks = true ): array {
		$labels = array(
			'passwords'    => __( 'Application Passwords', 'igny8' ),
			'service_user' => __( 'Service user', 'igny8' ),
			'backend'      => __( 'IGNY8 service', 'igny8' ),
			'versions'     => __( 'Versions', 'igny8' ),
			'rest'         => __( 'REST API reached from outside', 'igny8' ),
			'auth'         => __( 'Login of the service user', 'igny8' ),
			'role'         => __( 'Rights of the service user', 'igny8' ),
			'write'        => __( 'Writing a post', 'igny8' ),
			'plugin'       => __( 'Plugin routes', 'igny8' ),
			'copy'         => __( 'Copies of this site', 'igny8' ),
			'clock'        => __( 'Clock of this site', 'igny8' ),
		);
		return array(
			'name'    => $name,
			'label'   => $labels[ $name ] ?? $name,
			'ok'      => $ok,
			'blocks'  => $blocks,
			'message' => $message,
			'fix'     => $fix,
		);
	}
}
