<?php
/**
 * A delivery document: what the backend wants to stand in a post.
 *
 * @package Igny8
 */

namespace Igny8\Content;

use WP_Error;

defined( 'ABSPATH' ) || exit;

/**
 * One schema for every way a document can arrive.
 */
final class Document {

	const STATUSES = array( 'draft', 'pending', 'publish', 'future' );

	/**
	 * JSON schema of each property, in the form WordPress takes for route arguments.
	 */
	public static function schema(): array {
		$text  = array( 'type' => 'string' );
		$names = array(
			'type'     => 'array',
			'items'    => array(
				'type'      => 'string',
				'minLength' => 1,
				'maxLength' => 200,
			),
			'maxItems' => 50,
		);
		return array(
			'title'        => self::required( array( 'maxLength' => 1000 ) + $text ),
			'content'      => self::required( $text ),
			'format'       => self::choice( array( 'blocks', 'html' ), 'blocks' ),
			'status'       => self::choice( self::STATUSES, 'draft' ),
			'slug'         => array( 'maxLength' => 200 ) + $text,
			'excerpt'      => $text,
			'date_gmt'     => array( 'format' => 'date-time' ) + $text,
			'categories'   => $names,
			'tags'         => $names,
			'create_terms' => array(
				'type'    => 'boolean',
				'default' => false,
			),
			'featured'     => self::record( array( 'sha256' => array( 'pattern' => '^[0-9a-f]{64}$' ) + $text ), array( 'sha256' ) ),
			'images'       => array(
				'type'     => 'array',
				'maxItems' => 50,
				'items'    => self::record(
					array(
						'sha256' => array( 'pattern' => '^[0-9a-f]{64}$' ) + $text,
						'id'     => array( 'type' => 'integer' ),
						'alt'    => $text,
					),
					array( 'sha256', 'id' )
				),
			),
			'seo'          => self::record(
				array(
					'title'       => $text,
					'description' => $text,
					'focus'       => $text,
				)
			),
			'faq'          => array(
				'type'     => 'array',
				'maxItems' => 50,
				'items'    => self::record(
					array(
						'question' => array( 'maxLength' => 1000 ) + $text,
						'answer'   => array( 'maxLength' => 10000 ) + $text,
					),
					array( 'question', 'answer' )
				),
			),
			'links'        => array(
				'type'     => 'array',
				'maxItems' => 50,
				'items'    => self::record(
					array(
						'post_id' => array( 'type' => 'integer' ),
						'url'     => $text,
					),
					array( 'post_id', 'url' )
				),
			),
			'author'       => array( 'type' => array( 'integer', 'string', 'null' ) ),
			'post_type'    => array( 'default' => 'post' ) + $text,
			'provenance'   => self::record( array( 'sandbox' => array( 'type' => 'boolean' ) ) ),
			'task_id'      => array( 'type' => array( 'string', 'null' ) ),
			'status_asked' => array(
				'type'    => 'boolean',
				'default' => false,
			),
			'base_sha'     => array( 'pattern' => '^[0-9a-f]{64}$' ) + $text,
			'force'        => array(
				'type'    => 'boolean',
				'default' => false,
			),
		);
	}

	/**
	 * Checks a decoded document that did not come through a REST route.
	 *
	 * @param array $data Decoded JSON.
	 * @return array|WP_Error The document with its defaults.
	 */
	public static function from_array( array $data ) {
		$schema = array(
			'type'                 => 'object',
			'properties'           => self::schema(),
			'additionalProperties' => true,
		);
		$valid  = rest_validate_value_from_schema( $data, $schema, 'document' );
		if ( is_wp_error( $valid ) ) {
			return $valid;
		}
		$clean = array_intersect_key( rest_sanitize_value_from_schema( $data, $schema, 'document' ), self::schema() );
		foreach ( self::schema() as $name => $rule ) {
			if ( isset( $rule['default'] ) && ! isset( $clean[ $name ] ) ) {
				$clean[ $name ] = $rule['default'];
			}
		}
		return $clean;
	}

	/**
	 * Fingerprint of what is to stand in the post; how to get it there plays no part.
	 *
	 * @param array $document Valid document.
	 */
	public static function fingerprint( array $document ): string {
		unset( $document['force'], $document['status_asked'], $document['base_sha'], $document['provenance'], $document['task_id'] );
		ksort( $document );
		return hash( 'sha256', wp_json_encode( $document ) );
	}

	/**
	 * Marks a rule as required.
	 */
	private static function required( array $rule ): array {
		return array( 'required' => true ) + $rule;
	}

	/**
	 * One of a few words.
	 *
	 * @param string[] $words   Allowed.
	 * @param string   $default Taken when absent.
	 */
	private static function choice( array $words, string $default ): array {
		return array(
			'type'    => 'string',
			'enum'    => $words,
			'default' => $default,
		);
	}

	/**
	 * An object or null.
	 *
	 * @param array    $properties Rules by name.
	 * @param string[] $required   Names.
	 */
	private static function record( array $properties, array $required = array() ): array {
		foreach ( $required as $name ) {
			$properties[ $name ]['required'] = true;
		}
		return array(
			'type'       => array( 'object', 'null' ),
			'properties' => $properties,
		);
	}
}
