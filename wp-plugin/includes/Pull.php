<?php
/**
 * Fetches deliveries from the backend and applies them with the same hands as pushed ones.
 *
 * @package Igny8
 */

namespace Igny8;

use Igny8\Content\Document;
use Igny8\Content\Media_Writer;
use Igny8\Content\Post_Remover;
use Igny8\Content\Post_Writer;
use WP_Error;

defined( 'ABSPATH' ) || exit;

/**
 * Lease → pictures → post → receipt. A step that is cut off is simply done again: nothing is made twice.
 */
final class Pull {

	const ROUTE    = '/v1/publisher/deliveries/';
	const AT_ONCE  = 3;
	const ROUNDS   = 10;  // Batches in one run.
	const BUDGET_S = 40;  // No new delivery is begun after this time.

	/**
	 * Fetches and applies what is due.
	 *
	 * @return array|null {collected, failed, next_in_s}, or null when the backend does not answer.
	 */
	public static function collect(): ?array {
		$done  = array( 'collected' => 0, 'failed' => 0, 'next_in_s' => 0 ); // phpcs:ignore WordPress.Arrays
		$until = time() + self::BUDGET_S;
		for ( $round = 0; $round < self::ROUNDS && time() < $until; $round++ ) {
			$answer = Client::of_site()->get( self::ROUTE, array( 'lease' => self::AT_ONCE ) );
			if ( is_wp_error( $answer ) ) {
				return 0 === $round ? null : $done;
			}
			$done['next_in_s'] = (int) ( $answer['next_in_s'] ?? Sync::FAILED_S );
			$leases            = array_filter( (array) ( $answer['leases'] ?? array() ), 'is_array' );
			if ( ! $leases ) {
				break;
			}
			foreach ( $leases as $lease ) {
				$ok = self::as_service( static fn() => self::apply( $lease ) );
				++$done[ $ok ? 'collected' : 'failed' ];
			}
		}
		return $done;
	}

	/**
	 * Does as the service user whatever pushed deliveries do as that user.
	 *
	 * @param callable $work Work to be done.
	 * @return mixed What the work returns.
	 */
	private static function as_service( callable $work ) {
		$before  = get_current_user_id();
		$service = Service_User::find();
		wp_set_current_user( $service ? $service->ID : 0 );
		try {
			return $work();
		} finally {
			wp_set_current_user( $before );
		}
	}

	/**
	 * Applies one lease and tells how it went.
	 *
	 * @param array $lease {delivery_id, content_id, kind, lease, media, document}.
	 * @return bool Whether the post stands and the backend knows it.
	 */
	private static function apply( array $lease ): bool {
		$uuid = (string) ( $lease['content_id'] ?? '' );
		if ( ! wp_is_uuid( $uuid ) || ! wp_is_uuid( (string) ( $lease['delivery_id'] ?? '' ) ) ) {
			return false;
		}
		if ( ! empty( $lease['media'] ) ) {
			$lease = self::store_media( $lease );
		}
		if ( is_wp_error( $lease ) && 'igny8_step' === $lease->get_error_code() ) {
			return false;
		}
		$result = is_wp_error( $lease ) ? $lease : self::write( $uuid, $lease );
		$ids    = is_wp_error( $lease ) ? $lease->get_error_data( 'lease' ) : $lease;
		return self::tell( (array) $ids, $result ) && ! is_wp_error( $result );
	}

	/**
	 * Writes or trashes the post.
	 *
	 * @return array|WP_Error Receipt.
	 */
	private static function write( string $uuid, array $lease ) {
		if ( 'trash' === $lease['kind'] ) {
			return Post_Remover::trash( $uuid );
		}
		$document = Document::from_array( (array) ( $lease['document'] ?? array() ) );
		return is_wp_error( $document ) ? $document : Post_Writer::write( $uuid, $document );
	}

	/**
	 * Puts the pictures into the library and gets the document that names them.
	 *
	 * @return array|WP_Error The lease with its document; `igny8_step` when a call did not come through.
	 */
	private static function store_media( array $lease ) {
		$stored = array();
		foreach ( $lease['media'] as $wanted ) {
			$file = Client::of_site()->download( (string) $wanted['path'] );
			if ( is_wp_error( $file ) ) {
				return new WP_Error( 'igny8_step', $file->get_error_message() );
			}
			$made = Media_Writer::write( (string) $wanted['sha256'], $file['body'], $wanted );
			if ( is_wp_error( $made ) ) {
				$made->add_data( $lease, 'lease' );
				return $made;
			}
			$stored[] = array_intersect_key( $made, array_flip( array( 'sha256', 'id', 'source_url', 'alt' ) ) );
		}
		$body   = array(
			'lease' => $lease['lease'],
			'media' => $stored,
		);
		$answer = Client::of_site()->write( 'POST', self::ROUTE . $lease['delivery_id'] . '/media/', $body );
		$next   = is_wp_error( $answer ) ? null : ( $answer['lease'] ?? null );
		return is_array( $next ) && ! empty( $next['document'] ) ? $next : new WP_Error( 'igny8_step', 'no document' );
	}

	/**
	 * Sends the receipt, or the error with its facts.
	 *
	 * @param array          $lease  The lease.
	 * @param array|WP_Error $result Receipt or refusal.
	 * @return bool Whether the backend took note.
	 */
	private static function tell( array $lease, $result ): bool {
		$body = array( 'lease' => $lease['lease'] );
		if ( is_wp_error( $result ) ) {
			$body['error'] = array(
				'code'    => (string) $result->get_error_code(),
				'message' => $result->get_error_message(),
				'data'    => (object) (array) $result->get_error_data(),
			);
		} else {
			$body['receipt'] = $result;
		}
		return ! is_wp_error( Client::of_site()->write( 'POST', self::ROUTE . $lease['delivery_id'] . '/receipt/', $body ) );
	}
}
