<?php
/**
 * The receipt of a post of ours in words: what landed, and where it came from.
 *
 * @package Igny8
 */

namespace Igny8\Site;

use Igny8\Content\Meta;
use Igny8\Content\Receipt;
use WP_Post;

defined( 'ABSPATH' ) || exit;

/**
 * For the panel of both editors.
 */
final class Receipt_Words {

	/**
	 * What became of each field of the last delivery.
	 *
	 * @return array[] {state, text}
	 */
	public static function fields( WP_Post $post ): array {
		$labels = self::labels();
		$states = array(
			'applied' => __( 'as sent', 'igny8' ),
			'altered' => __( 'changed by WordPress', 'igny8' ),
			'ignored' => __( 'not taken over', 'igny8' ),
			'failed'  => __( 'failed', 'igny8' ),
		);
		$lines  = array();
		foreach ( (array) Receipt::of( $post, false )['fields'] as $name => $field ) {
			$state   = is_array( $field ) ? (string) ( $field['state'] ?? '' ) : (string) $field;
			$lines[] = array(
				'state' => $state,
				'text'  => ( $labels[ $name ] ?? $name ) . ': ' . ( $states[ $state ] ?? $state ) . self::left_out( $field ),
			);
		}
		return $lines;
	}

	/**
	 * Model, prompt, time.
	 *
	 * @return array[] {label, value}
	 */
	public static function origin( int $post_id ): array {
		$from  = self::provenance( $post_id );
		$rows  = array(
			'model'          => __( 'Model', 'igny8' ),
			'provider'       => __( 'Provider', 'igny8' ),
			'prompt_version' => __( 'Prompt', 'igny8' ),
			'generated_at'   => __( 'Written', 'igny8' ),
		);
		$facts = array();
		foreach ( $rows as $name => $label ) {
			if ( ! empty( $from[ $name ] ) && is_scalar( $from[ $name ] ) ) {
				$time    = 'generated_at' === $name ? strtotime( (string) $from[ $name ] ) : false;
				$facts[] = array(
					'label' => $label,
					'value' => $time ? wp_date( get_option( 'date_format' ) . ' ' . get_option( 'time_format' ), $time ) : (string) $from[ $name ],
				);
			}
		}
		return $facts;
	}

	/**
	 * What the backend told of the text's making.
	 */
	public static function provenance( int $post_id ): array {
		$from = get_post_meta( $post_id, Meta::PROVENANCE, true );
		return is_array( $from ) ? $from : (array) json_decode( (string) $from, true );
	}

	/**
	 * Names of the fields.
	 *
	 * @return string[]
	 */
	private static function labels(): array {
		return array(
			'title'      => __( 'Title', 'igny8' ),
			'content'    => __( 'Text', 'igny8' ),
			'status'     => __( 'Status', 'igny8' ),
			'slug'       => __( 'Address', 'igny8' ),
			'excerpt'    => __( 'Excerpt', 'igny8' ),
			'categories' => __( 'Categories', 'igny8' ),
			'tags'       => __( 'Tags', 'igny8' ),
			'featured'   => __( 'Featured image', 'igny8' ),
			'images'     => __( 'Images in the text', 'igny8' ),
			'seo'        => __( 'Search fields', 'igny8' ),
			'faq'        => __( 'Questions for search engines', 'igny8' ),
			'links'      => __( 'Internal links', 'igny8' ),
			'date_gmt'   => __( 'Date', 'igny8' ),
		);
	}

	/**
	 * Terms that were not taken over, by name.
	 *
	 * @param mixed $field Of the receipt.
	 */
	private static function left_out( $field ): string {
		$names = is_array( $field ) ? array_filter( (array) ( $field['ignored'] ?? array() ), 'is_string' ) : array();
		return $names ? ' (' . implode( ', ', $names ) . ')' : '';
	}
}
