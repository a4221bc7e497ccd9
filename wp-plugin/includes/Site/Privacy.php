<?php
/**
 * Privacy: a text for the policy, and what is kept of people as exportable, erasable data.
 *
 * @package Igny8
 */

namespace Igny8\Site;

use Igny8\Client;
use Igny8\Options;
use WP_Error;

defined( 'ABSPATH' ) || exit;

/**
 * This site keeps who connected it; the service keeps, with each version of an article, the name of who made it.
 */
final class Privacy {

	const PEOPLE = '/v1/sites/me/people/';

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
		wp_add_privacy_policy_content( 'IGNY8', wp_kses_post( '<p>' . __( 'Editors of this site send titles, keywords and texts to the IGNY8 service, which has articles and images made from them by providers of language and image models. The name of whoever edits or approves an article is kept there with it. Data of visitors is not sent.', 'igny8' ) . '</p>' ) );
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
	 * What is kept of a person; the part of the service by the hundred.
	 *
	 * @param string $email Of the person.
	 * @param int    $page  Which part.
	 * @return array|WP_Error
	 */
	public static function export( string $email, int $page = 1 ) {
		$told = self::ask( $email, '', array( 'page' => $page ) );
		if ( is_wp_error( $told ) ) {
			return $told;
		}
		$rows = array_filter( (array) ( $told['results'] ?? array() ), 'is_array' );
		$data = 1 === $page && self::is_connector( $email ) ? array( self::connection() ) : array();
		foreach ( array_values( $rows ) as $i => $row ) {
			$data[] = self::mention( $row, $page . '-' . $i );
		}
		return array(
			'data' => $data,
			'done' => $page * (int) ( $told['page_size'] ?? 1 ) >= (int) ( $told['count'] ?? 0 ),
		);
	}

	/**
	 * Forgets the person here and at the service; the articles stay.
	 */
	public static function erase( string $email ): array {
		$known = self::is_connector( $email );
		if ( $known ) {
			Options::forget( array( Options::CONNECTED_BY ) );
		}
		$told = self::ask( $email, 'forget/', array() );
		return array(
			'items_removed'  => $known || ( ! is_wp_error( $told ) && ! empty( $told['removed'] ) ),
			'items_retained' => is_wp_error( $told ),
			'messages'       => is_wp_error( $told ) ? array( __( 'IGNY8 still keeps this name with articles:', 'igny8' ) . ' ' . $told->get_error_message() ) : array(),
			'done'           => true,
		);
	}

	/**
	 * Asks the service about the name that this site shows for a person; nobody is asked about people without one.
	 *
	 * @return array|WP_Error
	 */
	private static function ask( string $email, string $what, array $more ) {
		$user = get_user_by( 'email', $email );
		$name = $user ? mb_substr( trim( $user->display_name ), 0, 250 ) : '';
		return '' === $name || ! Options::has_key() ? array() : Client::of_site()->write( 'POST', self::PEOPLE . $what, array( 'name' => $name ) + $more );
	}

	/**
	 * The fact that a person connected this site.
	 */
	private static function connection(): array {
		return self::item( 'connection', array( __( 'Connected this site to IGNY8', 'igny8' ) => Options::get( Options::CONNECTED_AT ) ) );
	}

	/**
	 * A place where the service keeps a name.
	 *
	 * @param array  $row Of the backend.
	 * @param string $id  Of the item.
	 */
	private static function mention( array $row, string $id ): array {
		$words = array(
			'version'  => __( 'Made a version of an article', 'igny8' ),
			'post'     => __( 'Changed a post after its delivery', 'igny8' ),
			'delivery' => __( 'Edited a post while an article was on its way to it', 'igny8' ),
		);
		$what  = (string) ( $row['what'] ?? '' );
		return self::item(
			'mention-' . $id,
			array(
				__( 'What', 'igny8' )    => $words[ $what ] ?? $what,
				__( 'Article', 'igny8' ) => (string) ( $row['title'] ?? '' ),
				__( 'When', 'igny8' )    => (string) ( $row['at'] ?? '' ),
			)
		);
	}

	/**
	 * An item as WordPress exports it.
	 *
	 * @param string   $id    Of the item.
	 * @param string[] $facts Label → value.
	 */
	private static function item( string $id, array $facts ): array {
		$data = array();
		foreach ( $facts as $name => $value ) {
			$data[] = compact( 'name', 'value' );
		}
		return array(
			'group_id'    => 'igny8',
			'group_label' => 'IGNY8',
			'item_id'     => 'igny8-' . $id,
			'data'        => $data,
		);
	}
}
