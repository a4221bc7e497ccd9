<?php
/**
 * Site Health: the connection as a test, and facts for support.
 *
 * @package Igny8
 */

namespace Igny8\Site;

use Igny8\Admin\Menu;
use Igny8\Capabilities;
use Igny8\Connect_Code;
use Igny8\Connection;
use Igny8\Options;
use Igny8\Plugin;
use Igny8\Rest\Routes;
use Igny8\Self_Test;

defined( 'ABSPATH' ) || exit;

/**
 * An asynchronous test, since it dials out; nothing secret in the facts.
 */
final class Health {

	/**
	 * Hooks.
	 */
	public static function boot(): void {
		add_filter( 'site_status_tests', array( __CLASS__, 'add' ) );
		add_filter( 'debug_information', array( __CLASS__, 'facts' ) );
		add_action( 'rest_api_init', array( __CLASS__, 'register' ) );
	}

	/**
	 * The route of the test.
	 */
	public static function register(): void {
		Routes::add( 'GET', '/health', array( __CLASS__, 'test' ), Routes::needs( Capabilities::MANAGE ) );
	}

	/**
	 * Adds the test.
	 *
	 * @param array $tests Present ones.
	 */
	public static function add( $tests ): array {
		$tests = (array) $tests;
		if ( Options::has_key() ) {
			$tests['async']['igny8'] = array(
				'label'    => __( 'IGNY8 connection', 'igny8' ),
				'test'     => rest_url( Routes::SPACE . '/health' ),
				'has_rest' => true,
			);
		}
		return $tests;
	}

	/**
	 * Runs the test, in the shape of Site Health.
	 */
	public static function test(): array {
		$bad   = array_filter( Connection::describe()['checks'], static fn( $check ) => ! $check['ok'] );
		$stops = array_filter( $bad, array( Self_Test::class, 'is_blocker' ) );
		$words = array_map( static fn( $check ) => '<p><strong>' . esc_html( $check['label'] ) . ':</strong> ' . esc_html( trim( $check['message'] . ' ' . $check['fix'] ) ) . '</p>', $bad );
		return array(
			'label'       => $stops ? __( 'IGNY8 can’t deliver articles to this site', 'igny8' ) : __( 'IGNY8 is connected and can deliver articles', 'igny8' ),
			'status'      => $bad ? 'recommended' : 'good',
			'badge'       => array(
				'label' => 'IGNY8',
				'color' => 'blue',
			),
			'description' => $words ? implode( '', $words ) : '<p>' . esc_html__( 'The service answers, and its user can log in and write.', 'igny8' ) . '</p>',
			'actions'     => sprintf( '<p><a href="%s">%s</a></p>', esc_url( Menu::url( Menu::SETTINGS ) ), esc_html__( 'Self-test and settings', 'igny8' ) ),
			'test'        => 'igny8',
		);
	}

	/**
	 * Facts for support.
	 *
	 * @param array $info Present sections.
	 */
	public static function facts( $info ): array {
		$info          = (array) $info;
		$info['igny8'] = array(
			'label'  => 'IGNY8',
			'fields' => array(
				'version' => self::fact( __( 'Version', 'igny8' ), Plugin::version() ),
				'state'   => self::fact( __( 'Connection', 'igny8' ), Options::state() ),
				'service' => self::fact( __( 'Service', 'igny8' ), Connect_Code::host_of( Options::api_url() ) ),
				'site'    => self::fact( __( 'Identifier of the site', 'igny8' ), Options::get( Options::SITE_UUID ) ),
				'since'   => self::fact( __( 'Connected since', 'igny8' ), Options::get( Options::CONNECTED_AT ) ),
			),
		);
		return $info;
	}

	/**
	 * One fact.
	 */
	private static function fact( string $label, string $value ): array {
		return array(
			'label' => $label,
			'value' => '' === $value ? '—' : $value,
		);
	}
}
