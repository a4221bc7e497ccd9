<?php
/**
 * Privacy: a text for the policy, and who connected the site as exportable, erasable data.
 *
 * @package Igny8
 */

namespace Igny8\Site;

use Igny8\Options;

defined( 'ABSPATH' ) || exit;

/**
 * The plugin keeps one fact about a person: who connected the site.
 */
final class Privacy {

	/**
	 * Hooks.
	 */
	public static function boot(): void {
		add_action( 'admin_init', array( __CLASS__, 'policy' ) );
		add_filter( 'wp_privacy_personal_data_exporters', array( __CLASS__, 'exporter' ) );
		add_filter( 'wp_privacy_personal_data_erasers', array( __CLASS__, 'eraser' ) );
	}

	/**
	 * Suggests a text for the privacy policy.
	 */
	public static function policy(): void {
		wp_add_privacy_policy_content( 'IGNY8', wp_kses_post( '<p>' . __( 'Editors of this site send titles, keywords and texts to the IGNY8 service, which has articles and images made from them by providers of language and image models. Data of visitors is not sent.', 'igny8' ) . '</p>' ) );
	}

	/**
	 * Adds the exporter.
	 *
	 * @param array $list Present ones.
	 */
	public static function exporter( $list ): array {
		return array_merge( (array) $list, array( 'igny8' => array( 'exporter_friendly_name' => 'IGNY8', 'callback' => array( __CLASS__, 'export' ) ) ) ); // phpcs:ignore WordPress.Arrays
	}

	/**
	 * Adds the eraser.
	 *
	 * @param array $list Present ones.
	 */
	public static function eraser( $list ): array {
		return array_merge( (array) $list, array( 'igny8' => array( 'eraser_friendly_name' => 'IGNY8', 'callback' => array( __CLASS__, 'erase' ) ) ) ); // phpcs:ignore WordPress.Arrays
	}

	/**
	 * Whether the person with this address connected the site.
	 */
	private static function is_connector( string $email ): bool {
		$user = get_user_by( 'email', $email );
		return $user && (string) $user->ID === Options::get( Options::CONNECTED_BY );
	}

	/**
	 * What is kept of a person.
	 */
	public static function export( string $email ): array {
		$data = self::is_connector( $email ) ? array(
			array(
				'group_id'    => 'igny8',
				'group_label' => 'IGNY8',
				'item_id'     => 'igny8-connection',
				'data'        => array(
					array(
						'name'  => __( 'Connected this site to IGNY8', 'igny8' ),
						'value' => Options::get( Options::CONNECTED_AT ),
					),
				),
			),
		) : array();
		return array(
			'data' => $data,
			'done' => true,
		);
	}

	/**
	 * Forgets the person.
	 */
	public static function erase( string $email ): array {
		$known = self::is_connector( $email );
		if ( $known ) {
			Options::forget( array( Options::CONNECTED_BY ) );
		}
		return array(
			'items_removed'  => $known,
			'items_retained' => false,
			'messages'       => array(),
			'done'           => true,
		);
	}
}
